#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::format {

namespace {

// What sniff() may say of a file of a format, blank-separated. `agrees`: it is one. `maybe`: the engine must find out.
// Anything else contradicts. A format without a row is judged by its group alone. "=" is the format itself, and words
// with an @ are the lists below.
struct Row {
  std::string_view tokens;
  std::string_view agrees;
  std::string_view maybe;
};

constexpr std::string_view kTexts = "text xml html svg rtf ps eps vtt ass fb2 abw oeb fodt fods fodp fodg";
constexpr std::string_view kRasters = "jpg png gif bmp tiff webp avif heic heif jp2 j2k jxl psd ico";
constexpr std::string_view kMedia =
    "mp4 mov m4v m4a m4b 3gp 3g2 mkv webm ogg ogv opus avi wmv mp3 aac ac3 flac wav mpg ts m2ts flv rm aiff aifc";

constexpr auto kRows = std::to_array<Row>({
    // A Microsoft compound file where OOXML is expected is an encrypted one.
    {"docx docm dotx", "docx", "zip ole"},
    {"xlsx xlsm", "xlsx", "zip ole"},
    {"pptx pptm potx ppsx", "pptx", "zip ole"},
    {"odt ott", "odt", "zip"},
    {"ods", "ods", "zip"},
    {"odp", "odp", "zip"},
    {"odg odd", "odg", "zip ole"},
    {"cdr", "cdr", "zip"},
    {"fodt fods fodp fodg", "fodt fods fodp fodg", "xml"},
    // Programs that write "Excel" or "Word" files often write markup, RTF or the newer format under the old name.
    {"doc dot wps", "ole doc", "docx odt zip pdf @text"},
    {"xls et", "ole xls", "xlsx ods zip @text"},
    {"ppt pot pps dps", "ole", "pptx odp zip @text"},
    {"pub vsd msg sdw sdc sda", "ole", ""},
    {"hwp", "ole hwp", ""},
    {"hwpx", "hwpx", "zip"},
    {"pages numbers key", "zip", "gz xml"},
    {"rtf", "rtf", "text"},
    {"pdf", "pdf", ""},
    {"ai", "pdf ps eps", "xml svg"},
    {"ps eps", "ps eps", "pdf text"},
    {"xps oxps", "xps", "zip"},
    {"djvu", "djvu", ""},
    {"wpd", "wpd", ""},
    {"abw", "abw", "xml gz zip"},
    {"zabw", "gz", "abw xml bz2"},
    {"svg", "svg", "xml text gz html"},
    {"svgz", "gz", "svg xml"},
    {"emf wmf", "emf wmf", "gz"},
    {"dwg", "dwg", ""},
    {"jpg png gif bmp tiff webp avif heic heif jp2 j2k jxl", "=", "@raster"},
    {"psd psb", "psd psb", "@raster"},
    {"xcf", "xcf", "gz bz2 xz"},
    {"ico", "ico", "@raster"},
    {"icns", "icns", "png jpg jp2"},
    {"exr", "exr", ""},
    {"dds", "dds", ""},
    {"qoi", "qoi", ""},
    {"epub", "epub", "zip"},
    {"oeb pml", "oeb text xml", "zip html"},
    {"htmlz txtz cbc", "zip", ""},
    {"cbz cbr", "zip rar 7z tar", ""},
    {"mobi azw azw3 azw4 prc pdb", "mobi pdb", ""},
    {"fb2", "fb2", "xml zip text"},
    {"lit", "lit", ""},
    {"lrf", "lrf", ""},
    {"snb", "snb", ""},
    {"chm", "chm", ""},
    {"zip", "zip docx xlsx pptx odt ods odp odg epub xps jar hwpx", "exe"},
    {"jar", "jar zip", ""},
    {"7z tar.7z", "7z", "exe"},
    {"rar", "rar", "exe"},
    {"gz tar.gz", "gz", "tar"},
    {"bz2 tar.bz2", "bz2", "tar"},
    {"bz tar.bz", "bz bz2", "tar"},
    {"xz tar.xz", "xz", "tar lzma"},
    {"z tar.z", "z", "tar gz"},
    {"zst tar.zst", "zst", "tar"},
    {"lz", "lz", ""},
    {"lzo tar.lzo", "lzo", "tar"},
    {"rz", "rz", ""},
    {"rpm", "rpm", ""},
    {"deb", "deb", ""},
    {"cab", "cab", "exe"},
    {"alz", "alz", ""},
    {"flac", "flac", "@media"},
    {"wav", "wav", "@media"},
    {"ogg oga opus ogv", "ogg opus ogv", "@media"},
    {"mkv webm weba", "mkv webm", "@media"},
    {"avi", "avi", "@media"},
    {"mp4 m4a m4b m4v mov 3gp 3g2", "mp4 m4a m4b m4v mov 3gp 3g2", "@media"},
    {"flv", "flv", "@media"},
    {"swf", "swf", "@media"},
    {"wma wmv", "wmv", "@media"},
    {"aiff aifc", "aiff aifc", "@media"},
    {"rm rmvb", "rm", "@media"},
    {"au", "au", "@media"},
    {"caf", "caf", "@media"},
    {"amr", "amr", "@media text"},
    {"voc", "voc", "@media"},
    {"sf2", "sf2", "sfark"},
    {"ttf otf", "ttf otf", "woff woff2"},
    {"woff", "woff", "ttf otf woff2"},
    {"woff2", "woff2", "ttf otf woff"},
    {"eot", "eot", "ttf otf"},
});

constexpr std::string_view kTextFormats =
    "txt csv tsv md html xhtml xml json rst tex eml svg vtt srt ass fb2 oeb pml dxf abw fodt fods fodp fodg rtf ps eps";
constexpr std::string_view kPlainFormats = "txt csv tsv md html xhtml xml json rst tex eml vtt srt ass dxf";

bool listed(std::string_view words, std::string_view word) {
  if (word.empty()) return false;
  return std::ranges::any_of(split(words, ' '), [&](std::string_view one) {
    if (one == "@text") return listed(kTexts, word);
    if (one == "@raster") return listed(kRasters, word);
    if (one == "@media") return listed(kMedia, word);
    return one == word;
  });
}

std::string_view group_of(std::string_view token) {
  const auto* const format = find(token);
  return format != nullptr ? format->group : std::string_view();
}

bool is_media(std::string_view group) { return group == "audio" || group == "video"; }

/// txt and its like: anything that can be read as text. Bytes nobody knows are text too, unless there are zeros in
/// them.
Verdict check_plain(std::string_view found, std::string_view bytes) {
  if (listed("@text pbm pgm ppm", found)) return Verdict::agrees;
  if (!found.empty()) return Verdict::contradicts;
  return bytes.find('\0') != std::string_view::npos ? Verdict::contradicts : Verdict::unknown;
}

/// A format whose files have no signature that can be relied on.
Verdict check_group(const Format& format, std::string_view found) {
  if (found == format.name) return Verdict::agrees;
  if (found.empty() || format.name == "img" || format.name == "raw") return Verdict::unknown;
  const bool binary = format.group == "image" || is_media(format.group) || format.group == "archive";
  if (listed(kTexts, found)) return binary ? Verdict::contradicts : Verdict::unknown;
  const auto group = group_of(found);
  const bool related = group == format.group || (is_media(group) && is_media(format.group));
  return related ? Verdict::unknown : Verdict::contradicts;
}

}  // namespace

Verdict check(std::string_view token, std::string_view first_bytes, std::uint64_t file_size) {
  const auto* const format = find(token);
  if (format == nullptr) return Verdict::unknown;
  if (file_size == 0) return listed(kTextFormats, format->name) ? Verdict::unknown : Verdict::contradicts;
  const auto bytes = first_bytes.substr(0, kFirstBytes);
  if (bytes.empty()) return Verdict::unknown;
  const auto found = sniff(bytes);
  if (listed(kPlainFormats, format->name)) return check_plain(found, bytes);
  if (format->name == "pdf" && bytes.substr(0, 1024).find("%PDF") != std::string_view::npos) {
    return found.empty() || found == "pdf" || listed(kTexts, found) ? Verdict::agrees : Verdict::unknown;
  }
  for (const auto& [tokens, agrees, maybe] : kRows) {
    if (!listed(tokens, format->name)) continue;
    if (listed(agrees == "=" ? format->name : agrees, found)) return Verdict::agrees;
    return listed(maybe, found) ? Verdict::unknown : Verdict::contradicts;
  }
  return check_group(*format, found);
}

}  // namespace recast::format
