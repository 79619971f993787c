#include "execution/outputs.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_set>

namespace recast::execution {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits at the start, without leading zeros.
std::string_view leading_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  auto digits = text.substr(0, end);
  text.remove_prefix(end);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

bool is_regular(const fs::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

using Names = std::vector<std::string>;

Result<Names> files_in(const fs::path& place, const std::string& pattern) {
  Names names;
  std::error_code error;
  for (auto entry = fs::directory_iterator(place, error); !error && entry != fs::end(entry); entry.increment(error)) {
    auto name = entry->path().filename().string();
    if (matches(pattern, name) && is_regular(entry->path())) names.push_back(std::move(name));
  }
  if (error) return std::unexpected(from_errno(error.value(), "reading the output folder"));
  std::ranges::sort(names, natural_less);
  return names;
}

/// Paths below `place`. Folders behind links are not entered.
Result<Names> files_below(const fs::path& place) {
  Names names;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(place, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    if (is_regular(entry->path())) names.push_back(entry->path().lexically_relative(place).string());
  }
  if (error) return std::unexpected(from_errno(error.value(), "reading the output folder"));
  std::ranges::sort(names, natural_less);
  return names;
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto left = leading_number(a);
      const auto right = leading_number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const auto head = pattern.substr(0, star);
  const auto tail = pattern.substr(star + 1);
  return name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail);
}

Result<std::vector<fs::path>> collect(const fs::path& folder, const std::vector<std::string>& patterns) {
  std::vector<fs::path> result;
  std::unordered_set<std::string> seen;
  for (const auto& pattern : patterns) {
    const auto place = folder / fs::path(pattern).parent_path();
    RECAST_TRY(const auto names,
               pattern.ends_with("/**") ? files_below(place) : files_in(place, fs::path(pattern).filename().string()));
    for (const auto& name : names) {
      const auto file = place / name;
      if (!seen.insert(file.native()).second) continue;
      if (::geteuid() == 0 && ::lchown(file.c_str(), 0, 0) != 0) return std::unexpected(from_errno(errno, "chown"));
      if (::chmod(file.c_str(), 0444) != 0) return std::unexpected(from_errno(errno, "chmod"));
      result.push_back(file);
    }
  }
  return result;
}

Result<> take_over(const fs::path& folder) {
  if (::geteuid() != 0) return {};
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0) return std::unexpected(from_errno(errno, "reading an output"));
    // A file with a second name may be an input, linked from the storage: its owner and mode are not the step's.
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) continue;
    if (::lchown(entry->path().c_str(), 0, 0) != 0) return std::unexpected(from_errno(errno, "chown"));
    if (S_ISLNK(status.st_mode)) continue;
    if (::chmod(entry->path().c_str(), S_ISDIR(status.st_mode) ? 0755 : 0644) != 0) {
      return std::unexpected(from_errno(errno, "chmod"));
    }
  }
  if (error) return std::unexpected(from_errno(error.value(), "reading the output folder"));
  return {};
}

}  // namespace recast::execution
