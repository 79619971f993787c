#include "storage/server_address.hpp"

#include <fmt/format.h>

#include <string>

namespace recast::storage {

Result<net::Url> server_address(std::string_view text, std::string_view option) {
  const auto whole = text.contains("://") ? std::string(text) : fmt::format("https://{}", text);
  RECAST_TRY(auto url, net::Url::parse(whole, option));
  if (url.user().empty() && url.password().empty() && whole.find_first_of("?#@") == std::string::npos) return url;
  return fail(
      ErrorCode::invalid_data,
      fmt::format("The {} must be the address of a server alone, without a user, a query or a fragment.", option),
      std::string(option));
}

}  // namespace recast::storage
