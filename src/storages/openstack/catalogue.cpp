#include "storages/openstack/catalogue.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <vector>

#include "base/text.hpp"
#include "net/url.hpp"
#include "storage/http.hpp"
#include "storage/server_address.hpp"

namespace recast::storages::openstack {

namespace {

struct Endpoint {
  std::vector<std::string> regions;  ///< id and name
  std::string url;
};

/// The public endpoints of one service.
void add_endpoints(const json::value& service, Version version, std::vector<Endpoint>& found) {
  const auto* const endpoints = member(service, {"endpoints"});
  if (endpoints == nullptr || !endpoints->is_array()) return;
  for (const auto& endpoint : endpoints->get_array()) {
    if (version == Version::v2) {
      if (auto url = text(endpoint, {"publicURL"}); !url.empty())
        found.push_back({{text(endpoint, {"region"})}, std::move(url)});
    } else if (text(endpoint, {"interface"}) == "public") {
      found.push_back({{text(endpoint, {"region_id"}), text(endpoint, {"region"})}, text(endpoint, {"url"})});
    }
  }
}

std::string names_of(const std::vector<Endpoint>& endpoints) {
  std::string names;
  for (const auto& endpoint : endpoints) {
    for (const auto& region : endpoint.regions) {
      const auto known = ", " + names + ", ";
      if (region.empty() || known.find(", " + region + ", ") != std::string::npos) continue;
      names += (names.empty() ? "" : ", ") + region;
    }
  }
  return storage::provider_text(names, "");
}

/// Bare addresses of servers, without what a client's or a server's text could smuggle into later ones.
Result<net::Url> bare_url(std::string_view text) {
  RECAST_TRY(auto url, net::Url::parse(text));
  const bool bare = url.user().empty() && url.password().empty() && text.find_first_of("?#@") == std::string_view::npos;
  return bare ? Result<net::Url>(std::move(url)) : fail(ErrorCode::invalid_data, "not bare");
}

std::string without_end(std::string text, std::string_view end) {
  while (text.ends_with('/')) text.pop_back();
  if (!end.empty() && text.ends_with(end)) text.resize(text.size() - end.size());
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

Result<IdentityAddress> identity_address(std::string_view auth_url) {
  const auto url = storage::server_address(auth_url, "auth_url");
  if (!url) return fail(ErrorCode::invalid_data, "the auth_url is not the address of a server", "auth_url");
  const auto address = without_end(url->str(), "");
  if (address.ends_with("/auth/v1.0") || address.ends_with("/auth/v1")) return IdentityAddress{address, Version::v1};
  if (address.ends_with("/v3")) return IdentityAddress{without_end(address, "/v3"), Version::v3};
  if (address.ends_with("/v2.0")) return IdentityAddress{without_end(address, "/v2.0"), Version::v2};
  return IdentityAddress{address, Version::any};
}

const json::value* member(const json::value& value, std::initializer_list<std::string_view> path) {
  const auto* at = &value;
  for (const auto& name : path) {
    if (!at->is_object()) return nullptr;
    at = at->get_object().if_contains(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string text(const json::value& value, std::initializer_list<std::string_view> path) {
  const auto* const found = member(value, path);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Result<json::value> parse(std::string_view body) {
  boost::system::error_code error;
  auto value = json::parse(body, error);
  if (error) return fail(ErrorCode::unavailable, "the answer cannot be read");
  return value;
}

Result<std::string> storage_url(const json::value& catalogue, Version version, std::string_view region) {
  std::vector<Endpoint> endpoints;
  if (catalogue.is_array()) {
    for (const auto& service : catalogue.get_array()) {
      if (text(service, {"type"}) == "object-store") add_endpoints(service, version, endpoints);
    }
  }
  if (endpoints.empty()) return fail(ErrorCode::unavailable, "the service catalogue has no object store");
  const auto find = [&](const auto& same) -> const Endpoint* {
    for (const auto& endpoint : endpoints) {
      for (const auto& one : endpoint.regions) {
        if (same(one)) return &endpoint;
      }
    }
    return nullptr;
  };
  const auto* found = find([&](const std::string& one) { return one == region; });
  if (found == nullptr) found = find([&](const std::string& one) { return equal_ignoring_case(one, region); });
  if (found != nullptr) return usable_storage_url(found->url);
  return fail(ErrorCode::unavailable, fmt::format("there is no object store in region \"{}\"; there is one in {}",
                                                  storage::provider_text(region, ""), names_of(endpoints)));
}

Result<std::string> usable_storage_url(std::string_view url) {
  const auto parsed = bare_url(url);
  if (!parsed) return fail(ErrorCode::unavailable, "the address of the object store cannot be used");
  return without_end(parsed->str(), "");
}

}  // namespace recast::storages::openstack
