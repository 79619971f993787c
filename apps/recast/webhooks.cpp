#include "webhooks.hpp"

#include <fmt/format.h>

#include "ask.hpp"
#include "base/text.hpp"

namespace recast::cli {

namespace {

std::string state_of(const json::value& webhook) {
  if (text_of(webhook, "disabled") == "true") return "disabled";
  return text_of(webhook, "failing") == "true" ? "failing" : "active";
}

void print_webhook(const json::value& webhook) {
  fmt::print("webhook {} {}\n  events {}\n  {}\n  signing secret {}\n", text_of(webhook, "id"), text_of(webhook, "url"),
             words_of(webhook.at("events")), state_of(webhook), text_of(webhook, "signing_secret"));
}

void print_webhooks(const json::value& webhooks) {
  for (const auto& one : webhooks.as_array()) {
    fmt::print("{:>4}  {:<8}  {}  {}\n", text_of(one, "id"), state_of(one), text_of(one, "url"),
               words_of(one.at("events")));
  }
}

void print_secret(const json::value& secret) { fmt::print("{}\n", text_of(secret, "signing_secret")); }

void print_deliveries(const json::value& deliveries) {
  for (const auto& one : deliveries.as_array()) {
    const auto cause = text_of(one, "error");
    fmt::print("{:>6}  {}  {:<12}  {}  {:<9} after {} attempts{}{}\n", text_of(one, "id"), text_of(one, "created_at"),
               text_of(one, "event"), text_of(one, "job_id"), text_of(one, "outcome"), text_of(one, "attempts"),
               cause.empty() ? "" : ": ", cause);
  }
}

}  // namespace

WebhookCommands::WebhookCommands(CLI::App& app)
    : group_(app.add_subcommand("webhooks", "Addresses that are told of your jobs")) {
  group_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = group_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  const auto of_one = [&](const char* name, const char* doc) {
    auto* const one = command(name, doc);
    one->add_option("id", id_, "Number of the webhook")->required();
    return one;
  };
  auto* const create = command("create", "Tell an address of jobs");
  create->add_option("url", url_, "Where to")->required();
  create->add_option("--event", events_, "job.created, job.finished, job.failed; the last two if none is named");
  command("list", "List webhooks");
  of_one("show", "Show one, with its signing secret");
  of_one("enable", "Send to it again");
  of_one("disable", "Send nothing to it");
  auto* const rotate = command("rotate-secret", "Make a new signing secret; the former one stays right for a while");
  rotate->add_option("id", id_, "Number of the webhook; without it, the secret for the webhook_url of jobs");
  rotate->add_option("--overlap", overlap_, "Seconds for which the former secret stays right");
  command("secret", "Show the secret that signs calls of a job's own webhook_url");
  of_one("delete", "Remove one with its log");
  auto* const deliveries = command("deliveries", "What was sent, newest first");
  deliveries->add_option("id", id_, "Only of this webhook");
  deliveries->add_option("--page", page_, "Page, from 1");
  command("replay", "Send once more")->add_option("id", id_, "Number of the delivery")->required();
}

std::optional<int> WebhookCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const std::string all = "/v2/webhooks";
  const auto one = all + "/" + percent_encode(id_);
  const auto get = [&](const std::string& path, auto print) {
    return ask_server(
        target, json_, [&](Client& client) { return client.get(path); }, print);
  };
  const auto post = [&](const std::string& path, const json::object& body, auto print) {
    return ask_server(
        target, json_, [&](Client& client) { return client.post(path, body); }, print);
  };
  const auto set_disabled = [&](bool disabled) {
    const json::object body{{"disabled", disabled}};
    return ask_server(
        target, json_, [&](Client& client) { return client.put(one, body); }, print_webhook);
  };
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  if (chosen("create"))
    return post(all, {{"url", url_}, {"events", json::array(events_.begin(), events_.end())}}, print_webhook);
  if (chosen("list")) return list_at_server(target, json_, all, print_webhooks);
  if (chosen("show")) return get(one, print_webhook);
  if (chosen("enable")) return set_disabled(false);
  if (chosen("disable")) return set_disabled(true);
  if (chosen("secret")) return get(all + "/job-secret", print_secret);
  if (chosen("deliveries"))
    return page_at_server(target, json_, (id_.empty() ? all : one) + "/deliveries", page_, print_deliveries);
  if (chosen("replay"))
    return post(all + "/deliveries/" + percent_encode(id_) + "/replay", {},
                [](const json::value& delivery) { fmt::print("delivery {}\n", text_of(delivery, "id")); });
  if (chosen("rotate-secret")) {
    json::object body;
    if (overlap_) body["overlap_seconds"] = *overlap_;
    return post(id_.empty() ? all + "/job-secret/rotate" : one + "/rotate-secret", body, print_secret);
  }
  return remove_at_server(target, one);
}

}  // namespace recast::cli
