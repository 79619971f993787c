#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/field.hpp"

namespace recast::api {

/// Settings section "login": how people come in.
struct LoginSettings {
  int session_hours = 12;
  std::string registration = "closed";
  int invitation_hours = 72;
  int password_length = 10;
  std::int64_t password_memory_mib = 64;
  std::int64_t password_passes = 2;
  int password_parallel = 2;
  std::int64_t free_attempts = 5;
  std::int64_t free_attempts_per_address = 20;
  std::int64_t longest_pause_seconds = 900;
  std::string oidc_issuer;
  std::string oidc_client_id;
  std::string oidc_client_secret;
  std::string oidc_scopes = "openid email profile";
  bool oidc_create_users = false;
  std::vector<std::string> oidc_allowed_domains;
  std::string oidc_admin_claim;
  std::string oidc_admin_value;
  std::string oidc_label = "Log in with OpenID Connect";

  static constexpr auto fields = std::tuple{
      schema::field(&LoginSettings::session_hours, "session_hours", "How long a log-in lasts.",
                    {.min = 1, .max = 8760}),
      schema::field(&LoginSettings::registration, "registration",
                    "Who may make an account: closed (administrators make them), invitation (whoever an administrator "
                    "sends a link), or open (anybody; invitations work too).",
                    {.values = {"closed", "invitation", "open"}}),
      schema::field(&LoginSettings::invitation_hours, "invitation_hours", "How long an invitation can be accepted.",
                    {.min = 1, .max = 8760}),
      schema::field(&LoginSettings::password_length, "password_length", "Characters a new password has at least.",
                    {.min = 8, .max = 128}),
      schema::field(&LoginSettings::password_memory_mib, "password_memory_mib",
                    "Memory in MiB that one hash of a password takes (argon2id). A password is hashed anew at its next "
                    "use when this or the next changes.",
                    {.min = 1, .max = 4096}),
      schema::field(&LoginSettings::password_passes, "password_passes",
                    "Passes over that memory: the time a hash takes.", {.min = 1, .max = 100}),
      schema::field(&LoginSettings::password_parallel, "password_parallel",
                    "Passwords that are hashed at once. As many again wait, more are answered with 503.",
                    {.min = 1, .max = 64}),
      schema::field(&LoginSettings::free_attempts, "free_attempts",
                    "Log-ins to an account that may fail in a row before pauses begin, which double each time.",
                    {.min = 1, .max = 1000}),
      schema::field(&LoginSettings::free_attempts_per_address, "free_attempts_per_address",
                    "The same for one address (an IPv6 network of /64 is one), whatever the accounts.",
                    {.min = 1, .max = 100000}),
      schema::field(&LoginSettings::longest_pause_seconds, "longest_pause_seconds",
                    "The longest pause between log-ins that fail.", {.min = 1, .max = 86400}),
      schema::field(&LoginSettings::oidc_issuer, "oidc_issuer",
                    "Issuer of an OpenID Connect provider to log in with, such as https://id.example.org/realms/main. "
                    "Empty: none."),
      schema::field(&LoginSettings::oidc_client_id, "oidc_client_id", "The name this server has at the provider."),
      schema::field(&LoginSettings::oidc_client_secret, "oidc_client_secret",
                    "Its secret there. Empty for a public client.", {.secret = true}),
      schema::field(&LoginSettings::oidc_scopes, "oidc_scopes", "Scopes to ask for; openid is needed."),
      schema::field(&LoginSettings::oidc_create_users, "oidc_create_users",
                    "Whether somebody the provider knows and this server does not gets an account. Otherwise an "
                    "administrator links the identity first: recast users link."),
      schema::field(&LoginSettings::oidc_allowed_domains, "oidc_allowed_domains",
                    "Domains of verified mail addresses that may come in through the provider; empty: all."),
      schema::field(&LoginSettings::oidc_admin_claim, "oidc_admin_claim",
                    "Claim of the ID token that makes administrators, such as groups. Empty: the provider makes none."),
      schema::field(&LoginSettings::oidc_admin_value, "oidc_admin_value",
                    "What that claim is, or holds, for an administrator, such as recast-admins."),
      schema::field(&LoginSettings::oidc_label, "oidc_label", "What the button for the provider says."),
  };
};

}  // namespace recast::api
