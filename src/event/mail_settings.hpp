#pragma once

#include <string>

#include "schema/field.hpp"

namespace recast::event {

/// Settings section "mail": where notices are sent.
struct MailSettings {
  std::string server;
  std::string from;

  static constexpr auto fields = std::tuple{
      schema::field(&MailSettings::server, "server",
                    "SMTP server, such as smtp://mail.example.org:587 or smtps://mail.example.org. Empty: notices are "
                    "not mailed, only kept."),
      schema::field(&MailSettings::from, "from", "Sender of notices, such as Recast <recast@example.org>."),
  };
};

}  // namespace recast::event
