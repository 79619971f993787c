#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"

/// Codes of an authenticator app: RFC 6238 (TOTP) over RFC 4226 (HOTP) with HMAC-SHA1, 30 seconds and six digits, which
/// is what every app takes. Pure.
namespace recast::account {

inline constexpr std::size_t kFactorSecretBytes = 20;  // RFC 4226 4, R6

/// Raw bytes of a new secret.
std::string new_factor_secret(Random& random);
/// As people type it: base32 (RFC 4648 6) without padding.
std::string base32(std::string_view bytes);

/// Which interval of 30 seconds a time lies in.
std::int64_t totp_step(Time time);
/// The six digits of an interval.
std::string totp_code(std::string_view secret, std::int64_t step);
/// The interval that `code` is right for: this one, the one before or after, since clocks differ, but none up to
/// `last_used`, so that a code works once (RFC 6238 5.2). Blanks in the code do not count.
std::optional<std::int64_t> totp_match(std::string_view secret, std::string_view code, Time now,
                                       std::int64_t last_used);

/// What an app reads, from a picture or a link: "otpauth://totp/…" (Key Uri Format of Google Authenticator).
std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view username);

/// Ten codes, each of which stands once for one from the app: 16 letters and digits in groups of four (80 bits), so
/// that a plain hash is enough to keep.
std::vector<std::string> new_recovery_codes(Random& random);
/// What is kept of one; upper and lower case and separators do not matter.
std::string recovery_code_hash(std::string_view code);

}  // namespace recast::account
