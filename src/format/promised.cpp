#include "format/promised.hpp"

#include <algorithm>
#include <array>

namespace recast::format {

namespace {

// clang-format off: a list of words
constexpr std::array kPromised = std::to_array<std::string_view>(
    {"doc",    "docx",    "docm",   "dot",    "dotx",  "odt",  "rtf",  "txt",     "html", "htm",  "md",   "rst",
     "tex",    "abw",     "zabw",   "wpd",    "wps",   "lwp",  "sdw",  "pages",   "hwp",  "hwpx", "eml",  "odd",
     "xls",    "xlsx",    "xlsm",   "ods",    "csv",   "et",   "sdc",  "numbers", "ppt",  "pptx", "pptm", "pot",
     "potx",   "pps",     "ppsx",   "odp",    "dps",   "key",  "pdf",  "ps",      "eps",  "xps",  "djvu", "pub",
     "svg",    "svgz",    "ai",     "cdr",    "emf",   "wmf",  "cgm",  "vsd",     "odg",  "sda",  "sk",   "sk1",
     "dxf",    "dwg",     "dwf",    "jpg",    "jpeg",  "jfif", "png",  "gif",     "bmp",  "tif",  "tiff", "webp",
     "tga",    "ppm",     "avif",   "heic",   "heif",  "ico",  "icns", "psd",     "psb",  "xcf",  "3fr",  "arw",
     "cr2",    "crw",     "dcr",    "dng",    "erf",   "mos",  "mrw",  "nef",     "orf",  "pef",  "raf",  "raw",
     "rw2",    "cr3",     "x3f",    "epub",   "mobi",  "azw3", "fb2",  "htmlz",   "lit",  "lrf",  "oeb",  "pdb",
     "pml",    "rb",      "snb",    "tcr",    "txtz",  "azw",  "azw4", "prc",     "cbz",  "cbr",  "cbc",  "chm",
     "zip",    "jar",     "7z",     "tar",    "gz",    "bz2",  "xz",   "lzma",    "z",    "tgz",  "tbz",  "tbz2",
     "tar.gz", "tar.bz2", "tar.xz", "tar.7z", "tar.z", "tz",   "bz",   "tar.bz",  "cpio", "deb",  "rpm",  "iso",
     "img",    "dmg",     "cab",    "arj",    "lha",   "lz",   "lzo",  "tar.lzo", "tzo",  "rz",   "rar",  "ace",
     "alz",    "arc",     "aac",    "ac3",    "aif",   "aifc", "aiff", "au",      "caf",  "flac", "m4a",  "m4b",
     "mp3",    "oga",     "ogg",    "opus",   "voc",   "wav",  "weba", "wma",     "amr",  "dss",  "sf2",  "sfark",
     "avi",    "flv",     "m2ts",   "m4v",    "mkv",   "mov",  "mp4",  "mpeg",    "mpg",  "mts",  "mxf",  "ogv",
     "swf",    "ts",      "vob",    "webm",   "wmv",   "wtv",  "3gp",  "3g2",     "3gpp", "dv",   "rm",   "rmvb",
     "cavs",   "dvr",     "mod",    "vtt",    "ttf",   "otf",  "woff", "woff2",   "eot"});
// clang-format on

/// Formats (blanks part them) and why not.
struct Never {
  std::string_view formats;
  std::string_view why;
};

constexpr std::array kNeverRead = std::to_array<Never>({
    {"dwg", "the free readers of AutoCAD drawings are not in Debian; save it as DXF"},
    {"dwf", "no free software reads it"},
    {"sk sk1", "the only free readers have left Debian; save it as SVG"},
    {"hwpx", "no free software in Debian reads it"},
    {"cgm", "LibreOffice's reader misplaces its text and cuts the drawing; save it as SVG"},
    {"sf2", "nothing is made of it: players take it as it is"},
    {"ace", "its free reader knows only the first version and has a history of security holes"},
});

constexpr std::array kNeverWritten = std::to_array<Never>({
    {"rar", "only its owner's program may make such archives; 7z and zip are as small"},
    {"dwg dwf", "no free software in Debian writes it; dxf is the format to exchange"},
    {"sk sk1 hwpx hwp", "no free software in Debian writes it"},
    {"ace alz arj cab deb rpm dmg img lha bz tar.bz", "it is opened, not made; zip, 7z and the kinds of tar are"},
    {"pages numbers key", "only Apple's programs write it"},
    {"abw zabw wpd wps lwp sdw sdc sda odd et dps",
     "it is read to get documents out of it; docx, xlsx and odt replace it"},
    {"pub vsd cdr ai cgm", "no free software writes it; svg and pdf keep the drawing"},
    {"eml", "a document is no message"},
    {"3fr arw cr2 cr3 crw dcr dng erf mos mrw nef orf pef raf raw rw2 x3f",
     "only a camera makes it; tiff keeps what is in it"},
    {"xcf", "only the GIMP writes it; psd keeps layers of several pictures"},
    {"azw azw4 prc", "it is Amazon's own; azw3 and mobi are read by the same devices"},
    {"cbr cbc", "it needs a RAR or a collection; cbz is read by the same programs"},
    {"chm", "no free software in Debian writes it; epub replaces it"},
    {"dss", "its encoder is not free; opus and m4a replace it"},
    {"sfark", "it is opened to get an sf2"},
    {"rm rmvb cavs dvr mod", "nothing free writes it as its players expect; mp4 and mkv replace it"},
});

std::string_view find_in(std::span<const Never> list, std::string_view token) {
  for (const auto& [formats, why] : list) {
    auto rest = formats;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == token) return why;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

}  // namespace

std::span<const std::string_view> promised() { return kPromised; }
std::string_view why_never_read(std::string_view token) { return find_in(kNeverRead, token); }
std::string_view why_never_written(std::string_view token) { return find_in(kNeverWritten, token); }

}  // namespace recast::format
