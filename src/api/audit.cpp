#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "store/audit.hpp"

namespace recast::api {

namespace {

json::object entry_view(const account::AuditEntry& entry) {
  json::object out;
  out["sequence"] = entry.sequence;
  out["at"] = format_time(entry.at);
  out["at_microseconds"] = to_micros(entry.at);  // what the hash covers
  out["user_id"] = entry.actor.user ? json::value(static_cast<std::int64_t>(*entry.actor.user)) : nullptr;
  out["username"] = entry.actor.username;
  out["key_id"] = entry.actor.key ? json::value(static_cast<std::int64_t>(*entry.actor.key)) : nullptr;
  out["address"] = entry.actor.address;
  out["action"] = entry.action;
  out["object"] = entry.object;
  out["detail"] = entry.detail;
  out["hash"] = entry.hash;
  return out;
}

Result<http::Response> list(Call& call, std::optional<UserId> user, const std::string& path) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  RECAST_TRY(const auto listing, call.context.services.store.audit().list(user, page));
  json::array data;
  for (const auto& entry : listing.items) data.push_back(entry_view(entry));
  return api_response(
      200, list_body(std::move(data), query, call.bases.api + path, listing.page, listing.more));
}

Result<http::Response> list_all(Call& call) { return list(call, std::nullopt, "/admin/v1/audit"); }
Result<http::Response> list_own(Call& call) { return list(call, call.principal.user.id, "/v2/users/me/audit"); }

/// One entry a line, oldest first, from `after` on.
Result<http::Response> export_all(Call& call) {
  std::int64_t after = 0;
  if (const auto text = call.request.query.get("after")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), after);
    if (error != std::errc() || end != text->data() + text->size())
      return fail(ErrorCode::invalid_data, "The after must be an integer.", "after");
  }
  std::string lines;
  RECAST_CHECK(call.context.services.store.audit().each(
      after, [&](const auto& entry) { lines += json::serialize(entry_view(entry)) + "\n"; }));
  return http::Response::text(200, std::move(lines), "application/x-ndjson");
}

Result<http::Response> verify(Call& call) {
  RECAST_TRY(const auto verdict, call.context.services.store.audit().verify());
  json::object out;
  out["entries"] = verdict.entries;
  out["intact"] = !verdict.broken;
  out["first_broken"] = verdict.broken ? json::value(*verdict.broken) : nullptr;
  out["hash"] = verdict.hash;
  return data_response(200, std::move(out));
}

}  // namespace

void add_audit_routes(Routes& routes) {
  using account::scope::admin;
  routes.get("/admin/v1/audit", admin, &list_all);
  routes.get("/admin/v1/audit/export", admin, &export_all);
  routes.get("/admin/v1/audit/verify", admin, &verify);
  routes.get("/v2/users/me/audit", account::scope::user_read, &list_own);
}

}  // namespace recast::api
