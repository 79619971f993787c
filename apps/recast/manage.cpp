#include <fmt/format.h>

#include "ask.hpp"
#include "base/text.hpp"

namespace recast::cli {

void print_new_key(const json::value& key) {
  fmt::print("key {} \"{}\", shown only now:\n{}\n", text_of(key, "id"), text_of(key, "name"), text_of(key, "token"));
}

namespace {

std::string scopes_of(const json::value& key) {
  std::string text;
  for (const auto& scope : key.at("scopes").as_array())
    text += (text.empty() ? "" : " ") + std::string(scope.as_string());
  return text;
}

}  // namespace

int keys_create(const KeyFlags& key, const json::object& quota, bool json, const TargetFlags& target) {
  json::object body{{"name", key.name}};
  if (!key.scopes.empty()) body["scopes"] = json::array(key.scopes.begin(), key.scopes.end());
  if (!key.mode.empty()) body["mode"] = key.mode;
  if (key.expires_in) body["expires_in"] = *key.expires_in;
  if (!quota.empty()) body["quota"] = quota;
  return ask_server(
      target, json, [&](Client& client) { return client.post("/v2/keys", body); }, print_new_key);
}

int keys_list(bool json, const TargetFlags& target) {
  return list_at_server(target, json, "/v2/keys", [](const json::value& keys) {
    for (const auto& key : keys.as_array()) {
      const auto expires = text_of(key, "expires_at");
      fmt::print("{:>4}  {:<16} {:<20} {}  {}{}  last used {}\n", text_of(key, "id"), text_of(key, "prefix") + "…",
                 text_of(key, "name"), scopes_of(key), text_of(key, "mode"),
                 expires.empty() ? "" : ", until " + expires,
                 text_of(key, "last_used_at").empty() ? "never" : text_of(key, "last_used_at"));
    }
  });
}

int keys_revoke(const std::string& id, const TargetFlags& target) {
  return remove_at_server(target, "/v2/keys/" + percent_encode(id));
}

int secrets_rotate(bool json, const TargetFlags& target) {
  return ask_server(
      target, json, [](Client& client) { return client.post("/admin/v1/secrets/rotate", json::object()); },
      [](const json::value& done) { fmt::print("{} secrets sealed with a new key\n", text_of(done, "sealed_anew")); });
}

}  // namespace recast::cli
