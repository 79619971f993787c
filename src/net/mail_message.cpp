#include "net/mail_message.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace recast::net {

namespace {

constexpr std::size_t kLongestAddress = 254;
constexpr std::size_t kLineLength = 76;  // RFC 2045 6.7

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, is_control, ' ');
  return out;
}

/// RFC 2047: words of at most 75 characters, none of which cuts a character in two.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t kBytesInWord = 42;  // 56 characters of base64
  std::string out;
  while (!text.empty()) {
    auto length = std::min(kBytesInWord, text.size());
    while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", to_base64(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return out;
}

std::string header_text(std::string_view text) {
  const auto line = one_line(text);
  // What looks like an encoded word would be decoded; a line may have 998 characters (RFC 5322 2.1.1).
  constexpr std::size_t kLongestPlain = 200;
  return is_ascii(line) && line.find("=?") == std::string::npos && line.size() <= kLongestPlain ? line
                                                                                                : encoded_words(line);
}

std::string header_address(const MailAddress& who) {
  if (who.name.empty()) return "<" + who.address + ">";
  const auto plain = std::ranges::all_of(who.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-';
  });
  return fmt::format("{} <{}>", plain ? who.name : encoded_words(one_line(who.name)), who.address);
}

void add_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto c = static_cast<unsigned char>(line[at]);
    const bool blank_at_end = (c == ' ' || c == '\t') && at + 1 == line.size();
    const bool plain = ((c > ' ' && c < 0x7f && c != '=') || c == ' ' || c == '\t') && !blank_at_end;
    const auto piece = plain ? std::string(1, static_cast<char>(c)) : fmt::format("={:02X}", c);
    if (column + piece.size() >= kLineLength) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  out += "\r\n";
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    add_quoted_line(out, line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

}  // namespace

Result<MailAddress> MailAddress::parse(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_data, fmt::format("\"{}\" is no mail address", one_line(text)));
  };
  text = trim(text);
  MailAddress out;
  if (text.ends_with('>')) {
    const auto open = text.rfind('<');
    if (open == std::string_view::npos) return wrong();
    auto name = trim(text.substr(0, open));
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    out.name = one_line(name);
    text = text.substr(open + 1, text.size() - open - 2);
  }
  const auto at = text.rfind('@');
  const bool whole = at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= kLongestAddress;
  const bool clean = std::ranges::none_of(text, [](char c) {
    return is_control(c) || std::string_view(" <>()[],;:\\\"").find(c) != std::string_view::npos;
  });
  if (!whole || !clean || !is_valid_utf8(text)) return wrong();
  out.address = text;
  return out;
}

std::string to_wire(const MailMessage& message) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(message.date);
  return fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
      fmt::gmtime(std::chrono::system_clock::to_time_t(
          std::chrono::time_point_cast<std::chrono::system_clock::duration>(seconds))),
      header_address(message.from), header_address(message.to), header_text(message.subject), one_line(message.id),
      domain_of(message.from.address), quoted_printable(message.text));
}

}  // namespace recast::net
