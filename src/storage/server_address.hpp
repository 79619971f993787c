#pragma once

#include <string_view>

#include "base/result.hpp"
#include "net/url.hpp"

namespace recast::storage {

/// Where a server of the client's is, from an option of that name: "https://minio.example.org:9000/gateway", or without
/// a scheme, which then is https. invalid_data on `option` for anything else, and for a user, a query or a fragment.
Result<net::Url> server_address(std::string_view text, std::string_view option);

}  // namespace recast::storage
