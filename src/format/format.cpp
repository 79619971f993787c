#include "format/format.hpp"

#include <map>

#include "base/text.hpp"
#include "format/tables.hpp"

namespace recast::format {

namespace {

using Index = std::map<std::string_view, const Format*>;

const Index& by_token() {
  static const Index index = [] {
    Index map;
    for (const auto& format : tables::formats()) map.emplace(format.name, &format);
    for (const auto& [alias, name] : tables::aliases()) map.emplace(alias, map.at(name));
    return map;
  }();
  return index;
}

const Index& by_mime() {
  static const Index index = [] {
    Index map;
    for (const auto& format : tables::formats()) map.emplace(format.mime, &format);
    for (const auto& [mime, name] : tables::mimes()) map.emplace(mime, by_token().at(name));
    return map;
  }();
  return index;
}

const Format* lookup(const Index& index, std::string_view key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : found->second;
}

}  // namespace

const Format* find(std::string_view token) {
  constexpr std::size_t kLongestToken = 16;
  if (token.empty() || token.size() > kLongestToken) return nullptr;
  return lookup(by_token(), lower(token));
}

std::string canonical(std::string_view token) {
  const auto* const format = find(token);
  return format != nullptr ? std::string(format->name) : lower(token);
}

std::string of_file_name(std::string_view file_name) {
  const auto dotted = extension(file_name);
  return dotted.empty() ? std::string() : canonical(dotted.substr(1));
}

std::string_view mime_of_file_name(std::string_view file_name) {
  const auto* const format = find(of_file_name(file_name));
  return format != nullptr ? format->mime : "application/octet-stream";
}

std::string from_mime(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  const auto* const format = lookup(by_mime(), lower(type));
  return format != nullptr ? std::string(format->name) : std::string();
}

const std::vector<Format>& all() {
  static const std::vector<Format> list(tables::formats().begin(), tables::formats().end());
  return list;
}

}  // namespace recast::format
