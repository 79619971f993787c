#include <algorithm>
#include <array>

#include "format/format.hpp"

namespace recast::format {

bool is_compressed(std::string_view file_name) {
  static constexpr std::array<std::string_view, 34> tokens{
      "avif", "heic", "heif", "jp2", "jpg",  "jxl",  "gif",  "png", "webp", "svgz",  "docx", "xlsx",
      "pptx", "odt",  "ods",  "odp", "odg",  "epub", "cbz",  "cbr", "woff", "woff2", "mp3",  "m4a",
      "aac",  "ac3",  "ogg",  "oga", "opus", "flac", "weba", "wma", "m4b",  "amr"};
  const auto* const format = find(of_file_name(file_name));
  if (format == nullptr) return false;
  if (format->group == "archive")
    return format->name != "tar" && format->name != "cpio" && format->name != "iso" && format->name != "img";
  return format->group == "video" || std::ranges::find(tokens, format->name) != tokens.end();
}

}  // namespace recast::format
