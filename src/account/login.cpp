#include "account/login.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace recast::account {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

std::chrono::seconds pause_after(std::int64_t failures, const Throttle& throttle) {
  if (failures < throttle.free) return std::chrono::seconds(0);
  const auto doublings = std::min<std::int64_t>(failures - throttle.free, 30);
  return std::min(throttle.first * (std::int64_t{1} << doublings), throttle.longest);
}

std::string throttled_address(std::string_view address) {
  std::array<unsigned char, 16> bytes{};
  const std::string text(address);
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  const bool is_mapped = std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
                         bytes[10] == 0xFF && bytes[11] == 0xFF;
  if (is_mapped) return text;
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  std::array<char, INET6_ADDRSTRLEN> network{};
  ::inet_ntop(AF_INET6, bytes.data(), network.data(), network.size());
  return std::string(network.data()) + "/64";
}

Result<> check_username(std::string_view username) {
  constexpr std::size_t kLongest = 64;
  const bool fits =
      !username.empty() && username.size() <= kLongest && is_letter_or_digit(username.front()) &&
      std::ranges::all_of(username, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
  if (fits) return {};
  return fail(ErrorCode::invalid_data,
              "The username must have 1 to 64 letters, digits, dots, dashes or underscores, the first of them a letter "
              "or digit.",
              "username");
}

Result<> check_email(std::string_view email) {
  constexpr std::size_t kLongest = 254;  // RFC 5321 4.5.3.1.3, without the brackets
  const auto at = email.rfind('@');
  const bool fits =
      at != std::string_view::npos && at > 0 && at + 1 < email.size() && email.size() <= kLongest &&
      std::ranges::none_of(email, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
  if (fits) return {};
  return fail(ErrorCode::invalid_data, "The email must be a mail address.", "email");
}

Result<> check_subject(std::string_view subject) {
  constexpr std::size_t kLongest = 255;
  const bool fits = !subject.empty() && subject.size() <= kLongest &&
                    std::ranges::all_of(subject, [](char c) { return c >= ' ' && c < 0x7f; });
  if (fits) return {};
  return fail(ErrorCode::invalid_data, "The subject must be 1 to 255 characters of ASCII.", "subject");
}

}  // namespace recast::account
