#include <boost/json/array.hpp>
#include <utility>

#include <array>
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

namespace recast::api {

namespace {

/// How the official Java SDK spells, or spelled, two operations (core.md 7.1); the parser knows them too.
constexpr std::array<std::string_view, 2> kAliases{"import/azure-blob", "export/azure-blob"};

store::Extras extras_of(const Include& include) {
  return {.payload = include.has("payload"),
          .report = include.has("report"),
          .inputs = include.has("depends_on_tasks"),
          .retries = include.has("retries"),
          .job = include.has("job")};
}

/// The task with what the query's `include` adds (core.md 7.2), each object as a plain task or job. What is gone is
/// left out.
json::object with_related(const View& view, const job::Task& task, const Include& include,
                          const store::Related& related) {
  auto out = view.task(task, include);
  if (include.has("depends_on_tasks")) {
    json::array list;
    for (const auto& id : task.depends_on) {
      if (const auto input = related.inputs.find(id); input != related.inputs.end())
        list.push_back(view.task(input->second));
    }
    out["depends_on_tasks"] = std::move(list);
  }
  if (include.has("retries")) {
    json::array list;
    if (const auto retries = related.retries.find(task.id); retries != related.retries.end()) {
      for (const auto& one : retries->second) list.push_back(view.task(one));
    }
    out["retries"] = std::move(list);
  }
  if (include.has("job")) {
    const auto job = related.jobs.find(task.job_id);
    if (job != related.jobs.end()) out["job"] = view.job(job->second, View::Tasks::without);
  }
  return out;
}

Result<json::object> with_includes(Call& call, const job::Task& task, const Include& include) {
  auto& store = call.context.services.store;
  RECAST_TRY(const auto related, store.related(call.principal.user.id, {&task, 1}, extras_of(include)));
  return with_related(View(call.context, call.bases), task, include, related);
}

http::Response when_ended(Call& call, const TaskId& id, unsigned status) {
  // The call's references outlive the wait: all but the request belong to the router, and that is copied.
  auto& context = call.context;
  const auto request = std::make_shared<http::Request>();
  request->query = call.request.query;
  return wait_for(
      context, id,
      [&context, request, mode = call.mode, bases = call.bases, principal = call.principal, id,
       status](Patience patience) -> std::optional<http::Response> {
        const auto include = Include::of(request->query);
        const auto task = context.services.store.task({principal.user.id, mode.sandbox}, id, extras_of(include));
        if (!task) return error_response(task.error());
        if (patience == Patience::until_ended && !job::is_terminal(task->status)) return std::nullopt;
        Call later{context, *request, mode, bases, principal, {}};
        auto shown = with_includes(later, *task, include);
        return shown ? data_response(status, *std::move(shown)) : error_response(shown.error());
      },
      &call.principal);
}

Result<http::Response> create_task(Call& call, const std::string& operation) {
  auto& services = call.context.services;
  RECAST_TRY(auto body, schema::parse_body(std::exchange(call.request.body, {})));
  RECAST_CHECK(expand_preset(services, call.principal.user.id, operation, body));
  const auto catalogue = services.catalogue();
  RECAST_TRY(auto spec, job::parse_task(operation, std::move(body), services.operations, *catalogue));
  spec.idempotency_key = call.idempotency_key;
  spec.sandbox = call.mode.sandbox;
  RECAST_CHECK(check_allowed(services, Asker::of(call), spec));
  const auto task = services.store.create_task(call.principal.user.id, std::move(spec));
  if (!task) return refused(call, task.error(), 1);
  if (call.mode.blocking && operation != "import/upload") return when_ended(call, task->id, 201);
  return rated(call, data_response(201, View(call.context, call.bases).task(*task)));
}

TaskId id_of(const Call& call) { return TaskId(call.request.captures.at(0)); }

Result<http::Response> show(Call& call, bool blocking) {
  if (blocking) return when_ended(call, id_of(call), 200);
  const auto include = Include::of(call.request.query);
  RECAST_TRY(const auto task, call.context.services.store.task(call.owner(), id_of(call), extras_of(include)));
  RECAST_TRY(auto shown, with_includes(call, task, include));
  return data_response(200, std::move(shown));
}

Result<http::Response> show_task(Call& call) { return show(call, call.mode.blocking); }
Result<http::Response> wait_for_task(Call& call) { return show(call, true); }

Result<http::Response> list_tasks(Call& call) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  store::TaskFilter wanted;
  RECAST_TRY(wanted.status, status_filter(query));
  wanted.operation = filter(query, "operation");
  if (auto job = filter(query, "job_id")) wanted.job = JobId(*std::move(job));
  const auto include = Include::of(query);
  auto& store = call.context.services.store;
  RECAST_TRY(const auto listing, store.list_tasks(call.owner(), wanted, page, extras_of(include)));
  RECAST_TRY(const auto related, store.related(call.principal.user.id, listing.items, extras_of(include)));
  const View view(call.context, call.bases);
  json::array data;
  for (const auto& task : listing.items) data.push_back(with_related(view, task, include, related));
  return api_response(200, list_body(std::move(data), query, view.link("tasks"), listing.page, listing.more));
}

Result<http::Response> cancel_task(Call& call) {
  RECAST_TRY(const auto task, call.context.services.store.cancel_task(call.owner(), id_of(call)));
  return data_response(200, View(call.context, call.bases).task(task));
}

/// What the request that made it is answered when it comes again and the first answer is not known.
Result<http::Response> created_before(Call& call, const std::string& object) {
  const TaskId id(object);
  if (call.mode.blocking) return when_ended(call, id, 201);
  RECAST_TRY(const auto task, call.context.services.store.task(call.owner(), id));
  return data_response(201, View(call.context, call.bases).task(task));
}

Result<http::Response> retry_task(Call& call) {
  auto& services = call.context.services;
  RECAST_TRY(const auto original, services.store.task(call.owner(), id_of(call), {.payload = true}));
  RECAST_CHECK(check_allowed(services, Asker::of(call), original));
  const auto task = services.store.retry_task(call.owner(), id_of(call));
  if (!task) return refused(call, task.error(), 1);
  return rated(call, data_response(201, View(call.context, call.bases).task(*task)));
}

Result<http::Response> delete_task(Call& call) {
  RECAST_CHECK(call.context.services.store.delete_task(call.owner(), id_of(call)));
  return http::Response::empty(204);
}

}  // namespace

void add_task_routes(Routes& routes) {
  using account::scope::task_read, account::scope::task_write;
  routes.get("/v2/tasks", task_read, &list_tasks);
  routes.get("/v2/tasks/{id}", task_read, &show_task);
  routes.get("/v2/tasks/{id}/wait", task_read, &wait_for_task);
  routes.post("/v2/tasks/{id}/cancel", task_write, &cancel_task);
  routes.post("/v2/tasks/{id}/retry", task_write, &retry_task);
  routes.del("/v2/tasks/{id}", task_write, &delete_task);
  // One route per operation rather than a pattern for all: an unknown path stays 404, with every method.
  const auto create = [&routes](const std::string& name) {
    routes.create(
        "/v2/" + name, task_write, [name](Call& call) { return create_task(call, name); }, &created_before);
  };
  const auto& operations = routes.context()->services.operations;
  for (const auto& [name, operation] : operations.all()) create(name);
  for (const auto alias : kAliases) {
    if (operations.find(alias) == nullptr) create(std::string(alias));
  }
}

}  // namespace recast::api
