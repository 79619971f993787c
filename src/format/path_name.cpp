#include <string>
#include <vector>

#include "format/format.hpp"

namespace recast::format {

namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kLongest = 1024;

bool is_drive(std::string_view part) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return part.size() == 2 && letter(part[0]) && part[1] == ':';
}

std::vector<std::string> clean_parts(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find_first_of("/\\", at), path.size());
    const auto raw = path.substr(at, end - at);
    at = end + 1;
    if (raw.empty() || raw == "." || raw == "..") continue;
    // Cleaned first: a control character inside may hide a drive letter.
    if (auto part = clean_file_name(raw); !is_drive(part)) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

std::string clean_path(std::string_view path) {
  const auto parts = clean_parts(path);
  std::string result;
  std::size_t depth = 0;
  for (auto part = parts.rbegin(); part != parts.rend() && depth < kDeepest; ++part, ++depth) {
    if (result.size() + part->size() + 1 > kLongest) break;
    result.insert(0, depth == 0 ? *part : *part + "/");
  }
  return result.empty() ? "file" : result;
}

}  // namespace recast::format
