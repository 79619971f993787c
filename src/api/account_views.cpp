#include "api/account_views.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <charconv>

#include "api/envelope.hpp"
#include "api/limits/quota_body.hpp"
#include "api/query.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"

namespace recast::api {

namespace {

Result<> check_scopes(const account::Principal& caller, const account::User& owner,
                      const std::vector<std::string>& scopes) {
  for (const auto& scope : scopes) {
    const bool is_admin = scope == account::scope::admin;
    if (is_admin && !owner.administrator) {
      return fail(ErrorCode::invalid_data, "Only keys of administrators may have the scope admin.", "scopes");
    }
    if (!caller.has(scope) && !caller.has(account::scope::admin)) {
      return fail(ErrorCode::forbidden, "A key cannot give scopes that it does not have.");
    }
  }
  return {};
}

Result<account::Quota> quota_of_new_key(const Call& call, const json::object& body) {
  const auto* const quota = body.if_contains("quota");
  if (quota == nullptr || quota->is_null()) return account::Quota();
  if (!quota->is_object()) return fail(ErrorCode::invalid_data, "The quota must be an object.", "quota");
  return quota_in(quota->get_object(), call.context.services.operations, "quota.");
}

}  // namespace

json::object user_view(const account::User& user, const Bases& bases) {
  const auto id = static_cast<std::int64_t>(user.id);
  json::object out;
  out["id"] = id;
  out["username"] = user.username;
  out["email"] = user.email;
  out["created_at"] = format_time(user.created);
  constexpr std::int64_t kPlenty = 100'000;  // clients want a number
  out["credits"] = user.credits.value_or(kPlenty);
  out["paying"] = true;
  out["task_priority"] = nullptr;
  out["tasks_per_minute"] = nullptr;
  out["links"] = json::object{{"self", bases.api + "/v2/users/" + std::to_string(id)}};
  return out;
}

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::object key_view(const account::ApiKey& key) {
  json::object out;
  out["id"] = static_cast<std::int64_t>(key.id);
  out["user_id"] = static_cast<std::int64_t>(key.user);
  out["name"] = key.name;
  out["prefix"] = key.prefix;
  out["scopes"] = json::value_from(key.scopes);
  out["mode"] = account::key_mode_name(key.terms.mode);
  out["expires_at"] = time_or_null(key.terms.expires);
  out["quota"] = account::quota_object(key.terms.quota);
  out["created_at"] = format_time(key.created);
  out["last_used_at"] = time_or_null(key.last_used);
  return out;
}

Result<http::Response> create_key_for(Call& call, const account::User& owner) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  if (const auto* const end = body.if_contains("expires_at"); end != nullptr && !end->is_null()) {
    return fail(ErrorCode::invalid_data,
                "The end of a key is set with expires_in, the seconds from now after which it is worth nothing.",
                "expires_at");
  }
  RECAST_TRY(auto wanted, schema::parse<NewKey>(body));
  const auto* const scopes = body.if_contains("scopes");
  if (scopes != nullptr && scopes->is_array() && scopes->get_array().empty())
    return fail(ErrorCode::invalid_data, "A key needs a scope; without the field it has all that the caller's key has.",
                "scopes");
  if (wanted.scopes.empty()) {
    wanted.scopes = account::all_scopes();
    // A key gives no scope that it lacks, so that is what all of them comes to.
    if (!call.principal.has(account::scope::admin))
      std::erase_if(wanted.scopes, [&](const auto& scope) { return !call.principal.has(scope); });
  }
  RECAST_CHECK(check_scopes(call.principal, owner, wanted.scopes));
  const auto token = account::new_token(call.context.services.random);
  account::KeyTerms terms{.mode = account::key_mode_from(wanted.mode).value_or(account::KeyMode::both), .expires = {}};
  RECAST_TRY(terms.quota, quota_of_new_key(call, body));
  const auto& own = call.principal.terms;
  if (!call.principal.has(account::scope::admin)) {
    // A key cannot give what it does not have: neither the other mode nor a longer life.
    if (own.mode != account::KeyMode::both && !body.contains("mode")) terms.mode = own.mode;
    if (own.mode != account::KeyMode::both && terms.mode != own.mode)
      return fail(ErrorCode::forbidden, "A key cannot make one of another mode.");
    terms.expires = own.expires;
    RECAST_CHECK(narrow(terms, own, call.principal.key));
  }
  if (wanted.expires_in) {
    const auto until = call.context.services.clock.now() + std::chrono::seconds(*wanted.expires_in);
    terms.expires = terms.expires ? std::min(*terms.expires, until) : until;
  }
  RECAST_TRY(const auto key,
             call.context.services.store.create_key(owner.id, std::move(wanted.name), std::move(wanted.scopes), token,
                                                    terms, call.context.services.settings.keys_per_user));
  auto shown = key_view(key);
  shown["token"] = token;
  return data_response(201, std::move(shown));
}

Result<http::Response> key_list(const Call& call, UserId user, const std::string& path) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto listing, call.context.services.store.page_of_keys(user, page));
  json::array data;
  for (const auto& key : listing.items) data.push_back(key_view(key));
  return api_response(
      200, list_body(std::move(data), call.request.query, call.bases.api + path, listing.page, listing.more));
}

Result<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return fail(ErrorCode::not_found, "Not found.");
  return number;
}

Result<std::int64_t> number_in_path(const Call& call, std::size_t capture) {
  return number_of(call.request.captures.at(capture));
}

}  // namespace recast::api
