#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace recast::account {

/// A signing secret and, for a while after it was changed, the one before it: both are right.
struct SigningSecret {
  std::string current;  ///< kSigningSecretLength letters and digits
  std::optional<std::string> former;
  std::optional<Time> former_until;
};
inline constexpr std::size_t kSigningSecretLength = 32;

/// Lower-case hex HMAC-SHA256: `CloudConvert-Signature` of a webhook's body (core.md 14.2), `s` of a signed URL (16).
std::string signature_of(std::string_view secret, std::string_view text);
/// Compares in constant time.
bool same_signature(std::string_view one, std::string_view other);

}  // namespace recast::account
