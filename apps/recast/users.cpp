#include "users.hpp"

#include <fmt/format.h>

#include "ask.hpp"
#include "base/text.hpp"
#include "password.hpp"

namespace recast::cli {

namespace {

const std::string kUsers = "/admin/v1/users";
const std::string kInvitations = "/admin/v1/invitations";

void print_user(const json::value& user) {
  fmt::print("user {} \"{}\"\n", text_of(user, "id"), text_of(user, "username"));
}

void print_users(const json::value& users) {
  for (const auto& user : users.as_array()) {
    fmt::print("{:>4}  {:<20} {:<30} {}{}\n", text_of(user, "id"), text_of(user, "username"), text_of(user, "email"),
               text_of(user, "administrator") == "true" ? "administrator" : "",
               text_of(user, "enabled") == "false" ? " disabled" : "");
  }
}

void print_sessions(const json::value& sessions) {
  for (const auto& one : sessions.as_array()) {
    fmt::print("{:>6}  since {}  last seen {}  {:<15}  {}\n", text_of(one, "id"), text_of(one, "created_at"),
               text_of(one, "last_seen_at"), text_of(one, "address"), text_of(one, "user_agent"));
  }
}

void print_identities(const json::value& identities) {
  for (const auto& one : identities.as_array()) {
    const auto used = text_of(one, "last_used_at");
    fmt::print("{:>6}  since {}  last log-in {:<20}  {}  {}\n", text_of(one, "id"), text_of(one, "created_at"),
               used.empty() ? "never" : used, text_of(one, "issuer"), text_of(one, "subject"));
  }
}

void print_invitations(const json::value& invitations) {
  for (const auto& one : invitations.as_array()) {
    fmt::print("{:>4}  {:<30} until {}  {}\n", text_of(one, "id"), text_of(one, "email"), text_of(one, "expires_at"),
               text_of(one, "administrator") == "true" ? "administrator" : "");
  }
}

/// A change whose answer says nothing.
template <class Change>
int change_at_server(const TargetFlags& flags, const Change& change) {
  const auto target = open_server(flags);
  if (!target) return complain(target.error());
  Client client(target->endpoint);
  const auto done = change(client);
  return done ? kOk : complain(done.error());
}

}  // namespace

UserCommands::UserCommands(CLI::App& app)
    : group_(app.add_subcommand("users", "Users of the server (administrators only)")) {
  group_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = group_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  const auto of_one = [&](const char* name, const char* doc) {
    auto* const one = command(name, doc);
    one->add_option("id", id_, "Number of the user")->required();
    return one;
  };
  auto* const add = command("add", "Make a user");
  add->alias("create");
  add->add_option("name", name_, "User name")->required();
  add->add_option("--email", email_, "Mail address");
  add->add_flag("--administrator", administrator_, "May manage users");
  command("list", "List users");
  of_one("show", "Show one");
  of_one("disable", "End all keys and log-ins of a user, until enabled again");
  of_one("enable", "Let a user in again");
  of_one("role", "Change what a user is")
      ->add_option("role", role_, "administrator or user")
      ->required()
      ->check(CLI::IsMember({"administrator", "user"}));
  of_one("email", "Change the mail address")->add_option("email", email_, "Mail address")->required();
  of_one("password", "Set the password: typed, or a line of standard input");
  of_one("totp-off", "Remove the second factor of who has lost it");
  of_one("sessions", "List log-ins")->add_flag("--end", end_, "End them instead");
  auto* const link = of_one("link", "Let a user in through the OpenID Connect provider");
  link->add_option("subject", subject_, "What the provider calls the user (sub)")->required();
  link->add_option("--issuer", issuer_, "The provider; else login.oidc_issuer");
  of_one("identities", "List what a user comes in by through OpenID Connect providers");
  of_one("unlink", "Take one of those away; the user's log-ins end")
      ->add_option("identity", identity_, "Its number in `recast users identities`")
      ->required();
  of_one("key", "Make an API key for a user")->add_option("--name", key_name_, "What it is for");
  of_one("delete", "Delete a user with all jobs and keys");
  auto* const invite = command("invite", "Make a link with which somebody makes an account; it is shown once");
  invite->add_option("email", email_, "Mail address of the account")->required();
  invite->add_flag("--administrator", administrator_, "The account may manage users");
  invite->add_option("--expires-in", expires_in_, "Seconds for which it can be accepted");
  command("invitations", "List invitations that nobody accepted yet");
  command("withdraw", "Withdraw an invitation")->add_option("id", id_, "Number of the invitation")->required();
}

int UserCommands::set_password(const TargetFlags& target, const std::string& user) const {
  const auto password = read_password();
  if (!password) return complain(password.error());
  return change_at_server(target, [&](Client& client) {
    return client.put(user + "/password", json::object{{"password", *password}});
  });
}

int UserCommands::invite(const TargetFlags& target) const {
  json::object body{{"email", email_}, {"administrator", administrator_}};
  if (expires_in_) body["expires_in"] = *expires_in_;
  return ask_server(
      target, json_, [&](Client& client) { return client.post(kInvitations, body); },
      [](const json::value& one) {
        fmt::print("invitation {} for {} until {}, shown only now:\n{}\n", text_of(one, "id"), text_of(one, "email"),
                   text_of(one, "expires_at"), text_of(one, "url"));
      });
}

std::optional<int> UserCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  const auto one = kUsers + "/" + percent_encode(id_);
  const auto get = [&](const std::string& path, auto print) {
    return ask_server(
        target, json_, [&](Client& client) { return client.get(path); }, print);
  };
  const auto post = [&](const std::string& path, const json::object& body, auto print) {
    return ask_server(
        target, json_, [&](Client& client) { return client.post(path, body); }, print);
  };
  const auto patch = [&](const json::object& body) {
    return ask_server(
        target, json_, [&](Client& client) { return client.patch(one, body); }, print_user);
  };
  if (chosen("add"))
    return post(kUsers, {{"username", name_}, {"email", email_}, {"administrator", administrator_}}, print_user);
  if (chosen("list")) return list_at_server(target, json_, kUsers, print_users);
  if (chosen("show")) return get(one, [](const json::value& user) { print_users(json::array{user}); });
  if (chosen("disable")) return patch({{"enabled", false}});
  if (chosen("enable")) return patch({{"enabled", true}});
  if (chosen("role")) return patch({{"administrator", role_ == "administrator"}});
  if (chosen("email")) return patch({{"email", email_}});
  if (chosen("password")) return set_password(target, one);
  if (chosen("totp-off")) return remove_at_server(target, one + "/second-factor");
  if (chosen("sessions")) {
    return end_ ? remove_at_server(target, one + "/sessions") : get(one + "/sessions", print_sessions);
  }
  if (chosen("link"))
    return post(one + "/identities", {{"subject", subject_}, {"issuer", issuer_}}, [](const json::value& made) {
      fmt::print("identity {}: linked to {}\n", text_of(made, "id"), text_of(made, "subject"));
    });
  if (chosen("identities")) return get(one + "/identities", print_identities);
  if (chosen("unlink")) return remove_at_server(target, one + "/identities/" + percent_encode(identity_));
  if (chosen("key")) return post(one + "/keys", {{"name", key_name_}}, print_new_key);
  if (chosen("invite")) return invite(target);
  if (chosen("invitations")) return list_at_server(target, json_, kInvitations, print_invitations);
  if (chosen("withdraw")) return remove_at_server(target, kInvitations + "/" + percent_encode(id_));
  return remove_at_server(target, one);
}

}  // namespace recast::cli
