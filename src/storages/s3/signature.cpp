#include "storages/s3/signature.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "storage/digest.hpp"

namespace recast::storages::s3 {

namespace {

/// What proxies and libcurl may change or add on their way.
bool is_signed(std::string_view name) {
  static constexpr std::array<std::string_view, 7> unsigned_names{
      "authorization", "user-agent", "expect", "connection", "transfer-encoding", "content-length", "accept"};
  return std::ranges::find(unsigned_names, name) == unsigned_names.end() && !name.starts_with("accept-");
}

/// Without blanks around it, runs of blanks inside as one.
std::string canonical_value(std::string_view value) {
  std::string result;
  for (const char c : trim(value)) {
    if (c == ' ' && result.ends_with(' ')) continue;
    result += c;
  }
  return result;
}

Pairs canonical_headers(const Request& request) {
  Pairs list{{"host", request.host}};
  for (const auto& [name, value] : request.headers) {
    if (auto plain = lower(name); is_signed(plain)) list.emplace_back(std::move(plain), canonical_value(value));
  }
  std::ranges::sort(list);
  return list;
}

std::string names_of(const Pairs& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

}  // namespace

std::string canonical_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::ranges::sort(encoded);
  std::string text;
  for (const auto& [name, value] : encoded) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  return text;
}

std::string canonical_request(const Request& request) {
  const auto headers = canonical_headers(request);
  std::string text = fmt::format("{}\n{}\n{}\n", request.method, request.path, canonical_query(request.query));
  for (const auto& [name, value] : headers) text += fmt::format("{}:{}\n", name, value);
  text += fmt::format("\n{}\n{}", names_of(headers), request.payload);
  return text;
}

void sign(Request& request, const Keys& keys, std::string_view region, std::chrono::system_clock::time_point now) {
  const auto time = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
  const auto day = fmt::format("{:%Y%m%d}", time);
  const auto stamp = fmt::format("{:%Y%m%dT%H%M%SZ}", time);
  request.headers.emplace_back("x-amz-date", stamp);
  request.headers.emplace_back("x-amz-content-sha256", request.payload);
  if (!keys.session_token.empty()) request.headers.emplace_back("x-amz-security-token", keys.session_token);

  const auto scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const auto text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, to_hex(storage::sha256(canonical_request(request))));
  auto key = storage::hmac_sha256("AWS4" + keys.secret, day);
  for (const auto part : {region, std::string_view("s3"), std::string_view("aws4_request")}) {
    key = storage::hmac_sha256(key, part);
  }
  request.headers.emplace_back(
      "Authorization", fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", keys.id, scope,
                                   names_of(canonical_headers(request)), to_hex(storage::hmac_sha256(key, text))));
}

}  // namespace recast::storages::s3
