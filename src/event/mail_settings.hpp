#pragma once

#include <string>
#include <vector>

#include "schema/field.hpp"

namespace recast::event {

/// Settings section "mail": where notices are sent.
struct MailSettings {
  std::string server;
  std::string user;
  std::string password;
  std::string tls = "auto";
  std::string ca_bundle;
  std::string from;
  std::string own_name;
  std::string language = "en";
  std::string templates;
  int timeout_seconds = 60;
  std::vector<std::string> retry_seconds{"60", "600", "3600", "21600"};
  int max_age_hours = 72;
  int keep_days = 365;

  static constexpr auto fields = std::tuple{
      schema::field(&MailSettings::server, "server",
                    "SMTP server, such as smtp://mail.example.org:587 or smtps://mail.example.org. Empty: notices are "
                    "not mailed, only shown in the account."),
      schema::field(&MailSettings::user, "user", "Name to log in with at that server. Empty: no log-in."),
      schema::field(&MailSettings::password, "password", "Password of that name.", {.verbatim = true, .secret = true}),
      schema::field(&MailSettings::tls, "tls",
                    "Whether smtp:// turns to TLS (STARTTLS): required, none, or auto: if the server offers it, and "
                    "always when there is a user.",
                    {.values = {"auto", "required", "none"}}),
      schema::field(&MailSettings::ca_bundle, "ca_bundle",
                    "Authorities (PEM file) that may vouch for the server. Empty: those of this machine."),
      schema::field(&MailSettings::from, "from", "Sender of notices, such as Recast <recast@example.org>."),
      schema::field(&MailSettings::own_name, "own_name",
                    "What this machine calls itself when it greets the server. Empty: its host name."),
      schema::field(&MailSettings::language, "language",
                    "Language of notices by mail, for users who choose none: en or de."),
      schema::field(
          &MailSettings::templates, "templates",
          "Folder of your own words: engine.deprecated.txt, webhook.failing.txt, credits.low.txt, "
          "login.new.txt; in a folder de or en in it those of the other language. What is missing there is ours."),
      schema::field(&MailSettings::timeout_seconds, "timeout_seconds", "Time that sending one mail may take.",
                    {.min = 1, .max = 3600}),
      schema::field(&MailSettings::retry_seconds, "retry_seconds",
                    "Pauses before a mail that could not be sent is tried again."),
      schema::field(&MailSettings::max_age_hours, "max_age_hours", "Older notices are not mailed any more.",
                    {.min = 1}),
      schema::field(&MailSettings::keep_days, "keep_days", "How long notices are kept.", {.min = 1}),
  };
};

}  // namespace recast::event
