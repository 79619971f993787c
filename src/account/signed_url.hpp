#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/signing.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

/// Signed URLs (core.md 16): a base with a secret, under which a GET is a job. Pure.
namespace recast::account {

struct SignedUrlBase {
  std::string id;  ///< lower-case UUID
  UserId user{};
  std::string name;
  std::string secret;
  Time created{};
};

/// The query of a signed URL as it was received, in its two parts.
struct SignedQuery {
  std::string_view signed_text;  ///< "job=…" or "job=…&cache_key=…"
  std::string_view signature;
};
/// Splits at the last "&s="; nullopt if there is none.
std::optional<SignedQuery> split_signed_query(std::string_view raw_query);

/// Whether the signature is that of one of `addresses` (the base as clients may spell it, "https://host/s/UUID") with
/// the signed text behind it; over the raw text, then with %3D, %2B and %2F undone, which intermediaries add. In
/// constant time.
bool is_signed(std::string_view secret, const std::vector<std::string>& addresses, const SignedQuery& query);

/// What is asked for; `job` in any of the spellings of the official SDKs (URL-safe or not, padded or not, "+" turned
/// into a blank). malformed_body, or invalid_data on "job" or "cache_key".
struct SignedRequest {
  boost::json::object job;
  std::string cache_key;  ///< empty: none
};
Result<SignedRequest> read_signed_query(std::string_view signed_text);

}  // namespace recast::account
