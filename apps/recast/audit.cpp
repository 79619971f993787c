#include "audit.hpp"

#include <fmt/format.h>

#include "ask.hpp"

namespace recast::cli {

namespace {

void print_entries(const json::value& entries) {
  for (const auto& entry : entries.as_array()) {
    const auto who = text_of(entry, "username");
    fmt::print("{:>6}  {}  {:<12}  {:<15}  {:<22}  {}  {}\n", text_of(entry, "sequence"), text_of(entry, "at"),
               who.empty() ? "(the server)" : who, text_of(entry, "address"), text_of(entry, "action"),
               text_of(entry, "object"), text_of(entry, "detail"));
  }
}

}  // namespace

AuditCommands::AuditCommands(CLI::App& app)
    : group_(app.add_subcommand("audit", "Who changed what about accounts (administrators only)")) {
  group_->require_subcommand(1);
  auto* const list = group_->add_subcommand("list", "The latest changes, newest first");
  list->add_option("--page", page_, "Page, from 1");
  list->add_flag("--json", json_, "As JSON");
  group_->add_subcommand("verify", "Whether the log was changed")->add_flag("--json", json_, "As JSON");
  group_->add_subcommand("export", "All of it as lines of JSON, oldest first")
      ->add_option("--after", after_, "Only what follows this number");
}

std::optional<int> AuditCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  if (chosen("list")) return page_at_server(target, json_, "/admin/v1/audit", page_, print_entries);
  if (chosen("export")) {
    const auto server = open_server(target);
    if (!server) return complain(server.error());
    const auto lines = Client(server->endpoint).get_text(fmt::format("/admin/v1/audit/export?after={}", after_));
    if (!lines) return complain(lines.error());
    fmt::print("{}", *lines);
    return kOk;
  }
  bool intact = true;
  const int status = ask_server(
      target, json_, [](Client& client) { return client.get("/admin/v1/audit/verify"); },
      [&](const json::value& verdict) {
        intact = text_of(verdict, "intact") == "true";
        fmt::print("{} entries, {}; the last one's hash is {}\n", text_of(verdict, "entries"),
                   intact ? "intact" : "changed from number " + text_of(verdict, "first_broken") + " on",
                   text_of(verdict, "hash"));
      });
  return status != kOk || intact ? status : static_cast<int>(kFailed);
}

}  // namespace recast::cli
