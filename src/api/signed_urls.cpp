#include <algorithm>
#include <boost/json/array.hpp>

#include "account/signed_url.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/limits/allowed.hpp"
#include "api/page.hpp"
#include "api/presets.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
#include "api/wait.hpp"
#include "base/text.hpp"
#include "engine/catalogue.hpp"
#include "job/job.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/signed_urls.hpp"

namespace recast::api {

namespace {

struct NewBase {
  std::string name;

  static constexpr auto fields =
      std::tuple{schema::field(&NewBase::name, "name", "What it is called in lists.", {.required = true})};
};

/// Where a base is reached, as clients may spell it; the one to hand out first.
std::vector<std::string> addresses_of(const Call& call, const std::string& id) {
  const auto& settings = call.context.services.settings;
  std::vector<std::string> list;
  const auto add = [&](std::string address) {
    if (std::ranges::find(list, address) == list.end()) list.push_back(std::move(address));
  };
  std::string_view configured = settings.public_signed_url_base;
  while (configured.ends_with('/')) configured.remove_suffix(1);
  // The configured name is that of the live mode; which one a job runs in is said by the address that is signed.
  if (!configured.empty() && !call.mode.sandbox) add(std::string(configured) + "/" + id);
  add(call.bases.api + "/s/" + id);
  const auto host = std::string(call.request.headers.get("Host"));
  const std::string scheme = call.request.secure ? "https://" : "http://";
  // What was signed without the prefix was not meant for the sandbox.
  add(scheme + host + call.mode.prefix + "/s/" + id);
  if (call.mode.prefix.empty()) add(scheme + host + "/" + id);  // where the host's name alone says what it is for
  return list;
}

json::object base_view(const Call& call, const account::SignedUrlBase& base) {
  json::object out;
  out["id"] = base.id;
  out["name"] = base.name;
  out["base"] = addresses_of(call, base.id).front();
  out["signing_secret"] = base.secret;
  out["created_at"] = format_time(base.created);
  return out;
}

store::SignedUrls& bases_in(Call& call) { return call.context.services.store.signed_urls(); }

/// Whoever knows the secret of a base runs jobs as its user, in both modes, under no limit but the user's and for as
/// long as the base is there. A key that may do less neither makes one nor sees its secret.
Result<> may_sign(const Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_CHECK(call.principal.require(account::scope::task_write));
  const auto& terms = call.principal.terms;
  if (terms.mode == account::KeyMode::both && !terms.expires && terms.quota == account::Quota{}) return {};
  return fail(ErrorCode::forbidden,
              "A key with an end, a mode or a quota of its own cannot make or see bases of signed URLs.");
}

Result<http::Response> create_base(Call& call) {
  RECAST_CHECK(may_sign(call));
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<NewBase>(body));
  if (wanted.name.size() > 255)
    return fail(ErrorCode::invalid_data, "The name may not be longer than 255 bytes.", "name");
  RECAST_TRY(const auto base, bases_in(call).create(call.principal.user.id, std::move(wanted.name),
                                                    call.context.services.settings.signed_url_bases_per_user));
  return data_response(201, base_view(call, base));
}

Result<http::Response> list_bases(Call& call) {
  RECAST_CHECK(may_sign(call));
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto listing, bases_in(call).list(call.principal.user.id, page));
  json::array data;
  for (const auto& base : listing.items) data.push_back(base_view(call, base));
  return api_response(200, list_body(std::move(data), call.request.query, call.bases.api + "/v2/signed-urls",
                                     listing.page, listing.more));
}

Result<http::Response> rotate_base(Call& call) {
  RECAST_CHECK(may_sign(call));
  RECAST_TRY(const auto base, bases_in(call).rotate(call.principal.user.id, call.request.captures.at(0)));
  return data_response(200, base_view(call, base));
}

Result<http::Response> delete_base(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_CHECK(bases_in(call).remove(call.principal.user.id, call.request.captures.at(0)));
  return http::Response::empty(204);
}

/// Why a job gave no file: the first task that failed of itself.
Error why_failed(const job::Job& job) {
  for (const auto& task : job.tasks) {
    if (task.status != job::Status::error || task.code == "INPUT_TASK_FAILED") continue;
    return {ErrorCode::invalid_data, task.message + " (Code: " + task.code + ")", {}};
  }
  return {ErrorCode::invalid_data, "The job has no result.", {}};
}

http::Response answer_of(const Context& context, const Bases& bases, const job::Job& job, bool page) {
  if (job.status == job::Status::finished) {
    if (auto target = View(context, bases).first_export(job)) {
      auto response = http::Response::redirect(302, *std::move(target));
      response.headers.set("Cache-Control", "no-cache, private");
      return response;
    }
  }
  return error_page_or_body(why_failed(job), page);
}

Result<http::Response> run(Call& call, bool page) {
  auto& services = call.context.services;
  const auto query = account::split_signed_query(call.request.raw_query);
  if (!query) return fail(ErrorCode::forbidden, "The address is not signed.");
  RECAST_TRY(const auto base, bases_in(call).by_id(call.request.captures.at(0)));
  if (!account::is_signed(base.secret, addresses_of(call, base.id), *query)) {
    return fail(ErrorCode::forbidden, "The signature of the address is wrong.");
  }
  RECAST_TRY(auto request, account::read_signed_query(query->signed_text));
  RECAST_CHECK(expand_presets(services, base.user, request.job));
  const auto catalogue = services.catalogue();
  RECAST_TRY(auto spec,
             job::parse_job(std::move(request.job), services.operations, *catalogue, {services.tasks_per_job}));
  const auto named = [&](std::string_view name) {
    return std::ranges::any_of(spec.tasks, [name](const auto& task) { return task.operation == name; });
  };
  if (!named("export/url")) {
    return fail(ErrorCode::invalid_data, "The job needs an export/url task, whose file is the answer.", "tasks");
  }
  if (named("import/upload")) {
    return fail(ErrorCode::invalid_data, "The job of a signed URL cannot wait for an upload.", "tasks");
  }
  RECAST_CHECK(check_allowed(services, {base.user, {}}, spec));
  spec.origin = call.bases.text();
  spec.sandbox = call.mode.sandbox;
  if (!request.cache_key.empty()) {
    // No client's key has a blank in it: the modes share nothing.
    const auto key = call.mode.sandbox ? "sandbox " + request.cache_key : request.cache_key;
    spec.shared = {base.id, key, std::chrono::hours(services.settings.signed_cache_hours)};
  }
  RECAST_TRY(const auto job, services.store.create_job(base.user, std::move(spec)));
  auto& context = call.context;
  return wait_for(
      context, job.id,
      [&context, bases = call.bases, owner = store::Owner(base.user, call.mode.sandbox), id = job.id,
       page](Patience patience) -> std::optional<http::Response> {
        const auto now = context.services.store.job(owner, id);
        if (!now) return error_page_or_body(now.error(), page);
        if (job::is_terminal(now->status)) return answer_of(context, bases, *now, page);
        if (patience == Patience::until_ended) return std::nullopt;
        return error_page_or_body({ErrorCode::unavailable, "The server is going down.", {}}, page);
      },
      nullptr);
}

Result<http::Response> open_signed_url(Call& call) {
  const bool page = wants_page(call.request);
  auto response = run(call, page);
  return response ? std::move(response) : error_page_or_body(response.error(), page);
}

}  // namespace

/// core.md 16. The bases themselves are made by paths of our own; the service's are made in its dashboard.
void add_signed_url_routes(Routes& routes) {
  routes.create("/v2/signed-urls", account::scope::user_write, &create_base);
  routes.get("/v2/signed-urls", account::scope::user_read, &list_bases);
  routes.post("/v2/signed-urls/{id}/rotate-secret", account::scope::user_write, &rotate_base);
  routes.del("/v2/signed-urls/{id}", account::scope::user_write, &delete_base);
  routes.get("/s/{id}", Routes::kPublic, &open_signed_url);
}

}  // namespace recast::api
