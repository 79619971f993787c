#include <algorithm>

#include "base/text.hpp"
#include "storage/storage.hpp"

namespace recast::storage {

namespace {

bool is_component(std::string_view text) {
  if (text.empty() || text.size() > 200 || text == "." || text == "..") return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace

Result<Key> Key::parse(std::string_view text) {
  if (text.size() > 1000 || !std::ranges::all_of(split(text, '/'), is_component)) {
    return fail(ErrorCode::invalid_data, "The key format is invalid.", "key");
  }
  return Key(std::string(text));
}

}  // namespace recast::storage
