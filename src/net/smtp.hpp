#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "net/mail_message.hpp"

namespace recast::net {

/// An operator's mail server (RFC 5321). It is the operator's own and not under the outbound policy.
struct SmtpServer {
  std::string url;  ///< smtp://host[:port] or smtps://host[:port]
  std::string user;
  std::string password;
  enum class Tls { automatic, required, none };
  Tls tls = Tls::automatic;  ///< of smtp://: STARTTLS if it is offered, always or never
  std::string authorities;   ///< PEM file to check its certificate with; empty: the machine's
  std::string own_name;      ///< said in EHLO; empty: the machine's
  std::chrono::seconds timeout{60};
};

/// invalid_data for another scheme, a missing host, a path.
Result<> check_smtp_url(const std::string& url);

/// Sends one mail; returns once the server has taken it. upload_failed with the server's words or the cause;
/// invalid_credentials if it refused the log-in; cancelled. Safe from many threads.
Result<> send_mail(const SmtpServer& server, const MailMessage& message, const std::stop_token& stop);

}  // namespace recast::net
