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

void print_settings(const json::value& settings) {
  const auto language = text_of(settings, "language");
  fmt::print("language {} (there are: {})\n", language.empty() ? "of the server" : language,
             words_of(settings.at("languages")));
  for (const auto& [kind, wanted] : settings.at("mail").as_object())
    fmt::print("{:<17}  {}\n", std::string_view(kind), wanted.as_bool() ? "by mail" : "no mail");
}

/// "credits.low=off"
Result<std::pair<std::string, bool>> read_switch(const std::string& word) {
  const auto sign = word.find('=');
  const auto state = sign == std::string::npos ? std::string() : word.substr(sign + 1);
  if (state == "on" || state == "off") return std::pair(word.substr(0, sign), state == "on");
  return fail(ErrorCode::malformed_body,
              fmt::format("--mail takes a kind with =on or =off, such as credits.low=off, not \"{}\".", word));
}

constexpr std::string_view kOfServer = "server";

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
  auto* const settings = group_->add_subcommand("settings", "Show how you are told, or change it");
  settings->add_option("--language", language_, "Language of mails, such as de; server: that of the server");
  settings->add_option("--mail", mail_, "Whether a kind comes by mail: KIND=on or KIND=off");
  settings->add_flag("--json", json_, "As JSON");
}

int NoticeCommands::settings(const TargetFlags& target) const {
  json::object mail;
  for (const auto& word : mail_) {
    const auto one = read_switch(word);
    if (!one) return complain(one.error());
    mail[one->first] = one->second;
  }
  json::object body;
  if (language_) body["language"] = *language_ == kOfServer ? std::string() : *language_;
  if (!mail.empty()) body["mail"] = std::move(mail);
  constexpr std::string_view path = "/v2/users/me/notices/settings";
  return ask_server(
      target, json_, [&](Client& client) { return body.empty() ? client.get(path) : client.patch(path, body); },
      print_settings);
}

std::optional<int> NoticeCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const std::string all = "/v2/users/me/notices";
  if (group_->got_subcommand("list")) {
    return page_at_server(target, json_, unread_ ? all + "?unread=true" : all, page_, print_notices);
  }
  if (group_->got_subcommand("settings")) return settings(target);
  const auto path = id_.empty() ? all + "/read" : all + "/" + percent_encode(id_) + "/read";
  return ask_server(
      target, json_, [&](Client& client) { return client.post(path, json::object()); },
      [&](const json::value& data) {
        if (id_.empty()) fmt::print("{} marked as read\n", text_of(data, "read"));
      });
}

}  // namespace recast::cli
