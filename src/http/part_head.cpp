#include "http/part_head.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace recast::http {

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// "=?utf-8?B?…?=" (RFC 2047), which .NET writes into file names; anything else comes back unchanged.
std::string decode_encoded_word(std::string text) {
  if (!text.starts_with("=?") || !text.ends_with("?=")) return text;
  const auto fields = split(std::string_view(text).substr(2, text.size() - 4), '?');
  if (fields.size() != 3 || !equal_ignoring_case(fields[0], "utf-8") || !equal_ignoring_case(fields[1], "b")) {
    return text;
  }
  auto decoded = from_base64(fields[2]);
  return decoded ? as_utf8(*std::move(decoded)) : text;
}

/// Reads a quoted-string that begins after its quote; leaves `at` behind the closing one. A backslash escapes only a
/// quote or a backslash: old browsers send whole Windows paths.
std::string read_quoted(std::string_view text, std::size_t& at) {
  std::string out;
  while (at < text.size() && text[at] != '"') {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    out += text[at++];
  }
  if (at < text.size()) ++at;
  return out;
}

/// Where an unquoted value ends. A file name runs to the end of the line, semicolons included, unless what follows the
/// semicolon is another parameter we know.
std::size_t end_of_token(std::string_view text, std::size_t from, std::string_view name) {
  static constexpr std::array<std::string_view, 7> known{"name",          "filename",          "filename*", "size",
                                                         "creation-date", "modification-date", "read-date"};
  auto end = text.find(';', from);
  if (name != "filename") return std::min(end, text.size());
  for (; end != std::string_view::npos; end = text.find(';', end + 1)) {
    const auto rest = text.substr(end + 1);
    const auto equals = rest.find('=');
    if (equals != std::string_view::npos && std::ranges::count(known, lower(trim(rest.substr(0, equals))))) return end;
  }
  return text.size();
}

/// The parameters after the first semicolon of a header value, names in lower case.
Parameters read_parameters(std::string_view text) {
  Parameters parameters;
  auto at = text.find(';');
  while (at < text.size()) {
    ++at;
    const auto equals = text.find('=', at);
    if (equals == std::string_view::npos) break;
    const auto semicolon = text.find(';', at);
    if (semicolon < equals) {
      at = semicolon;
      continue;
    }
    auto name = lower(trim(text.substr(at, equals - at)));
    at = std::min(text.find_first_not_of(" \t", equals + 1), text.size());
    std::string value;
    if (at < text.size() && text[at] == '"') {
      value = read_quoted(text, ++at);
      if (name == "filename") value = replace_all(std::move(value), "%22", "\"");
      at = std::min(text.find(';', at), text.size());
    } else {
      const auto end = end_of_token(text, at, name);
      value = trim(text.substr(at, end - at));
      at = end;
    }
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

void read_disposition(std::string_view value, Part& part) {
  std::optional<std::string> extended;
  for (auto& [name, text] : read_parameters(value)) {
    if (name == "name") {
      part.name = as_utf8(std::move(text));
    } else if (name == "filename") {
      part.has_file_name = true;
      part.file_name = decode_encoded_word(as_utf8(std::move(text)));
    } else if (name == "filename*") {
      extended = decode_extended_value(text);
    }
  }
  if (!extended) return;
  part.has_file_name = true;
  part.file_name = *std::move(extended);
}

}  // namespace

std::string multipart_boundary(std::string_view content_type) {
  constexpr std::size_t longest = 200;  // the RFC says 70
  if (!equal_ignoring_case(trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data")) return {};
  for (auto& [name, value] : read_parameters(content_type)) {
    if (name != "boundary" || value.size() > longest) continue;
    if (value.find_first_of("\r\n") == std::string::npos) return std::move(value);
  }
  return {};
}

Part read_part_head(std::string_view lines) {
  Part part;
  std::vector<std::string> unfolded;
  for (auto line : split(lines, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    if (folded && !unfolded.empty())
      unfolded.back() += std::string(" ").append(trim(line));
    else
      unfolded.emplace_back(line);
  }
  for (const auto& line : unfolded) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto name = lower(trim(std::string_view(line).substr(0, colon)));
    const auto value = trim(std::string_view(line).substr(colon + 1));
    if (name == "content-type") part.content_type = value;
    if (name == "content-disposition") read_disposition(value, part);
  }
  return part;
}

}  // namespace recast::http
