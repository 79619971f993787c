#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Azure's Shared Key (import-export.md 7.2). Pure; tested with published vectors.
/// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
namespace recast::storages::azure {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A request as it is going to be sent.
struct Request {
  std::string method;
  std::string path;          ///< encoded, of the account itself
  Pairs query;               ///< decoded
  Pairs headers;             ///< all that are sent, besides Host and Content-Length
  std::uint64_t length = 0;  ///< of the body
};

/// The query as it is sent: encoded, in the order given.
std::string query_text(const Pairs& query);
std::string string_to_sign(const Request& request, std::string_view account);

/// Adds x-ms-date and x-ms-version, which every request has.
void add_version(Pairs& headers, std::chrono::system_clock::time_point now);
/// Adds Authorization. `key` is the account's, decoded.
void sign(Request& request, std::string_view account, std::string_view key);

}  // namespace recast::storages::azure
