#include "oauth.hpp"

#include <fmt/format.h>

#include "ask.hpp"
#include "base/text.hpp"

namespace recast::cli {

namespace {

std::string kind_of(const json::value& client) {
  return text_of(client, "confidential") == "true" ? "confidential" : "public";
}

void print_client(const json::value& client) {
  fmt::print("client {}\n  name {}\n  {}\n  grant types {}\n", text_of(client, "id"), text_of(client, "name"),
             kind_of(client), words_of(client.at("grant_types")));
  for (const auto& uri : client.at("redirect_uris").as_array())
    fmt::print("  redirect URI {}\n", std::string(uri.as_string()));
  const auto secret = text_of(client, "secret");
  if (!secret.empty()) fmt::print("  secret {}\nThe secret is shown this once.\n", secret);
}

void print_clients(const json::value& clients) {
  for (const auto& one : clients.as_array()) {
    fmt::print("{}  {:<12}  {}  {}\n", text_of(one, "id"), kind_of(one), text_of(one, "name"),
               words_of(one.at("redirect_uris")));
  }
}

void print_grants(const json::value& grants) {
  for (const auto& one : grants.as_array()) {
    const auto used = text_of(one, "last_used_at");
    fmt::print("{:>4}  {}  {}  connected {}, last used {}\n", text_of(one, "id"), text_of(one, "client_name"),
               words_of(one.at("scopes")), text_of(one, "logins"), used.empty() ? "never" : used);
  }
}

json::array array_of(const std::vector<std::string>& words) { return json::array(words.begin(), words.end()); }

}  // namespace

OauthCommands::OauthCommands(CLI::App& app)
    : group_(app.add_subcommand("oauth", "Applications that act for users (OAuth 2.0)")) {
  group_->require_subcommand(1);
  add_clients();
  add_grants();
}

void OauthCommands::add_clients() {
  clients_ = group_->add_subcommand("clients", "Applications that you registered");
  clients_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = clients_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  const auto of_one = [&](const char* name, const char* doc) {
    auto* const one = command(name, doc);
    one->add_option("id", id_, "Id of the client")->required();
    return one;
  };
  const auto settings = [this](CLI::App* one) {
    one->add_option("--redirect-uri", redirect_uris_, "Where users may be sent back to; may be given several times");
    one->add_option("--grant-type", grant_types_,
                    "authorization_code, refresh_token, implicit; the first two if none is named");
  };
  auto* const create = command("create", "Register an application; its secret is shown this once");
  create->add_option("name", name_, "What users see it called")->required();
  create->add_flag("--public", public_, "It cannot keep a secret: an application on a device or in a browser");
  settings(create);
  command("list", "List them")->add_flag("--all", all_, "Those of all users; for administrators");
  of_one("show", "Show one");
  auto* const change = of_one("change", "Change one");
  change->add_option("--name", name_, "What users see it called");
  settings(change);
  of_one("rotate-secret", "Make a new secret; the former one is worth nothing from then on");
  of_one("delete", "Remove one: it can act for nobody any more")
      ->add_flag("--any", all_, "Also one of another user; for administrators");
}

void OauthCommands::add_grants() {
  grants_ = group_->add_subcommand("grants", "What you let applications do");
  grants_->require_subcommand(1);
  grants_->add_subcommand("list", "List it")->add_flag("--json", json_, "As JSON");
  grants_->add_subcommand("revoke", "Take it back: the application's tokens are worth nothing from then on")
      ->add_option("id", id_, "Number of the grant")
      ->required();
}

std::optional<int> OauthCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  return clients_->parsed() ? run_clients(target) : run_grants(target);
}

int OauthCommands::run_clients(const TargetFlags& target) const {
  const std::string all = all_ ? "/admin/v1/oauth/clients" : "/v2/oauth/clients";
  const auto one = all + "/" + percent_encode(id_);
  const auto chosen = [&](const char* name) { return clients_->got_subcommand(name); };
  if (chosen("list")) return list_at_server(target, json_, all, print_clients);
  if (chosen("show")) {
    return ask_server(
        target, json_, [&](Client& client) { return client.get(one); }, print_client);
  }
  if (chosen("delete")) return remove_at_server(target, one);
  json::object body;
  if (!name_.empty()) body["name"] = name_;
  if (!redirect_uris_.empty()) body["redirect_uris"] = array_of(redirect_uris_);
  if (!grant_types_.empty()) body["grant_types"] = array_of(grant_types_);
  if (chosen("create")) body["confidential"] = !public_;
  return ask_server(
      target, json_,
      [&](Client& client) {
        if (chosen("change")) return client.patch(one, body);
        return chosen("create") ? client.post(all, body) : client.post(one + "/secret", json::object());
      },
      print_client);
}

int OauthCommands::run_grants(const TargetFlags& target) const {
  const std::string all = "/v2/oauth/grants";
  if (grants_->got_subcommand("revoke")) return remove_at_server(target, all + "/" + percent_encode(id_));
  return list_at_server(target, json_, all, print_grants);
}

}  // namespace recast::cli
