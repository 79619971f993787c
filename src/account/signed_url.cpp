#include "account/signed_url.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "schema/body.hpp"

namespace recast::account {

namespace {

constexpr std::string_view kSignature = "&s=";
constexpr std::string_view kJob = "job=";
constexpr std::string_view kCacheKey = "&cache_key=";
constexpr std::size_t kLongestCacheKey = 255;

/// Undoes what intermediaries escape, and nothing else.
std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto code = lower(text.substr(i + 1, 2));
      const char plain = code == "3d" ? '=' : code == "2b" ? '+' : code == "2f" ? '/' : '\0';
      if (plain != '\0') {
        out += plain;
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

bool is_cache_key(std::string_view key) {
  return !key.empty() && key.size() <= kLongestCacheKey && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

std::optional<SignedQuery> split_signed_query(std::string_view raw_query) {
  const auto at = raw_query.rfind(kSignature);
  if (at == std::string_view::npos) return std::nullopt;
  return SignedQuery{raw_query.substr(0, at), raw_query.substr(at + kSignature.size())};
}

bool is_signed(std::string_view secret, const std::vector<std::string>& addresses, const SignedQuery& query) {
  bool found = false;
  const auto plain = without_escapes(query.signed_text);
  for (const auto& address : addresses) {
    for (const std::string_view text : {query.signed_text, std::string_view(plain)}) {
      const auto right = signature_of(secret, address + "?" + std::string(text));
      found = same_signature(right, query.signature) || found;  // all of them, whichever fits
    }
  }
  return found;
}

Result<SignedRequest> read_signed_query(std::string_view signed_text) {
  const auto text = without_escapes(signed_text);
  const std::string_view all = text;
  if (!all.starts_with(kJob)) return fail(ErrorCode::invalid_data, "The job field is required.", "job");
  const auto cache = all.find(kCacheKey);
  SignedRequest request;
  if (cache != std::string_view::npos) {
    request.cache_key = all.substr(cache + kCacheKey.size());
    if (!is_cache_key(request.cache_key)) {
      return fail(ErrorCode::invalid_data,
                  "The cache_key may only have letters, digits, dashes and underscores, at most 255.", "cache_key");
    }
  }
  std::string encoded(all.substr(kJob.size(), cache == std::string_view::npos ? cache : cache - kJob.size()));
  std::ranges::replace(encoded, ' ', '+');
  const auto decoded = from_base64(encoded);
  if (!decoded || decoded->empty()) return fail(ErrorCode::invalid_data, "The job must be valid Base64.", "job");
  RECAST_TRY(request.job, schema::parse_body(*decoded));
  return request;
}

}  // namespace recast::account
