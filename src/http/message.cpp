#include "http/message.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace recast::http {

namespace {

std::string decode_query_text(std::string_view raw) {
  std::string text(raw);
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text);
}

/// What fits into a quoted-string of US-ASCII; one underscore for each character that does not.
std::string ascii_fallback(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xc0) continue;  // the rest of a sequence whose first byte became the underscore
    out += byte < 0x20 || byte >= 0x7f ? '_' : c;
  }
  return out;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  const auto same = [name](const auto& field) { return equal_ignoring_case(field.first, name); };
  const auto first = std::ranges::find_if(fields_, same);
  if (first == fields_.end()) {
    fields_.emplace_back(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string Headers::list(std::string_view name) const {
  std::string out;
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) out.append(out.empty() ? "" : ", ").append(value);
  }
  return out;
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(fields_, [name](const auto& field) { return equal_ignoring_case(field.first, name); });
}

Query Query::parse(std::string_view raw) {
  Query query;
  for (const auto piece : split(raw, '&')) {
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    auto value = equals == std::string_view::npos ? std::string() : decode_query_text(piece.substr(equals + 1));
    query.items_.emplace_back(decode_query_text(piece.substr(0, equals)), std::move(value));
  }
  return query;
}

std::optional<std::string> Query::get(std::string_view name) const {
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (item->first == name) return item->second;
  }
  return std::nullopt;
}

Response Response::json(unsigned status, const json::value& value) {
  Response response{status, {}, boost::json::serialize(value)};
  response.headers.add("Content-Type", "application/json");
  return response;
}

Response Response::text(unsigned status, std::string text, std::string_view type) {
  Response response{status, {}, std::move(text)};
  response.headers.add("Content-Type", std::string(type));
  return response;
}

Response Response::redirect(unsigned status, std::string location) {
  auto response = empty(status);
  response.headers.add("Location", std::move(location));
  return response;
}

std::string content_disposition(std::string_view kind, std::string_view file_name) {
  std::string out(kind);
  if (file_name.empty()) return out;
  const auto fallback = ascii_fallback(file_name);
  out += "; filename=\"";
  for (const char c : fallback) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  if (fallback != file_name && is_valid_utf8(file_name)) out += "; filename*=UTF-8''" + percent_encode(file_name);
  return out;
}

}  // namespace recast::http
