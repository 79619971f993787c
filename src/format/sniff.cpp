#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>

#include "base/text.hpp"
#include "format/format.hpp"
#include "format/sniff_parts.hpp"

namespace recast::format {

using namespace std::string_view_literals;

namespace {

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view token;
};

// Signatures that no text and no other format begins with. Longer ones before their beginnings.
constexpr std::array kMagics = std::to_array<Magic>({
    {0, "\x89PNG\r\n\x1a\n"sv, "png"},
    {0, "\xff\xd8\xff"sv, "jpg"},
    {0, "GIF87a"sv, "gif"},
    {0, "GIF89a"sv, "gif"},
    {0, "II*\0\x10\0\0\0CR"sv, "cr2"},
    {0, "IIRO"sv, "orf"},
    {0, "IIRS"sv, "orf"},
    {0, "MMOR"sv, "orf"},
    {0, "IIU\0"sv, "rw2"},
    {0, "II\x1a\0\0\0HEAPCCDR"sv, "crw"},
    {0, "II*\0"sv, "tiff"},
    {0, "MM\0*"sv, "tiff"},
    {0, "II+\0"sv, "tiff"},
    {0, "MM\0+"sv, "tiff"},
    {0, "FUJIFILMCCD-RAW"sv, "raf"},
    {0, "\0MRM"sv, "mrw"},
    {0, "FOVb"sv, "x3f"},
    {0, "8BPS\0\1"sv, "psd"},
    {0, "8BPS\0\2"sv, "psb"},
    {0, "gimp xcf "sv, "xcf"},
    {0, "icns\0"sv, "icns"},
    {0, "\0\0\0\x0cjP  \r\n\x87\n"sv, "jp2"},
    {0, "\xff\x4f\xff\x51\0"sv, "j2k"},
    {0, "\xff\x0a"sv, "jxl"},
    {0, "\0\0\0\x0cJXL \r\n\x87\n"sv, "jxl"},
    {0, "\x76\x2f\x31\x01"sv, "exr"},
    {0, "DDS \x7c\0\0\0"sv, "dds"},
    {0, "#?RADIANCE\n"sv, "hdr"},
    {0, "AT&TFORM"sv, "djvu"},
    {0, "\xc5\xd0\xd3\xc6"sv, "eps"},
    {0, "\xd7\xcd\xc6\x9a\0\0"sv, "wmf"},
    {0, "\1\0\x09\0\0\1"sv, "wmf"},
    {0, "\1\0\x09\0\0\3"sv, "wmf"},
    {0, "\2\0\x09\0\0\3"sv, "wmf"},
    {40, " EMF\0\0"sv, "emf"},
    {0, "AC10"sv, "dwg"},
    {0, "(DWF V"sv, "dwf"},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "ole"},
    {0, "\xdb\xa5\x2d\0"sv, "doc"},
    {0, "\x31\xbe\0\0\0\xab"sv, "doc"},
    {0, "\x09\0\x04\0"sv, "xls"},
    {0, "\x09\x02\x06\0"sv, "xls"},
    {0, "\x09\x04\x06\0"sv, "xls"},
    {0, "\xffWPC"sv, "wpd"},
    {0, "WordPro\0"sv, "lwp"},
    {0, "HWP Document File"sv, "hwp"},
    {60, "BOOKMOBI"sv, "mobi"},
    {60, "TEXtREAd"sv, "pdb"},
    {0, "ITOLITLS"sv, "lit"},
    {0, "L\0R\0F\0\0\0"sv, "lrf"},
    {0, "\xb0\x0c\xb0\x0c\x02\0NUVO"sv, "rb"},
    {0, "SNBP000B"sv, "snb"},
    {0, "!!8-Bit!!"sv, "tcr"},
    {0, "ITSF\x03\0\0\0"sv, "chm"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "7z"},
    {0, "Rar!\x1a\x07"sv, "rar"},
    {0, "\x1f\x8b\x08"sv, "gz"},
    {0, "\x1f\x9d"sv, "z"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "xz"},
    {0, "\x28\xb5\x2f\xfd"sv, "zst"},
    {0, "LZIP\1"sv, "lz"},
    {0, "\x89LZO\0\r\n\x1a\n"sv, "lzo"},
    {0, "RZIP\2"sv, "rz"},
    {0, "\xed\xab\xee\xdb"sv, "rpm"},
    {0, "!<arch>\ndebian"sv, "deb"},
    {0, "!<arch>\n"sv, "ar"},
    {0, "xar!\0\x1c"sv, "xar"},
    {0, "MSCF\0\0\0\0"sv, "cab"},
    {7, "**ACE**"sv, "ace"},
    {0, "ALZ\1"sv, "alz"},
    {257, "ustar"sv, "tar"},
    {0, "fLaC\0"sv, "flac"},
    {0, "caff\0\1"sv, "caf"},
    {0, "#!AMR"sv, "amr"},
    {0, ".snd\0\0"sv, "au"},
    {0, "Creative Voice File\x1a"sv, "voc"},
    {0, "\2dss"sv, "dss"},
    {0, "\3dss"sv, "dss"},
    {26, "sfArk"sv, "sfark"},
    {0, "FLV\1"sv, "flv"},
    {0, ".RMF\0"sv, "rm"},
    {0, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"sv, "mxf"},
    {0, "\xb7\xd8\x00\x20\x37\x49\xda\x11"sv, "wtv"},
    {0, "\0\0\1\xba"sv, "mpg"},
    {0, "\0\0\1\xb3"sv, "mpg"},
    {0, "\x1f\x07\0"sv, "dv"},
    {0, "wOFF"sv, "woff"},
    {0, "wOF2"sv, "woff2"},
    {0, "OTTO\0"sv, "otf"},
    {0, "\0\1\0\0\0"sv, "ttf"},
    {0, "ttcf\0"sv, "ttf"},
    {0, "true\0"sv, "ttf"},
    {0,
     "\x7f"
     "ELF"sv,
     "elf"},
    {0, "SQLite format 3\0"sv, "sqlite"},
});

bool printable(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c >= ' ' && c <= '~'; });
}

/// A signature of few letters, or one inside the file, may also be words of a text: then zero bytes must be around it.
bool sure(std::string_view bytes, const Magic& magic) {
  constexpr std::size_t kLongWord = 6;
  const bool word = magic.bytes.size() < kLongWord && printable(magic.bytes);
  return (magic.offset == 0 && !word) || bytes.substr(0, 512).find('\0') != std::string_view::npos;
}

std::string_view by_magic(std::string_view bytes) {
  for (const auto& magic : kMagics) {
    if (parts::has(bytes, magic.offset, magic.bytes) && sure(bytes, magic)) return magic.token;
  }
  return {};
}

bool begins_as_pdf(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return trim(bytes.substr(0, 1024)).starts_with("%PDF-");
}

}  // namespace

std::string sniff(std::string_view first_bytes) {
  const auto bytes = first_bytes.substr(0, kFirstBytes);
  if (bytes.empty()) return {};
  if (begins_as_pdf(bytes)) return "pdf";
  for (const auto& part : {by_magic, parts::zip, parts::container, parts::stream, parts::bitmap, parts::text}) {
    if (const auto found = part(bytes); !found.empty()) return std::string(found);
  }
  // A PDF may have up to 1 KiB of other bytes in front, such as a printer's job header.
  return bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos ? "pdf" : "";
}

std::string first_bytes(const std::filesystem::path& path) {
  std::string bytes(kFirstBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

std::string sniffed_extension(std::string_view first_bytes) {
  auto token = sniff(first_bytes);
  if (token == "text") token = "txt";
  return find(token) == nullptr ? std::string() : "." + token;
}

}  // namespace recast::format
