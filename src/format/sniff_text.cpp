#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "format/sniff_parts.hpp"

namespace recast::format::parts {

using namespace std::string_view_literals;

namespace {

struct Marker {
  std::string_view text;  ///< lower case
  std::string_view token;
};

bool is_utf16_or_32(std::string_view bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") || bytes.starts_with("\0\0\xfe\xff"sv);
}

/// No control character but those text files have; true for every 8-bit encoding.
bool is_plain(std::string_view bytes) {
  return std::ranges::none_of(bytes, [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return (value < 0x20 && "\t\n\r\f\b\x1b"sv.find(c) == std::string_view::npos) || value == 0x7F;
  });
}

/// UTF-16 without a mark: every other byte is zero, the others are plain. Needs some length to be sure.
bool is_unmarked_utf16(std::string_view bytes) {
  constexpr std::size_t kEnough = 16;
  if (bytes.size() < kEnough) return false;
  const std::size_t zeros = bytes.front() == '\0' ? 0 : 1;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if ((bytes[i] == '\0') != (i % 2 == zeros) || (i % 2 != zeros && !is_plain(bytes.substr(i, 1)))) return false;
  }
  return true;
}

/// What text in UTF-16 would be in ASCII: good enough to find markup in.
std::string narrow(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) {
    const bool mark = static_cast<unsigned char>(c) >= 0xFE;
    if (c != '\0' && !mark) result += c;
  }
  return result;
}

/// The beginning without blanks and comments.
std::string_view skip_comments(std::string_view text) {
  text = trim(text);
  while (text.starts_with("<!--")) {
    const auto end = text.find("-->");
    if (end == std::string_view::npos) return {};
    text = trim(text.substr(end + 3));
  }
  return text;
}

std::string_view markup(std::string_view text) {
  static constexpr auto kRoots = std::to_array<Marker>({
      {"<svg", "svg"},
      {"<html", "html"},
      {"<fictionbook", "fb2"},
      {"<abiword", "abw"},
      {"<office:document", "fodt"},
      {"<package", "oeb"},
  });
  static constexpr auto kPages = std::to_array<std::string_view>({"<!doctype html", "<html", "<head", "<body"});
  static constexpr auto kFlat = std::to_array<Marker>({
      {"opendocument.text", "fodt"},
      {"opendocument.spreadsheet", "fods"},
      {"opendocument.presentation", "fodp"},
      {"opendocument.graphics", "fodg"},
  });
  for (const auto& start : kPages) {
    if (text.starts_with(start)) return "html";
  }
  if (!text.starts_with("<?xml") && !text.starts_with("<!doctype svg") && !text.starts_with("<svg")) return {};
  const Marker* first = nullptr;
  auto position = std::string_view::npos;
  for (const auto& root : kRoots) {
    if (const auto at = text.find(root.text); at < position) {
      position = at;
      first = &root;
    }
  }
  // A prefix in front of the root's name ("<svg:svg", "<ns0:svg").
  if (first == nullptr) return text.find(":svg") != std::string_view::npos ? "svg" : "xml";
  if (first->token != "fodt") return first->token;
  for (const auto& [kind, token] : kFlat) {
    if (text.find(kind) != std::string_view::npos) return token;
  }
  return "xml";
}

std::string_view plain(std::string_view bytes) {
  static constexpr auto kStarts = std::to_array<Marker>({
      {"{\\rtf", "rtf"},
      {"%!ps", "ps"},
      {"webvtt", "vtt"},
      {"[script info]", "ass"},
  });
  const auto small = lower(bytes);
  const auto text = skip_comments(small.starts_with("\xef\xbb\xbf") ? std::string_view(small).substr(3) : small);
  for (const auto& [start, token] : kStarts) {
    if (text.starts_with(start)) return token == "ps" && text.substr(0, 64).find("epsf") != text.npos ? "eps"sv : token;
  }
  const auto found = markup(text);
  return found.empty() ? "text" : found;
}

struct Entry {
  std::string_view name;
  std::string_view content;  ///< what of it can be seen
};

/// The member whose local header is at `at`; moves `at` behind it as far as that can be known.
bool next_entry(std::string_view bytes, std::size_t& at, Entry& entry) {
  if (!has(bytes, at, "PK\3\4")) return false;
  constexpr std::size_t kHeader = 30;
  const auto name = at + kHeader;
  const auto content = name + little16(bytes, at + 26) + little16(bytes, at + 28);
  if (name >= bytes.size()) return false;
  entry.name = bytes.substr(name, little16(bytes, at + 26));
  entry.content = content < bytes.size() ? bytes.substr(content, little32(bytes, at + 18)) : ""sv;
  const auto next = content + little32(bytes, at + 18);
  // A streamed member does not tell its size: the next header is searched for.
  const bool streamed = (little16(bytes, at + 6) & 8) != 0 && little32(bytes, at + 18) == 0;
  at = streamed && content < bytes.size() ? bytes.find("PK\3\4", content) : next;
  return true;
}

std::string_view by_mimetype(std::string_view content) {
  static constexpr auto kTypes = std::to_array<Marker>({
      {"application/vnd.oasis.opendocument.text", "odt"},
      {"application/vnd.oasis.opendocument.spreadsheet", "ods"},
      {"application/vnd.oasis.opendocument.presentation", "odp"},
      {"application/vnd.oasis.opendocument.graphics", "odg"},
      {"application/epub+zip", "epub"},
      {"application/hwp+zip", "hwpx"},
  });
  for (const auto& [type, token] : kTypes) {
    if (content.starts_with(type)) return token;
  }
  return "zip";
}

std::string_view by_name(std::string_view name) {
  static constexpr auto kNames = std::to_array<Marker>({
      {"word/", "docx"},
      {"xl/", "xlsx"},
      {"ppt/", "pptx"},
      {"FixedDocumentSequence.fdseq", "xps"},
      {"FixedDocSeq.fdseq", "xps"},
      {"META-INF/MANIFEST.MF", "jar"},
      {"content/riffData.cdr", "cdr"},
      {"content/root.dat", "cdr"},
  });
  for (const auto& [start, token] : kNames) {
    if (name.starts_with(start)) return token;
  }
  return {};
}

}  // namespace

std::string_view zip(std::string_view bytes) {
  if (has(bytes, 0, "PK\5\6") || has(bytes, 0, "PK\7\10PK")) return "zip";
  std::size_t at = 0;
  Entry entry;
  bool any = false;
  for (int i = 0; i < 64 && at < bytes.size() && next_entry(bytes, at, entry); ++i) {
    if (!any && entry.name == "mimetype") return by_mimetype(entry.content);
    any = true;
    if (const auto found = by_name(entry.name); !found.empty()) return found;
  }
  return any ? "zip" : ""sv;
}

std::string_view text(std::string_view bytes) {
  if (is_utf16_or_32(bytes) || is_unmarked_utf16(bytes)) return plain(narrow(bytes));
  return is_plain(bytes) ? plain(bytes) : ""sv;
}

}  // namespace recast::format::parts
