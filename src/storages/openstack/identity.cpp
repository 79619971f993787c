#include "storages/openstack/identity.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace recast::storages::openstack {

namespace {

/// Names to look the user up by, best first.
struct Candidate {
  std::string name;
  json::object domain;
};

Error meaning_of(const net::Answer& answer) {
  const auto body = parse(answer.body);
  const auto said = body ? text(*body, {"error", "message"}) : std::string();
  const bool refused = answer.status == 401 || answer.status == 403;
  const auto* const own = refused ? "authentication failed" : "the identity service refused";
  return {refused ? ErrorCode::invalid_credentials : ErrorCode::unavailable,
          fmt::format("{} (HTTP {})", said.empty() ? own : storage::provider_text(said, ""), answer.status),
          {}};
}

std::unexpected<Error> no_identity_service() {
  return fail(ErrorCode::unavailable, "the auth_url is not the address of an identity service (HTTP 404)");
}

bool is_missing(const net::Answer& answer) {
  return answer.status == 404 || answer.status == 405 || answer.status == 300 || answer.status == 410;
}

bool has_services(const json::value* catalogue) {
  return catalogue != nullptr && catalogue->is_array() && !catalogue->get_array().empty();
}

}  // namespace

Identity::Identity(const Access& access, const Settings& settings, const storage::Connection& connection)
    : access_(access), settings_(settings), http_(connection, {.explain = &meaning_of, .another = {}}) {}

Result<Grant> Identity::grant() const {
  RECAST_TRY(const auto address, identity_address(access_.auth_url));
  switch (address.version) {
    case Version::v1:
      return by_v1(address);
    case Version::v2:
      return by_v2(address);
    default:
      return by_v3(address);
  }
}

Result<net::Answer> Identity::ask(const std::string& method, const std::string& url, const std::string& token,
                                  const json::value* body) const {
  return http_.ask([&]() -> Result<net::Call> {
    net::Call call{.method = method,
                   .url = url,
                   .headers = {{"Accept", "application/json"}},
                   .body = {},
                   .place = {},
                   .on_bytes = {}};
    if (!token.empty()) call.headers.emplace_back("X-Auth-Token", token);
    if (body != nullptr) {
      call.headers.emplace_back("Content-Type", "application/json");
      call.body = json::serialize(*body);
    }
    return call;
  });
}

Result<Identity::Reply> Identity::ask_json(const std::string& method, const std::string& url, const std::string& token,
                                           const json::value* body) const {
  RECAST_TRY(auto answer, ask(method, url, token, body));
  if (is_missing(answer)) return fail(ErrorCode::not_found, "no such resource");
  if (answer.status < 200 || answer.status >= 300) return std::unexpected(meaning_of(answer));
  RECAST_TRY(auto parsed, parse(answer.body));
  return Reply{std::move(answer), std::move(parsed)};
}

Result<Identity::Reply> Identity::v3_token(const std::string& base) const {
  std::vector<Candidate> candidates{{access_.username, {{"id", settings_.domain}}}};
  if (const auto at = access_.username.rfind('@'); at != std::string::npos && at > 0)
    candidates.push_back({access_.username.substr(0, at), {{"name", access_.username.substr(at + 1)}}});
  Result<Reply> reply = no_identity_service();
  for (const auto& [name, domain] : candidates) {
    json::object auth{
        {"identity",
         {{"methods", json::array{"password"}},
          {"password", {{"user", {{"name", name}, {"domain", domain}, {"password", access_.password}}}}}}}};
    if (!access_.tenant_name.empty())
      auth["scope"] = json::object{{"project", {{"name", access_.tenant_name}, {"domain", domain}}}};
    const json::value body = json::object{{"auth", auth}};
    auto next = ask_json("POST", base + "/v3/auth/tokens", "", &body);
    const bool first = &name == &candidates.front().name;
    if (first || next) reply = std::move(next);
    if (reply || reply.error().code != ErrorCode::invalid_credentials) break;
  }
  return reply;
}

Result<Identity::Reply> Identity::first_project_token(const std::string& base, const Reply& unscoped) const {
  const std::string token(storage::header(unscoped.answer, "x-subject-token"));
  RECAST_TRY(const auto projects, ask_json("GET", base + "/v3/auth/projects", token));
  const auto* const list = member(projects.body, {"projects"});
  const auto id = list != nullptr && list->is_array() && !list->get_array().empty()
                      ? text(list->get_array().front(), {"id"})
                      : std::string();
  if (id.empty()) return fail(ErrorCode::invalid_credentials, "the user is a member of no project");
  const json::value body = json::object{{"auth",
                                         {{"identity", {{"methods", json::array{"token"}}, {"token", {{"id", token}}}}},
                                          {"scope", {{"project", {{"id", id}}}}}}}};
  return ask_json("POST", base + "/v3/auth/tokens", "", &body);
}

Result<Grant> Identity::by_v3(const IdentityAddress& address) const {
  auto reply = v3_token(address.base);
  if (!reply && reply.error().code == ErrorCode::not_found) {
    if (address.version == Version::any) return by_v2(address);
    return no_identity_service();
  }
  if (reply && !has_services(member(reply->body, {"token", "catalog"})) && access_.tenant_name.empty())
    reply = first_project_token(address.base, *reply);
  if (!reply) return std::unexpected(std::move(reply).error());
  const std::string token(storage::header(reply->answer, "x-subject-token"));
  if (token.empty()) return fail(ErrorCode::unavailable, "the identity service gave no token");
  const auto* const catalogue = member(reply->body, {"token", "catalog"});
  RECAST_TRY(auto url, storage_url(catalogue == nullptr ? json::value() : *catalogue, Version::v3, access_.region));
  return Grant{token, std::move(url)};
}

Result<Identity::Reply> Identity::v2_token(const std::string& base) const {
  const json::object credentials{{"username", access_.username}, {"password", access_.password}};
  json::object auth{{"passwordCredentials", credentials}};
  if (!access_.tenant_name.empty()) auth["tenantName"] = access_.tenant_name;
  const json::value body = json::object{{"auth", auth}};
  RECAST_TRY(auto reply, ask_json("POST", base + "/v2.0/tokens", "", &body));
  if (!access_.tenant_name.empty() || has_services(member(reply.body, {"access", "serviceCatalog"}))) return reply;
  const auto token = text(reply.body, {"access", "token", "id"});
  RECAST_TRY(const auto tenants, ask_json("GET", base + "/v2.0/tenants", token));
  const auto* const list = member(tenants.body, {"tenants"});
  const auto name = list != nullptr && list->is_array() && !list->get_array().empty()
                        ? text(list->get_array().front(), {"name"})
                        : std::string();
  if (name.empty()) return fail(ErrorCode::invalid_credentials, "the user is a member of no project");
  const json::value scoped = json::object{{"auth", {{"token", {{"id", token}}}, {"tenantName", name}}}};
  return ask_json("POST", base + "/v2.0/tokens", "", &scoped);
}

Result<Grant> Identity::by_v2(const IdentityAddress& address) const {
  auto reply = v2_token(address.base);
  if (!reply && reply.error().code == ErrorCode::not_found) return no_identity_service();
  if (!reply) return std::unexpected(std::move(reply).error());
  const auto token = text(reply->body, {"access", "token", "id"});
  if (token.empty()) return fail(ErrorCode::unavailable, "the identity service gave no token");
  const auto* const catalogue = member(reply->body, {"access", "serviceCatalog"});
  RECAST_TRY(auto url, storage_url(catalogue == nullptr ? json::value() : *catalogue, Version::v2, access_.region));
  return Grant{token, std::move(url)};
}

Result<Grant> Identity::by_v1(const IdentityAddress& address) const {
  const bool with_account = access_.username.find(':') != std::string::npos || access_.tenant_name.empty();
  const auto user = with_account ? access_.username : access_.tenant_name + ":" + access_.username;
  RECAST_TRY(const auto answer, http_.ask([&]() -> Result<net::Call> {
    return net::Call{.method = "GET",
                     .url = address.base,
                     .headers = {{"X-Auth-User", user}, {"X-Auth-Key", access_.password}},
                     .body = {},
                     .place = {},
                     .on_bytes = {}};
  }));
  if (is_missing(answer)) return no_identity_service();
  if (answer.status < 200 || answer.status >= 300) return std::unexpected(meaning_of(answer));
  const std::string token(storage::header(answer, "x-auth-token"));
  if (token.empty()) return fail(ErrorCode::unavailable, "the identity service gave no token");
  RECAST_TRY(auto url, usable_storage_url(storage::header(answer, "x-storage-url")));
  return Grant{token, std::move(url)};
}

}  // namespace recast::storages::openstack
