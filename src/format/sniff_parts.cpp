#include "format/sniff_parts.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "base/text.hpp"

namespace recast::format::parts {

using namespace std::string_view_literals;

namespace {

std::uint32_t byte(std::string_view bytes, std::size_t offset) {
  return offset < bytes.size() ? static_cast<unsigned char>(bytes[offset]) : 0U;
}

struct Brand {
  std::string_view brand;
  std::string_view token;
};

std::string_view iso_media(std::string_view bytes) {
  static constexpr auto kBrands = std::to_array<Brand>({
      {"avif", "avif"}, {"avis", "avif"}, {"heic", "heic"}, {"heix", "heic"}, {"hevc", "heic"}, {"hevx", "heic"},
      {"heim", "heic"}, {"heis", "heic"}, {"hevm", "heic"}, {"hevs", "heic"}, {"mif1", "heif"}, {"msf1", "heif"},
      {"mif3", "heif"}, {"mif2", "heif"}, {"crx ", "cr3"},  {"qt  ", "mov"},  {"M4A ", "m4a"},  {"M4B ", "m4b"},
      {"M4V ", "m4v"},  {"M4VH", "m4v"},  {"M4VP", "m4v"},  {"jpm ", "jp2"},  {"jp2 ", "jp2"},
  });
  const auto brand = bytes.substr(8, 4);
  if (brand.starts_with("3gp") || brand.starts_with("3gr") || brand.starts_with("3gs")) return "3gp";
  if (brand.starts_with("3g2")) return "3g2";
  std::string_view found = "mp4";
  for (const auto& [name, token] : kBrands) {
    if (brand == name) found = token;
  }
  if (found != "heif") return found;
  // A generic major brand: the compatible ones say which coding it is.
  const auto end = std::min<std::size_t>({big32(bytes, 0), bytes.size(), 256});
  for (std::size_t at = 16; at + 4 <= end; at += 4) {
    if (has(bytes, at, "avif")) return "avif";
    if (has(bytes, at, "heic") || has(bytes, at, "heix")) return "heic";
  }
  return found;
}

std::string_view matroska(std::string_view bytes) {
  return bytes.substr(0, 128).find("webm") != std::string_view::npos ? "webm" : "mkv";
}

std::string_view ogg(std::string_view bytes) {
  if (bytes.find("OpusHead") != std::string_view::npos) return "opus";
  if (bytes.find("\x80theora") != std::string_view::npos) return "ogv";
  return "ogg";
}

bool frames(std::string_view bytes, std::size_t (*length)(std::string_view)) {
  const auto first = length(bytes);
  return first > 0 && first + 8 <= bytes.size() && length(bytes.substr(first)) > 0;
}

std::size_t mpeg_audio_frame(std::string_view bytes) {
  if (bytes.size() < 4 || byte(bytes, 0) != 0xFF || (byte(bytes, 1) & 0xE0) != 0xE0) return 0;
  static constexpr std::array<std::uint32_t, 16> kRates1{0,   32,  40,  48,  56,  64,  80,  96,
                                                         112, 128, 160, 192, 224, 256, 320, 0};
  static constexpr std::array<std::uint32_t, 16> kRates2{0,  8,  16, 24,  32,  40,  48,  56,
                                                         64, 80, 96, 112, 128, 144, 160, 0};
  static constexpr std::array<std::uint32_t, 4> kHertz{44'100, 48'000, 32'000, 0};
  const auto version = (byte(bytes, 1) >> 3) & 3;  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const auto layer = (byte(bytes, 1) >> 1) & 3;    // 1: layer III
  const auto rate = (version == 3 ? kRates1 : kRates2).at(byte(bytes, 2) >> 4);
  const auto hertz = kHertz.at((byte(bytes, 2) >> 2) & 3) / (version == 3 ? 1 : version == 2 ? 2 : 4);
  if (version == 1 || layer != 1 || rate == 0 || hertz == 0) return 0;
  return (version == 3 ? 144'000U : 72'000U) * rate / hertz + ((byte(bytes, 2) >> 1) & 1);
}

std::size_t adts_frame(std::string_view bytes) {
  if (bytes.size() < 7 || byte(bytes, 0) != 0xFF || (byte(bytes, 1) & 0xF6) != 0xF0) return 0;
  const auto length = ((byte(bytes, 3) & 3) << 11) | (byte(bytes, 4) << 3) | (byte(bytes, 5) >> 5);
  return length >= 7 ? length : 0;
}

bool transport(std::string_view bytes, std::size_t start, std::size_t packet) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (byte(bytes, start + i * packet) != 0x47) return false;
  }
  return true;
}

bool is_bmp(std::string_view bytes) {
  if (!has(bytes, 0, "BM") || bytes.size() < 26) return false;
  const auto header = little32(bytes, 14);
  const bool known = header == 12 || header == 16 || header == 40 || header == 52 || header == 56 || header == 64 ||
                     header == 108 || header == 124;
  return known && little32(bytes, 10) >= 14 + header;
}

bool is_ico(std::string_view bytes) {
  if (!has(bytes, 0, "\0\0"sv) || (little16(bytes, 2) != 1 && little16(bytes, 2) != 2)) return false;
  const auto count = little16(bytes, 4);
  return count > 0 && count < 256 && byte(bytes, 9) == 0 && little32(bytes, 18) >= 6 + 16 * count;
}

bool is_lha(std::string_view bytes) {
  const bool method = has(bytes, 2, "-l") && (byte(bytes, 4) == 'h' || byte(bytes, 4) == 'z') && has(bytes, 6, "-");
  return method && bytes.size() > 20 && byte(bytes, 20) <= 3;
}

bool is_cpio(std::string_view bytes) {
  const bool hex = has(bytes, 0, "070701") || has(bytes, 0, "070702");
  const auto header = bytes.substr(0, hex ? 110 : 76);
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (hex || has(bytes, 0, "070707")) return bytes.size() > header.size() && std::ranges::all_of(header, digit);
  return has(bytes, 0, "\xc7\x71") && bytes.substr(0, 26).find('\0') != std::string_view::npos;
}

bool is_arj(std::string_view bytes) {
  constexpr std::uint32_t kLongestHeader = 2600;
  return has(bytes, 0, "\x60\xea") && little16(bytes, 2) <= kLongestHeader && byte(bytes, 4) >= 30 &&
         byte(bytes, 4) < 80;
}

std::string_view pnm(std::string_view bytes) {
  const auto kind = byte(bytes, 1);
  const auto next = byte(bytes, 2);
  const bool blank = next == '\n' || next == ' ' || next == '\r' || next == '\t';
  const auto after = byte(bytes, 3);
  if (!has(bytes, 0, "P") || !blank || !((after >= '0' && after <= '9') || after == '#')) return {};
  if (kind == '1' || kind == '4') return "pbm";
  if (kind == '2' || kind == '5') return "pgm";
  return kind == '3' || kind == '6' ? "ppm" : ""sv;
}

std::string_view media(std::string_view bytes) {
  if (has(bytes, 4, "ftyp")) return iso_media(bytes);
  for (const auto* box : {"moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof"}) {
    if (has(bytes, 4, box) && byte(bytes, 0) < 0x20) return "mov";
  }
  if (has(bytes, 0, "\x1a\x45\xdf\xa3")) return matroska(bytes);
  if (has(bytes, 0, "OggS\0"sv)) return ogg(bytes);
  if (has(bytes, 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11")) return "wmv";
  return {};
}

}  // namespace

bool has(std::string_view bytes, std::size_t offset, std::string_view expected) {
  return offset < bytes.size() && bytes.substr(offset).starts_with(expected);
}

std::uint32_t little16(std::string_view bytes, std::size_t offset) {
  return byte(bytes, offset) | (byte(bytes, offset + 1) << 8);
}

std::uint32_t little32(std::string_view bytes, std::size_t offset) {
  return little16(bytes, offset) | (little16(bytes, offset + 2) << 16);
}

std::uint32_t big32(std::string_view bytes, std::size_t offset) {
  return (byte(bytes, offset) << 24) | (byte(bytes, offset + 1) << 16) | (byte(bytes, offset + 2) << 8) |
         byte(bytes, offset + 3);
}

std::string_view container(std::string_view bytes) {
  if (has(bytes, 0, "RIFF") || has(bytes, 0, "RIFX") || has(bytes, 0, "RF64")) {
    static constexpr auto kForms = std::to_array<Brand>(
        {{"WEBP", "webp"}, {"WAVE", "wav"}, {"AVI ", "avi"}, {"AVIX", "avi"}, {"sfbk", "sf2"}, {"CDR", "cdr"}});
    for (const auto& [form, token] : kForms) {
      if (has(bytes, 8, form)) return token;
    }
  }
  if (has(bytes, 0, "FORM") && has(bytes, 8, "AIFF")) return "aiff";
  if (has(bytes, 0, "FORM") && has(bytes, 8, "AIFC")) return "aifc";
  const bool flash = has(bytes, 0, "FWS") || has(bytes, 0, "CWS") || has(bytes, 0, "ZWS");
  if (flash && byte(bytes, 3) > 0 && byte(bytes, 3) < 0x40 && byte(bytes, 7) < 0x08) return "swf";
  if (has(bytes, 34, "LP") && little32(bytes, 0) > 36 && (little16(bytes, 10) & 0xF) <= 2) return "eot";
  return media(bytes);
}

std::string_view stream(std::string_view bytes) {
  if (has(bytes, 0, "ID3") && byte(bytes, 3) >= 2 && byte(bytes, 3) <= 4 && byte(bytes, 4) < 0x20) return "mp3";
  if (frames(bytes, mpeg_audio_frame)) return "mp3";
  if (frames(bytes, adts_frame)) return "aac";
  if (has(bytes, 0, "\x0b\x77") && (byte(bytes, 4) >> 6) != 3 && (byte(bytes, 5) >> 3) <= 16) return "ac3";
  if (transport(bytes, 0, 188)) return "ts";
  return transport(bytes, 4, 192) ? "m2ts"sv : ""sv;
}

std::string_view bitmap(std::string_view bytes) {
  if (is_bmp(bytes)) return "bmp";
  if (is_ico(bytes)) return "ico";
  if (is_lha(bytes)) return "lha";
  if (is_cpio(bytes)) return "cpio";
  if (is_arj(bytes)) return "arj";
  if (has(bytes, 0, "qoif") && byte(bytes, 12) >= 3 && byte(bytes, 12) <= 4) return "qoi";
  if (has(bytes, 0, "BZh") && has(bytes, 4, "\x31\x41\x59\x26\x53\x59")) return "bz2";
  if (has(bytes, 0, "BZh") && has(bytes, 4, "\x17\x72\x45\x38\x50\x90")) return "bz2";
  if (has(bytes, 0, "BZ0") && has(bytes, 4, "\x31\x41\x59\x26\x53\x59")) return "bz";
  if (has(bytes, 0, "\x0a") && byte(bytes, 1) <= 5 && byte(bytes, 2) == 1 && std::has_single_bit(byte(bytes, 3)) &&
      byte(bytes, 3) <= 8) {
    return "pcx";
  }
  if (has(bytes, 0, "\x5d\0\0"sv) && (byte(bytes, 12) == 0 || byte(bytes, 12) == 0xFF)) return "lzma";
  if (has(bytes, 0, "MZ") && bytes.substr(0, 64).find('\0') != std::string_view::npos) return "exe";
  return pnm(bytes);
}

}  // namespace recast::format::parts
