#include "storages/s3/address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/url.hpp"
#include "storage/server_address.hpp"

namespace recast::storages::s3 {

namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// ^[a-z0-9][a-z0-9-]{0,39}$
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 40 && is_lower_or_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// ^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$: what a certificate for *.s3.region.amazonaws.com is good for.
bool is_label(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool matches(const std::vector<std::string>& patterns, std::string_view host) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return pattern.starts_with("*.") ? host.size() >= pattern.size() && host.ends_with(pattern.substr(1))
                                     : host == pattern;
  });
}

std::string host_of(const net::Url& url, std::string_view front) {
  const auto standard = url.scheme() == "https" ? 443 : 80;
  const auto port = url.port() == standard ? std::string() : fmt::format(":{}", url.port());
  return fmt::format("{}{}{}", front, url.host(), port);
}

/// The endpoint of a compatible store: the bucket in the path, unless the host is known to want it in front.
Result<Address> compatible(std::string_view endpoint, const Access& access, const Settings& settings) {
  const auto url = storage::server_address(endpoint, "endpoint");
  if (!url) return fail(ErrorCode::invalid_data, "the endpoint is not the address of a server", "endpoint");
  auto base = url->path();
  while (base.ends_with('/')) base.pop_back();
  const bool own_host = url->host().starts_with(access.bucket + ".");
  const bool in_front = !own_host && is_label(access.bucket) && matches(settings.virtual_hosts, url->host());
  const auto host = host_of(*url, in_front ? access.bucket + "." : "");
  const auto path = own_host || in_front ? base : base + "/" + percent_encode(access.bucket);
  return Address{fmt::format("{}://{}", url->scheme(), host), host, path, false, false};
}

}  // namespace

Result<Address> address_of(const Access& access, std::string_view region, const Settings& settings) {
  if (!is_region(region)) return fail(ErrorCode::invalid_data, "the region is not the name of a region", "region");
  if (access.bucket.find('/') != std::string::npos || access.bucket == "." || access.bucket == "..")
    return fail(ErrorCode::invalid_data, "the bucket is not the name of a bucket", "bucket");
  if (!access.endpoint.empty()) return compatible(access.endpoint, access, settings);
  if (!settings.url.empty()) {
    RECAST_TRY(auto address, compatible(settings.url, access, settings));
    address.trusted = true;
    return address;
  }
  const auto* const domain = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const bool in_front = is_label(access.bucket);
  const auto host = fmt::format("{}s3.{}.{}", in_front ? access.bucket + "." : "", region, domain);
  return Address{"https://" + host, host, in_front ? std::string() : "/" + percent_encode(access.bucket), true, false};
}

}  // namespace recast::storages::s3
