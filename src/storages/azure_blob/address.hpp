#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "storages/azure_blob/options.hpp"

namespace recast::storages::azure {

/// Where the blobs of a container are (import-export.md 7.1).
struct Address {
  std::string account;      ///< the key's owner: without "-secondary"
  std::string origin;       ///< "https://account.blob.core.windows.net"
  std::string path;         ///< in front of "/blob", encoded: "/container" or "/account/container"
  std::string signed_path;  ///< the same as it is signed: of the account, even where its copy is asked
  bool trusted = false;     ///< the operator's own
};

/// invalid_data naming the option that cannot be used: the account would become part of a host name.
Result<Address> address_of(const Access& access, const Settings& settings);

/// A shared access signature as it goes behind a query: without its "?". invalid_credentials if it holds what no such
/// signature does, such as a line break.
Result<std::string> query_of_sas(std::string_view token);

}  // namespace recast::storages::azure
