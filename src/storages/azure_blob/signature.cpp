#include "storages/azure_blob/signature.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "storage/digest.hpp"

namespace recast::storages::azure {

namespace {

constexpr std::string_view kVersion = "2021-08-06";

std::string value_of(const Pairs& headers, std::string_view name) {
  for (const auto& [one, value] : headers) {
    if (equal_ignoring_case(one, name)) return std::string(trim(value));
  }
  return {};
}

/// Every x-ms-* header, by name.
std::string canonical_headers(const Pairs& headers) {
  Pairs list;
  for (const auto& [name, value] : headers) {
    if (auto plain = lower(name); plain.starts_with("x-ms-")) list.emplace_back(std::move(plain), trim(value));
  }
  std::ranges::sort(list);
  std::string text;
  for (const auto& [name, value] : list) text += fmt::format("{}:{}\n", name, value);
  return text;
}

/// Account, path and the decoded query, by name.
std::string canonical_resource(const Request& request, std::string_view account) {
  std::map<std::string, std::vector<std::string>> parameters;
  for (const auto& [name, value] : request.query) parameters[lower(name)].push_back(value);
  auto text = fmt::format("/{}{}", account, request.path);
  for (auto& [name, values] : parameters) {
    std::ranges::sort(values);
    text += fmt::format("\n{}:{}", name, fmt::join(values, ","));
  }
  return text;
}

}  // namespace

std::string query_text(const Pairs& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(name), percent_encode(value));
  }
  return text;
}

std::string string_to_sign(const Request& request, std::string_view account) {
  const auto& headers = request.headers;
  auto text = request.method + "\n";
  for (const auto* const name : {"Content-Encoding", "Content-Language"}) text += value_of(headers, name) + "\n";
  text += (request.length == 0 ? std::string() : std::to_string(request.length)) + "\n";
  for (const auto* const name : {"Content-MD5", "Content-Type"}) text += value_of(headers, name) + "\n";
  text += "\n";  // Date: there is x-ms-date
  for (const auto* const name : {"If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"})
    text += value_of(headers, name) + "\n";
  return text + canonical_headers(headers) + canonical_resource(request, account);
}

void add_version(Pairs& headers, std::chrono::system_clock::time_point now) {
  const auto time = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
  headers.emplace_back("x-ms-date", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", time));
  headers.emplace_back("x-ms-version", kVersion);
}

void sign(Request& request, std::string_view account, std::string_view key) {
  const auto signature = storage::hmac_sha256(key, string_to_sign(request, account));
  request.headers.emplace_back("Authorization", fmt::format("SharedKey {}:{}", account, to_base64(signature)));
}

}  // namespace recast::storages::azure
