#include "operation/request_headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace recast::operation {

namespace {

bool is_ours(const std::string& name) {
  static constexpr std::array<std::string_view, 9> names{
      "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"};
  return name.starts_with("proxy-") || std::ranges::find(names, name) != names.end();
}

}  // namespace

Result<> check_headers(const RequestHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return fail(ErrorCode::invalid_data, "The headers format is invalid.", "headers");
    }
    if (is_ours(lower(name))) {
      return fail(ErrorCode::invalid_data, fmt::format("The headers must not contain {}.", name), "headers");
    }
  }
  return {};
}

}  // namespace recast::operation
