#include <boost/json/array.hpp>

#include "api/context.hpp"
#include "api/envelope.hpp"

namespace recast::api {

namespace {

/// The process answers. Says nothing about what it needs.
Result<http::Response> healthz(Call&) { return api_response(200, json::object{{"status", "ok"}}); }

Result<http::Response> readyz(Call& call) {
  bool ready = true;
  json::array checks;
  for (const auto& check : call.context.services.checks()) {
    ready = ready && check.ok;
    checks.push_back(json::object{{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
  }
  json::object body;
  body["status"] = ready ? "ready" : "unavailable";
  body["checks"] = std::move(checks);
  return api_response(ready ? 200 : 503, body);
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

void add_health_routes(Routes& routes) {
  routes.get("/", Routes::kPublic, &home);
  routes.get("/healthz", Routes::kPublic, &healthz);
  routes.get("/readyz", Routes::kPublic, &readyz);
  routes.get("/metrics", Routes::kPublic, &metrics);
}

}  // namespace recast::api
