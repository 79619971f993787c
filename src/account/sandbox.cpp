#include "account/sandbox.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace recast::account {

Result<std::string> read_md5(std::string_view text, std::string field) {
  constexpr std::size_t kLength = 32;
  constexpr std::size_t kShown = 64;
  auto md5 = lower(trim(text));
  if (md5.size() == kLength && md5.find_first_not_of("0123456789abcdef") == std::string::npos) return md5;
  return fail(ErrorCode::invalid_data,
              fmt::format("The MD5 of a file is {} hexadecimal digits, not \"{}\".", kLength, text.substr(0, kShown)),
              std::move(field));
}

Result<std::vector<std::string>> whitelist_of(const SandboxSettings& settings) {
  std::vector<std::string> list;
  for (const auto& text : settings.whitelist) {
    RECAST_TRY(auto md5, read_md5(text, "sandbox.whitelist"));
    list.push_back(std::move(md5));
  }
  return list;
}

}  // namespace recast::account
