#include <cstdint>
#include <map>
#include <set>

#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::format {

namespace {

constexpr std::size_t kLongestName = 255;

struct Decoded {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< 0: not valid UTF-8
};

Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (length > text.size() || !is_valid_utf8(text.substr(0, length))) return {};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {code, length};
}

bool unwanted(std::uint32_t code) {
  const bool control = code < 0x20 || code == 0x7F;
  const bool turns_direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return control || turns_direction;
}

/// The longest beginning of at most `size` bytes that does not cut a character in two.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

/// `name` with `addition` before its extension, within the longest name.
std::string with_addition(std::string_view name, std::string_view addition) {
  auto ending = extension(name);
  auto beginning = stem(name);
  if (ending.size() + addition.size() >= kLongestName) {
    beginning = name;
    ending = {};
  }
  std::string result(cut(beginning, kLongestName - ending.size() - addition.size()));
  result += addition;
  result += ending;
  return result;
}

struct Placeholder {
  std::size_t length = 0;  ///< 0: none
  std::size_t width = 0;
  char fill = ' ';
};

/// A placeholder at the start of `text`: %, flag 0, at most two digits of width, d, i or u.
Placeholder placeholder(std::string_view text) {
  Placeholder found;
  std::size_t at = 1;
  if (at < text.size() && text[at] == '0') {
    found.fill = '0';
    ++at;
  }
  for (int digits = 0; digits < 2 && at < text.size() && text[at] >= '0' && text[at] <= '9'; ++digits, ++at) {
    found.width = found.width * 10 + static_cast<std::size_t>(text[at] - '0');
  }
  if (at < text.size() && (text[at] == 'd' || text[at] == 'i' || text[at] == 'u')) found.length = at + 1;
  return found;
}

}  // namespace

std::string clean_file_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string result;
  while (!name.empty()) {
    const auto [code, length] = decode(name);
    if (length == 0) {
      result += '_';
      name.remove_prefix(1);
      continue;
    }
    if (!unwanted(code)) result += name.substr(0, length);
    name.remove_prefix(length);
  }
  if (trim(result).empty() || result == "." || result == "..") return "file";
  return result.size() > kLongestName ? with_addition(result, "") : result;
}

std::string_view extension(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == file_name.size()) return {};
  if (file_name.find_first_of("/\\", dot) != std::string_view::npos) return {};
  if (const auto before = file_name.rfind('.', dot - 1); before != std::string_view::npos && before != 0) {
    if (find(file_name.substr(before + 1)) != nullptr) return file_name.substr(before);
  }
  return file_name.substr(dot);
}

std::string_view stem(std::string_view file_name) {
  return file_name.substr(0, file_name.size() - extension(file_name).size());
}

std::string numbered(std::string_view pattern, std::size_t number) {
  const auto digits = std::to_string(number);
  std::string result;
  bool any = false;
  while (!pattern.empty()) {
    std::size_t used = 1;
    if (pattern.starts_with("%%")) {
      result += '%';
      used = 2;
    } else if (const auto found = pattern.front() == '%' ? placeholder(pattern) : Placeholder{}; found.length > 0) {
      if (found.width > digits.size()) result.append(found.width - digits.size(), found.fill);
      result += digits;
      used = found.length;
      any = true;
    } else {
      result += pattern.front();
    }
    pattern.remove_prefix(used);
  }
  return any ? result : std::string();
}

std::vector<std::string> output_names(std::string_view pattern, std::string_view input, std::string_view to,
                                      std::size_t count) {
  const auto wanted = trim(pattern).empty() ? std::string() : clean_file_name(pattern);
  const auto fallback = clean_file_name(input);
  std::vector<std::string> names;
  names.reserve(count);
  for (std::size_t number = 1; number <= count; ++number) {
    auto name = numbered(wanted, number);
    if (name.empty()) {
      name = wanted.empty() ? std::string(stem(fallback)) + "." + std::string(to) : wanted;
      if (count > 1) name = with_addition(name, "-" + std::to_string(number));
    }
    names.push_back(clean_file_name(name));
  }
  return names;
}

void make_unique(std::vector<std::string>& names) {
  std::set<std::string> used;
  std::map<std::string, std::size_t> last;  // so that many equal names do not try the same numbers again and again
  for (auto& name : names) {
    const auto original = name;
    while (!used.insert(name).second) name = with_addition(original, "-" + std::to_string(++last[original]));
  }
}

}  // namespace recast::format
