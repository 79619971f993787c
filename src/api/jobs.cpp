#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/limits/allowed.hpp"
#include "api/presets.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
#include "api/wait.hpp"
#include "engine/catalogue.hpp"
#include "job/job.hpp"
#include "operation/registry.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"

namespace recast::api {

namespace {

enum class Redirect { no, yes };

bool has_operation(const job::Job& job, std::string_view operation) {
  return std::ranges::any_of(job.tasks, [operation](const auto& task) { return task.operation == operation; });
}

/// What the tasks of a job that is shown bring along. Lists have no such thing: a page of them would be too long.
Include of_tasks(const http::Query& query) {
  const auto asked = Include::of(query);
  return asked.has("report") || asked.has("tasks.report") ? Include({"report"}) : Include();
}

http::Response answer(const View& view, const job::Job& job, unsigned status, Redirect redirect,
                      const Include& include) {
  if (redirect == Redirect::yes && job.status == job::Status::finished) {
    if (auto target = view.first_export(job)) {
      auto response = http::Response::redirect(302, *std::move(target));
      response.headers.set("Cache-Control", "no-cache, private");
      return response;
    }
  }
  return data_response(status, view.job(job, View::Tasks::with, include));
}

store::Extras extras_of(const Include& include) { return {.report = include.has("report")}; }

/// Answers when the job has ended, or has been deleted.
http::Response when_ended(Call& call, const JobId& id, unsigned status, Redirect redirect) {
  auto& context = call.context;
  const View view(context, call.bases);
  const auto owner = call.owner();
  const auto include = of_tasks(call.request.query);
  return wait_for(
      context, id,
      [&context, view, owner, id, status, redirect, include](Patience patience) -> std::optional<http::Response> {
        const auto job = context.services.store.job(owner, id, extras_of(include));
        if (!job) return error_response(job.error());
        if (patience == Patience::until_ended && !job::is_terminal(job->status)) return std::nullopt;
        return answer(view, *job, status, redirect, include);
      },
      &call.principal);
}

/// The whole job is checked before a row is written: a bad task never leaves half a job behind.
Result<http::Response> create_job(Call& call) {
  auto& services = call.context.services;
  RECAST_TRY(auto body, schema::parse_body(std::exchange(call.request.body, {})));
  RECAST_CHECK(expand_presets(services, call.principal.user.id, body));
  const auto catalogue = services.catalogue();
  RECAST_TRY(auto spec, job::parse_job(std::move(body), services.operations, *catalogue, {services.tasks_per_job}));
  const bool redirect = call.mode.blocking && spec.redirect;
  spec.origin = call.bases.text();
  spec.sandbox = call.mode.sandbox;
  spec.idempotency_key = call.idempotency_key;
  RECAST_CHECK(check_allowed(services, Asker::of(call), spec));
  const auto tasks = spec.tasks.size();
  const auto job = services.store.create_job(call.principal.user.id, std::move(spec));
  if (!job) return refused(call, job.error(), tasks);
  // Only the answer tells where to upload: waiting for that file before giving it would be waiting for ever.
  if (call.mode.blocking && !has_operation(*job, "import/upload")) {
    return when_ended(call, job->id, 201, redirect ? Redirect::yes : Redirect::no);
  }
  return rated(call, data_response(201, View(call.context, call.bases).job(*job, View::Tasks::with)));
}

/// What of a body matters to the answer.
struct Wanted {
  bool redirect = false;

  static constexpr auto fields =
      std::tuple{schema::field(&Wanted::redirect, "redirect", "Answer with a redirect to the exported file.")};
};

/// What the request that made it is answered when it comes again and the first answer is not known.
Result<http::Response> created_before(Call& call, const std::string& object) {
  const JobId id(object);
  RECAST_TRY(const auto job, call.context.services.store.job(call.owner(), id));
  if (call.mode.blocking && !has_operation(job, "import/upload")) {
    RECAST_TRY(const auto body, schema::parse_body(call.request.body));
    RECAST_TRY(const auto wanted, schema::parse<Wanted>(body));
    return when_ended(call, id, 201, wanted.redirect ? Redirect::yes : Redirect::no);
  }
  return data_response(201, View(call.context, call.bases).job(job, View::Tasks::with));
}

Result<http::Response> show(Call& call, bool blocking) {
  const JobId id(call.request.captures.at(0));
  const auto redirect = flag(call.request.query, "redirect") ? Redirect::yes : Redirect::no;
  if (blocking) return when_ended(call, id, 200, redirect);
  const auto include = of_tasks(call.request.query);
  RECAST_TRY(const auto job, call.context.services.store.job(call.owner(), id, extras_of(include)));
  return answer(View(call.context, call.bases), job, 200, redirect, include);
}

Result<http::Response> show_job(Call& call) { return show(call, call.mode.blocking); }
Result<http::Response> wait_for_job(Call& call) { return show(call, true); }

Result<http::Response> list_jobs(Call& call) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  store::JobFilter wanted;
  RECAST_TRY(wanted.status, status_filter(query));
  wanted.tag = filter(query, "tag");
  const auto tasks = Include::of(query).has("tasks") ? View::Tasks::with : View::Tasks::without;
  auto& store = call.context.services.store;
  RECAST_TRY(const auto listing, store.list_jobs(call.owner(), wanted, page, tasks == View::Tasks::with));
  const View view(call.context, call.bases);
  json::array data;
  for (const auto& job : listing.items) data.push_back(view.job(job, tasks));
  return api_response(200, list_body(std::move(data), query, view.link("jobs"), listing.page, listing.more));
}

Result<http::Response> delete_job(Call& call) {
  RECAST_CHECK(call.context.services.store.delete_job(call.owner(), JobId(call.request.captures.at(0))));
  return http::Response::empty(204);
}

}  // namespace

void add_job_routes(Routes& routes) {
  routes.create("/v2/jobs", account::scope::task_write, &create_job, &created_before);
  routes.get("/v2/jobs", account::scope::task_read, &list_jobs);
  routes.get("/v2/jobs/{id}", account::scope::task_read, &show_job);
  routes.get("/v2/jobs/{id}/wait", account::scope::task_read, &wait_for_job);
  routes.del("/v2/jobs/{id}", account::scope::task_write, &delete_job);
}

}  // namespace recast::api
