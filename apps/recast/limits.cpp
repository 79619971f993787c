#include "limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "account/quota.hpp"
#include "ask.hpp"
#include "base/text.hpp"
#include "schema/parse.hpp"

namespace recast::cli {

namespace {

void print_credits(const json::value& credits) {
  if (text_of(credits, "unlimited") == "true") {
    fmt::print("unlimited (balance {})\n", text_of(credits, "balance"));
    return;
  }
  fmt::print("{} left (balance {}, {} reserved)\n", text_of(credits, "left"), text_of(credits, "balance"),
             text_of(credits, "reserved"));
}

void print_entries(const json::value& entries) {
  for (const auto& entry : entries.as_array()) {
    const auto task = text_of(entry, "task_id");
    fmt::print("{}  {:<6} {:>10} {:>12}  {}{}\n", text_of(entry, "created_at"), text_of(entry, "kind"),
               text_of(entry, "amount"), text_of(entry, "balance"), text_of(entry, "note"),
               task.empty() ? "" : "  task " + task);
  }
}

void print_members(std::string_view title, const json::value& object) {
  if (!object.is_object()) return;
  fmt::print("{}\n", title);
  for (const auto& member : object.get_object())
    fmt::print("  {:<20} {}\n", std::string_view(member.key()), text_of(object, member.key()));
}

void print_quota(const json::value& quota) {
  print_members("limits", quota.at("limits"));
  print_members("use", quota.at("use"));
  print_members("limits of the key", quota.at("key_limits"));
  print_members("use of the key", quota.at("key_use"));
  fmt::print("credits\n  ");
  print_credits(quota.at("credits"));
}

/// CLI::NonNegativeNumber names the end of its range with 309 digits.
CLI::Validator not_negative() {
  return {[](const std::string& text) { return text.starts_with('-') ? "it must be 0 or more" : std::string(); },
          "NUMBER"};
}

}  // namespace

void QuotaFlags::add(CLI::App& command, const std::string& prefix) {
  const auto fields = schema::describe<account::Quota>();
  numbers_.reserve(fields.size());
  for (const auto* const name : {"jobs_in_flight", "tasks_per_minute", "upload_bytes", "minutes", "retention_hours"}) {
    auto& number = numbers_.emplace_back(name, std::nullopt);
    std::string flag = name;
    std::ranges::replace(flag, '_', '-');
    const auto field = std::ranges::find(fields, std::string_view(name), &schema::FieldInfo::name);
    command.add_option("--" + prefix + flag, number.second, field->doc)->check(not_negative());
  }
  command.add_option("--" + prefix + "operation", operations_, "An operation that may be used, such as import/*")
      ->allow_extra_args(false);
  command.add_option("--" + prefix + "format", formats_, "A format that may come out")->allow_extra_args(false);
}

json::object QuotaFlags::object() const {
  json::object quota;
  for (const auto& [name, number] : numbers_) {
    if (number) quota[name] = *number;
  }
  if (!operations_.empty()) quota["operations"] = json::array(operations_.begin(), operations_.end());
  if (!formats_.empty()) quota["formats"] = json::array(formats_.begin(), formats_.end());
  return quota;
}

LimitCommands::LimitCommands(CLI::App& app) {
  add_credits(app);
  add_quotas(app);
}

void LimitCommands::add_credits(CLI::App& app) {
  credits_ = app.add_subcommand("credits", "What work costs, and who has how much");
  credits_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = credits_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  auto* const show = command("show", "List what was granted and charged, newest first");
  show->add_option("user", user_, "Number of a user (administrators only); else your own");
  show->add_option("--page", page_, "Page, from 1");
  auto* const grant = command("grant", "Give a user credits, or take some with an amount below 0");
  grant->add_option("user", user_, "Number of the user")->required();
  grant->add_option("amount", amount_, "Credits")->required();
  grant->add_option("--note", note_, "Why");
  auto* const unlimited = command("set-unlimited", "Let a user work without credits");
  unlimited->add_option("user", user_, "Number of the user")->required();
  unlimited->add_flag("--off", off_, "Let the user need credits again");
  command("verify", "Check that all ledgers add up; exit status 1 if one does not");
}

void LimitCommands::add_quotas(CLI::App& app) {
  quotas_ = app.add_subcommand("quotas", "Limits of users and keys");
  quotas_->require_subcommand(1);
  auto* const show = quotas_->add_subcommand("show", "Show limits and how much of them is used");
  show->add_option("user", user_, "Number of a user (administrators only); else your own");
  show->add_flag("--json", json_, "As JSON");
  auto* const set = quotas_->add_subcommand("set", "Set a user's limits; what is left out is as the server has it");
  set->add_option("user", user_, "Number of the user")->required();
  set->add_flag("--json", json_, "As JSON");
  quota_.add(*set);
}

std::string LimitCommands::of_user(std::string_view what) const {
  if (user_.empty()) return fmt::format("/v2/users/me/{}", what);
  return fmt::format("/admin/v1/users/{}/{}", percent_encode(user_), what);
}

int LimitCommands::run_credits(const TargetFlags& target) const {
  if (credits_->got_subcommand("show")) {
    return page_at_server(target, json_, of_user("credits"), page_, print_entries);
  }
  if (credits_->got_subcommand("verify")) {
    bool intact = false;
    const int status = ask_server(
        target, json_,
        [&](Client& client) {
          auto answer = client.get("/admin/v1/credits/verify");
          intact = answer && text_of(answer->at("data"), "intact") == "true";
          return answer;
        },
        [](const json::value& verdict) {
          for (const auto& fault : verdict.at("faults").as_array())
            fmt::print("{}\n", std::string_view(fault.as_string()));
          fmt::print("{} entries of {} users: {}\n", text_of(verdict, "entries"), text_of(verdict, "users"),
                     text_of(verdict, "intact") == "true" ? "all add up" : "they do not add up");
        });
    return status == kOk && !intact ? static_cast<int>(kFailed) : status;
  }
  json::object body;
  if (credits_->got_subcommand("grant"))
    body = {{"amount", amount_}, {"note", note_}};
  else
    body = {{"unlimited", !off_}};
  return ask_server(
      target, json_, [&](Client& client) { return client.post(of_user("credits"), body); }, print_credits);
}

int LimitCommands::run_quotas(const TargetFlags& target) const {
  return ask_server(
      target, json_,
      [&](Client& client) {
        return quotas_->got_subcommand("set") ? client.put(of_user("quota"), quota_.object())
                                              : client.get(of_user("quota"));
      },
      print_quota);
}

std::optional<int> LimitCommands::run(const TargetFlags& target) const {
  if (credits_->parsed()) return run_credits(target);
  if (quotas_->parsed()) return run_quotas(target);
  return std::nullopt;
}

}  // namespace recast::cli
