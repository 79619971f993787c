#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// What identity services are asked and what they answer, beside the asking. Pure. import-export.md 9.1 to 9.3.
namespace recast::storages::openstack {

namespace json = boost::json;

enum class Version { any, v3, v2, v1 };

/// "https://keystone.example:5000/v3/" as base and version; of Version::v1 the base is the whole address.
struct IdentityAddress {
  std::string base;
  Version version = Version::any;
};
/// invalid_data for what is not the address of a server.
Result<IdentityAddress> identity_address(std::string_view auth_url);

/// A text of an answer: `member(value, {"token", "project", "id"})`; nullptr if one of them is missing.
const json::value* member(const json::value& value, std::initializer_list<std::string_view> path);
/// Empty if it is missing or no text.
std::string text(const json::value& value, std::initializer_list<std::string_view> path);
/// An answer's body. unavailable if it is no JSON.
Result<json::value> parse(std::string_view body);

/// Where the objects of a region are, by the catalogue of version 3 ("token.catalog") or 2.0 ("access.serviceCatalog").
/// unavailable with the regions there are; an address that may be used in front of "/container", without user-info.
Result<std::string> storage_url(const json::value& catalogue, Version version, std::string_view region);
/// The same check for an address that came by itself.
Result<std::string> usable_storage_url(std::string_view url);

}  // namespace recast::storages::openstack
