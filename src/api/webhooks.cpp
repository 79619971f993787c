#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
#include "event/deliveries.hpp"
#include "job/job.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/webhooks.hpp"

namespace recast::api {

namespace {

struct NewWebhook {
  std::string url;
  std::vector<std::string> events;

  static constexpr auto fields = std::tuple{
      schema::field(&NewWebhook::url, "url", "Where events are sent.", {.required = true}),
      schema::field(&NewWebhook::events, "events", "job.created, job.finished, job.failed.", {.required = true}),
  };
};

struct ChangedWebhook {
  std::optional<std::string> url;
  std::vector<std::string> events;
  std::optional<bool> disabled;

  static constexpr auto fields = std::tuple{
      schema::field(&ChangedWebhook::url, "url", "Where events are sent."),
      schema::field(&ChangedWebhook::events, "events", "job.created, job.finished, job.failed."),
      schema::field(&ChangedWebhook::disabled, "disabled", "Whether nothing is sent."),
  };
};

struct Rotation {
  std::optional<std::int64_t> overlap_seconds;

  static constexpr auto fields = std::tuple{
      schema::field(&Rotation::overlap_seconds, "overlap_seconds", "How long the former secret stays right.",
                    {.min = 0, .max = 30 * 86'400}),
  };
};

json::object webhook_view(const account::Webhook& webhook, const Bases& bases) {
  const auto id = static_cast<std::int64_t>(webhook.id);
  json::object out;
  out["id"] = id;
  out["url"] = webhook.url;
  out["disabled"] = webhook.disabled;
  out["events"] = json::value_from(webhook.events);
  out["failing"] = webhook.failing;
  out["signing_secret"] = webhook.secret.current;
  out["created_at"] = format_time(webhook.created);
  out["updated_at"] = format_time(webhook.updated);
  out["links"] = json::object{{"self", bases.api + "/v2/webhooks/" + std::to_string(id)}};
  return out;
}

json::object secret_view(const account::SigningSecret& secret) {
  json::object out;
  out["signing_secret"] = secret.current;
  out["former_until"] = time_or_null(secret.former_until);
  return out;
}

json::object delivery_view(const account::Delivery& delivery) {
  json::object out;
  out["id"] = static_cast<std::int64_t>(delivery.id);
  out["webhook_id"] = delivery.webhook ? json::value(static_cast<std::int64_t>(*delivery.webhook)) : nullptr;
  out["job_id"] = delivery.job.str();
  out["event"] = delivery.event;
  out["url"] = delivery.url;
  out["outcome"] = account::outcome_name(delivery.outcome);
  out["attempts"] = delivery.attempts;
  out["status"] = delivery.status == 0 ? json::value(nullptr) : json::value(delivery.status);
  out["error"] = delivery.error.empty() ? json::value(nullptr) : json::value(delivery.error);
  out["duration_ms"] = delivery.duration.count() / 1000;
  out["next_attempt_at"] = time_or_null(delivery.due);
  out["created_at"] = format_time(delivery.created);
  out["ended_at"] = time_or_null(delivery.ended);
  return out;
}

store::Webhooks& webhooks_of(Call& call) { return call.context.services.store.webhooks(); }

Result<http::Response> create_webhook(Call& call) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<NewWebhook>(body));
  RECAST_CHECK(job::check_webhook_address(wanted.url, "url"));
  RECAST_TRY(auto events, account::checked_events(wanted.events));
  RECAST_TRY(const auto webhook, webhooks_of(call).create(call.principal.user.id, std::move(wanted.url),
                                                          std::move(events), call.context.services.webhooks.per_user));
  return data_response(201, webhook_view(webhook, call.bases));
}

Result<http::Response> list(Call& call, std::string_view path) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  RECAST_TRY(const auto listing, webhooks_of(call).list(call.principal.user.id, filter(query, "url"), page));
  json::array data;
  for (const auto& webhook : listing.items) data.push_back(webhook_view(webhook, call.bases));
  return api_response(
      200, list_body(std::move(data), query, View(call.context, call.bases).link(path), listing.page, listing.more));
}
Result<http::Response> list_of_user(Call& call) { return list(call, "users/me/webhooks"); }
Result<http::Response> list_webhooks(Call& call) { return list(call, "webhooks"); }

Result<WebhookId> webhook_in_path(const Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  return WebhookId(id);
}

Result<http::Response> show_webhook(Call& call) {
  RECAST_TRY(const auto id, webhook_in_path(call));
  RECAST_TRY(const auto webhook, webhooks_of(call).find(call.principal.user.id, id));
  return data_response(200, webhook_view(webhook, call.bases));
}

Result<http::Response> change_webhook(Call& call) {
  RECAST_TRY(const auto id, webhook_in_path(call));
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<ChangedWebhook>(body));
  store::Webhooks::Change change{.url = std::move(wanted.url), .events = {}, .disabled = wanted.disabled};
  if (change.url) RECAST_CHECK(job::check_webhook_address(*change.url, "url"));
  if (const auto* const events = body.if_contains("events"); events != nullptr && !events->is_null()) {
    RECAST_TRY(change.events, account::checked_events(wanted.events));
  }
  RECAST_TRY(const auto webhook, webhooks_of(call).change(call.principal.user.id, id, change));
  return data_response(200, webhook_view(webhook, call.bases));
}

Result<http::Response> delete_webhook(Call& call) {
  RECAST_TRY(const auto id, webhook_in_path(call));
  RECAST_CHECK(webhooks_of(call).remove(call.principal.user.id, id));
  return http::Response::empty(204);
}

Result<std::chrono::seconds> overlap_of(Call& call) {
  const std::chrono::seconds usual = std::chrono::hours(call.context.services.webhooks.overlap_hours);
  if (call.request.body.empty()) return usual;
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(const auto wanted, schema::parse<Rotation>(body));
  return wanted.overlap_seconds ? std::chrono::seconds(*wanted.overlap_seconds) : usual;
}

Result<http::Response> rotate_secret(Call& call) {
  RECAST_TRY(const auto id, webhook_in_path(call));
  RECAST_TRY(const auto overlap, overlap_of(call));
  RECAST_TRY(const auto webhook, webhooks_of(call).rotate(call.principal.user.id, id, overlap));
  return data_response(200, webhook_view(webhook, call.bases));
}

Result<http::Response> show_job_secret(Call& call) {
  RECAST_TRY(const auto secret, webhooks_of(call).job_secret(call.principal.user.id));
  return data_response(200, secret_view(secret));
}

Result<http::Response> rotate_job_secret(Call& call) {
  RECAST_TRY(const auto overlap, overlap_of(call));
  RECAST_TRY(const auto secret, webhooks_of(call).rotate_job_secret(call.principal.user.id, overlap));
  return data_response(200, secret_view(secret));
}

Result<http::Response> list_deliveries(Call& call, std::optional<WebhookId> webhook, const std::string& path) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  RECAST_TRY(const auto listing, webhooks_of(call).deliveries(call.principal.user.id, webhook, page));
  json::array data;
  for (const auto& delivery : listing.items) data.push_back(delivery_view(delivery));
  return api_response(
      200, list_body(std::move(data), query, View(call.context, call.bases).link(path), listing.page, listing.more));
}

Result<http::Response> all_deliveries(Call& call) { return list_deliveries(call, std::nullopt, "webhooks/deliveries"); }

Result<http::Response> deliveries_of_webhook(Call& call) {
  RECAST_TRY(const auto id, webhook_in_path(call));
  return list_deliveries(call, id, "webhooks/" + std::to_string(static_cast<std::int64_t>(id)) + "/deliveries");
}

Result<http::Response> replay(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_TRY(const auto delivery, webhooks_of(call).replay(call.principal.user.id, DeliveryId(id)));
  call.context.deliveries->look();
  return data_response(201, delivery_view(delivery));
}

/// The job as it is now, with links that work now.
Result<std::string> body_of(const Context& context, const account::Delivery& delivery) {
  RECAST_TRY(const auto job, context.services.store.job(delivery.user, delivery.job));
  const View view(context, Bases::from_text(job.origin, context.services.settings));
  json::object body;
  body["event"] = delivery.event;
  body["job"] = view.job(job, View::Tasks::with);
  return json::serialize(body);
}

}  // namespace

/// core.md 14; what the service's dashboard does (secrets, log, replay) has paths of our own.
void add_webhook_routes(Routes& routes) {
  using account::scope::webhook_read;
  using account::scope::webhook_write;
  auto& context = *routes.context();
  auto& services = context.services;
  context.deliveries = std::make_unique<event::Deliveries>(
      services.webhooks, services.store.webhooks(), services.net, services.bus, services.clock,
      [&context](const account::Delivery& delivery) { return body_of(context, delivery); });
  routes.create("/v2/webhooks", webhook_write, &create_webhook);
  routes.get("/v2/webhooks", webhook_read, &list_webhooks);
  routes.get("/v2/users/me/webhooks", webhook_read, &list_of_user);
  routes.get("/v2/webhooks/deliveries", webhook_read, &all_deliveries);
  routes.post("/v2/webhooks/deliveries/{id}/replay", webhook_write, &replay);
  routes.get("/v2/webhooks/job-secret", webhook_read, &show_job_secret);
  routes.post("/v2/webhooks/job-secret/rotate", webhook_write, &rotate_job_secret);
  routes.get("/v2/webhooks/{id}", webhook_read, &show_webhook);
  routes.add("PUT", "/v2/webhooks/{id}", webhook_write, &change_webhook);
  routes.add("PATCH", "/v2/webhooks/{id}", webhook_write, &change_webhook);
  routes.del("/v2/webhooks/{id}", webhook_write, &delete_webhook);
  routes.post("/v2/webhooks/{id}/rotate-secret", webhook_write, &rotate_secret);
  routes.get("/v2/webhooks/{id}/deliveries", webhook_read, &deliveries_of_webhook);
}

}  // namespace recast::api
