#include "engines/exiftool/formats.hpp"

#include <array>

namespace recast::engines::exiftool {

namespace {

constexpr std::array<std::string_view, 120> kReadable{
    "jpg", "png",  "gif",  "bmp",  "tiff", "webp",  "avif", "heic",  "heif", "jp2",   "j2k",     "jxl",
    "psd", "psb",  "ico",  "pbm",  "pgm",  "ppm",   "pcx",  "exr",   "hdr",  "xcf",   "3fr",     "arw",
    "cr2", "cr3",  "crw",  "dcr",  "dng",  "erf",   "mos",  "mrw",   "nef",  "orf",   "pef",     "raf",
    "rw2", "x3f",  "svg",  "ai",   "eps",  "ps",    "pdf",  "djvu",  "docx", "docm",  "dotx",    "doc",
    "dot", "xlsx", "xlsm", "xls",  "pptx", "pptm",  "potx", "ppsx",  "ppt",  "pps",   "pot",     "odt",
    "ods", "odp",  "odg",  "rtf",  "html", "xhtml", "txt",  "csv",   "json", "pages", "numbers", "key",
    "vsd", "epub", "mobi", "azw",  "azw3", "pdb",   "prc",  "chm",   "mp4",  "mov",   "m4v",     "3gp",
    "3g2", "avi",  "mkv",  "webm", "wmv",  "flv",   "swf",  "ts",    "m2ts", "mpg",   "vob",     "mxf",
    "ogv", "rm",   "rmvb", "dv",   "wtv",  "mp3",   "m4a",  "m4b",   "wav",  "flac",  "ogg",     "opus",
    "wma", "aiff", "aifc", "dss",  "ttf",  "otf",   "woff", "woff2", "zip",  "rar",   "iso",     "rpm"};

constexpr std::array<std::string_view, 40> kWritable{
    "jpg", "png", "gif", "tiff", "webp", "avif", "heic", "heif", "jp2", "jxl", "psd", "psb", "pbm", "pgm",
    "ppm", "arw", "cr2", "cr3",  "crw",  "dng",  "erf",  "mos",  "mrw", "nef", "orf", "pef", "raf", "rw2",
    "x3f", "ai",  "eps", "ps",   "pdf",  "mp4",  "mov",  "m4v",  "3gp", "3g2", "m4a", "m4b"};

}  // namespace

std::span<const std::string_view> readable() { return kReadable; }
std::span<const std::string_view> writable() { return kWritable; }

}  // namespace recast::engines::exiftool
