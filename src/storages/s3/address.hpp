#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "storages/s3/options.hpp"

namespace recast::storages::s3 {

/// Where the objects of a bucket are (import-export.md 6.1).
struct Address {
  std::string origin;    ///< "https://bucket.s3.eu-west-1.amazonaws.com"
  std::string host;      ///< as it is signed: with the port if it is not the scheme's own
  std::string path;      ///< in front of "/key", encoded: "", "/bucket" or "/gateway/bucket"
  bool amazon = false;   ///< the region is part of the host name
  bool trusted = false;  ///< the operator's own
};

/// invalid_data naming the option that cannot be used: names that would become part of a host name are checked here.
Result<Address> address_of(const Access& access, std::string_view region, const Settings& settings);

}  // namespace recast::storages::s3
