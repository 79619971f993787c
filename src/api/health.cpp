#include "api/health.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/context.hpp"
#include "api/envelope.hpp"

namespace recast::api {

namespace {

/// The process answers. Says nothing about what it needs.
Result<http::Response> healthz(Call&) { return api_response(200, json::object{{"status", "ok"}}); }

Result<http::Response> readyz(Call& call) {
  const auto checks = call.context.services.checks();
  const auto state = readiness(checks);
  json::array list;
  for (const auto& check : checks)
    list.push_back(json::object{{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
  return api_response(state == "unavailable" ? 503 : 200, json::object{{"status", state}, {"checks", std::move(list)}});
}

Result<http::Response> metrics(Call& call) {
  return http::Response::text(200, call.context.services.metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

Result<http::Response> home(Call& call) {
  json::object body;
  body["name"] = "Recast";
  body["version"] = RECAST_VERSION;
  body["description"] = "File conversion server that speaks the CloudConvert API v2.";
  body["api"] = call.bases.api + "/v2";
  body["operations"] = call.bases.api + "/v2/operations";
  return api_response(200, body);
}

}  // namespace

std::string_view readiness(const std::vector<Check>& checks) {
  if (std::ranges::any_of(checks, [](const auto& check) { return !check.ok && check.needed; })) return "unavailable";
  return std::ranges::all_of(checks, &Check::ok) ? "ready" : "degraded";
}

void add_health_routes(Routes& routes) {
  routes.get("/", Routes::kPublic, &home);
  routes.get("/healthz", Routes::kPublic, &healthz);
  routes.get("/readyz", Routes::kPublic, &readyz);
  routes.get("/metrics", Routes::kPublic, &metrics);
}

}  // namespace recast::api
