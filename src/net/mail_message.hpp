#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace recast::net {

/// Somebody mail comes from or goes to.
struct MailAddress {
  std::string name;     ///< for people; may be empty, any Unicode
  std::string address;  ///< "ada@example.org"

  /// "ada@example.org" or "Ada L. <ada@example.org>". invalid_data for what cannot be an address: without @, with
  /// blanks, control characters, angle brackets, or longer than 254 bytes (RFC 5321 4.5.3.1).
  static Result<MailAddress> parse(std::string_view text);
};

/// One plain-text mail.
struct MailMessage {
  MailAddress from;
  MailAddress to;
  std::string subject;  ///< UTF-8
  std::string text;     ///< UTF-8, lines end with \n
  std::string id;       ///< unique: the left part of Message-ID
  Time date{};
};

/// As it goes over the wire (RFC 5322, MIME): CRLF, quoted-printable text, encoded words where headers are not ASCII.
/// No member can add a header.
std::string to_wire(const MailMessage& message);

}  // namespace recast::net
