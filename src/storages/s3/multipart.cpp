#include "storages/s3/multipart.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "storage/digest.hpp"
#include "storage/http.hpp"

namespace recast::storages::s3 {

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
    const auto md5 = storage::md5_of_hex(tag);
    if (md5.empty()) return std::nullopt;
    bytes += md5;
  }
  return fmt::format("{}-{}", to_hex(storage::md5(bytes)), tags.size());
}

}  // namespace recast::storages::s3
