#include "storages/s3/multipart.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "storage/digest.hpp"

namespace recast::storages::s3 {

namespace {

constexpr std::size_t kMd5Digits = 32;

/// Appends the bytes that hexadecimal digits are; false if they are none.
bool append_bytes(std::string_view digits, std::string& bytes) {
  for (; !digits.empty(); digits.remove_prefix(2)) {
    unsigned value = 0;
    const auto pair = digits.substr(0, 2);
    const auto [end, error] = std::from_chars(pair.data(), pair.data() + pair.size(), value, 16);
    if (error != std::errc() || end != pair.data() + 2) return false;
    bytes += static_cast<char>(value);
  }
  return true;
}

}  // namespace

std::string part_list(const std::vector<std::string>& tags) {
  std::string xml = "<CompleteMultipartUpload>";
  for (std::size_t at = 0; at < tags.size(); ++at) {
    xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", at + 1, escape_markup(tags[at]));
  }
  return xml + "</CompleteMultipartUpload>";
}

std::string bare_tag(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return std::string(tag);
}

std::optional<std::string> whole_tag(const std::vector<std::string>& tags) {
  std::string bytes;
  for (const auto& tag : tags) {
    const auto digits = bare_tag(tag);
    if (digits.size() != kMd5Digits || !append_bytes(digits, bytes)) return std::nullopt;
  }
  return fmt::format("{}-{}", to_hex(storage::md5(bytes)), tags.size());
}

}  // namespace recast::storages::s3
