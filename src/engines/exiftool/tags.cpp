#include "engines/exiftool/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace recast::engines::exiftool {

namespace {

constexpr std::size_t kLongestName = 80;
constexpr std::size_t kLongestValue = 64 << 10;

// Groups of tags that lie inside files. Not File, System, ExifTool, MacOS, All: theirs act on the file itself.
constexpr std::array<std::string_view, 30> kGroups{
    "exif",        "ifd0",      "ifd1",       "exififd",  "interopifd", "gps",      "iptc",      "xmp",
    "pdf",         "png",       "quicktime",  "itemlist", "keys",       "userdata", "photoshop", "jfif",
    "icc_profile", "ducky",     "gif",        "jpeg2000", "jp2",        "riff",     "adobe",     "mie",
    "postscript",  "composite", "makernotes", "camera",   "tiff",       "vorbis"};

// What ExifTool lists as writable in its groups File and System, with the tags of macOS; Comment alone lies in the
// file. A test compares this with the installed version.
constexpr std::array<std::string_view, 24> kPseudoTags{"all",
                                                       "directory",
                                                       "exifbyteorder",
                                                       "exifunicodebyteorder",
                                                       "fileattributes",
                                                       "filecreatedate",
                                                       "filegroupid",
                                                       "filemodifydate",
                                                       "filename",
                                                       "filepermissions",
                                                       "fileuserid",
                                                       "geosync",
                                                       "geotag",
                                                       "geotime",
                                                       "geolocate",
                                                       "hardlink",
                                                       "previewimage",
                                                       "symlink",
                                                       "tagsfromfile",
                                                       "alltagsfromfile",
                                                       "testname",
                                                       "trailer",
                                                       "zoneidentifier",
                                                       "forcewrite"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

/// Words joined by single hyphens, the first of them beginning with a letter.
bool is_name(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return false;
  return std::ranges::all_of(split(text, '-'),
                             [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_word); });
}

bool is_group(std::string_view text) {
  const auto group = lower(text);
  return is_name(text) &&
         (group.starts_with("xmp-") || group.starts_with("png-") || std::ranges::find(kGroups, group) != kGroups.end());
}

bool is_tag(std::string_view text) {
  if (!is_name(text)) return false;
  // Behind a hyphen there may be a language.
  const auto tag = lower(text.substr(0, text.find('-')));
  return std::ranges::find(kPseudoTags, tag) == kPseudoTags.end() && !tag.starts_with("mditem") &&
         !tag.starts_with("xattr");
}

/// Nothing if a character cannot be part of a value.
std::optional<std::string> escaped(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool breaks = c == '\n' || c == '\t' || c == '\r';
    if ((byte < 0x20 && !breaks) || byte == 0x7F) return std::nullopt;
    const bool leading = c == ' ' && result.empty();  // would be trimmed
    const bool special = std::string_view("&<>\"'$@#\\").find(c) != std::string_view::npos;
    if (breaks || leading || special) {
      result += fmt::format("&#{};", byte);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

bool is_writable_tag(std::string_view name) {
  if (name.size() > kLongestName) return false;
  auto parts = split(name, ':');
  const auto tag = parts.back();
  parts.pop_back();
  return std::ranges::all_of(parts, is_group) && is_tag(tag);
}

Result<std::string> assignment(std::string_view tag, std::string_view value) {
  if (!is_writable_tag(tag)) {
    const auto shown = std::ranges::all_of(tag, [](char c) { return is_word(c) || c == '-' || c == ':'; });
    return fail(ErrorCode::invalid_data,
                fmt::format("The tag {} cannot be written.", shown ? tag.substr(0, kLongestName) : "with this name"),
                "metadata");
  }
  if (value.size() > kLongestValue)
    return fail(ErrorCode::invalid_data, fmt::format("The value of {} is too long.", tag), "metadata");
  const auto text = escaped(value);
  if (!text || !is_valid_utf8(value))
    return fail(ErrorCode::invalid_data, fmt::format("The value of {} has control characters.", tag), "metadata");
  // With a group in front no tag is an option: -csv=FILE and -json=FILE would read files. All is no group in
  // particular.
  return fmt::format("-{}{}={}", tag.contains(':') ? "" : "All:", tag, *text);
}

}  // namespace recast::engines::exiftool
