#include "notices.hpp"

#include <fmt/format.h>

#include "ask.hpp"
#include "base/text.hpp"

namespace recast::cli {

namespace {

void print_notice(const json::value& notice) {
  std::string values;
  for (const auto& [name, value] : notice.at("values").as_object())
    values += fmt::format("  {} {}", std::string_view(name), text_of(notice.at("values"), name));
  fmt::print("{:>5}  {}  {}  {:<17}{}\n", text_of(notice, "id"), text_of(notice, "created_at"),
             text_of(notice, "read_at").empty() ? "new " : "read", text_of(notice, "kind"), values);
}

void print_notices(const json::value& notices) {
  for (const auto& one : notices.as_array()) print_notice(one);
}

}  // namespace

NoticeCommands::NoticeCommands(CLI::App& app)
    : group_(
          app.add_subcommand("notices", "What the server tells you: deprecated engines, failing webhooks, log-ins")) {
  group_->require_subcommand(1);
  auto* const list = group_->add_subcommand("list", "List notices, newest first");
  list->add_flag("--unread", unread_, "Only those that were not read");
  list->add_option("--page", page_, "Page, from 1");
  list->add_flag("--json", json_, "As JSON");
  auto* const read = group_->add_subcommand("read", "Mark notices as read");
  read->add_option("id", id_, "Number of the notice; without it, all");
  read->add_flag("--json", json_, "As JSON");
}

std::optional<int> NoticeCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const std::string all = "/v2/users/me/notices";
  if (group_->got_subcommand("list")) {
    return page_at_server(target, json_, unread_ ? all + "?unread=true" : all, page_, print_notices);
  }
  const auto path = id_.empty() ? all + "/read" : all + "/" + percent_encode(id_) + "/read";
  return ask_server(
      target, json_, [&](Client& client) { return client.post(path, json::object()); },
      [&](const json::value& data) {
        if (id_.empty()) fmt::print("{} marked as read\n", text_of(data, "read"));
      });
}

}  // namespace recast::cli
