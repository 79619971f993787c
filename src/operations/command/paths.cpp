#include "operations/command/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::operations::command {

namespace {

constexpr std::string_view kInput = "/input/";
constexpr std::string_view kOutput = "/output/";
constexpr std::size_t kLongestName = 200;

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), "arguments");
}

/// An extension that says what a file is, in letters and digits only: ".png", or nothing.
std::string safe_extension(std::string_view name) {
  auto extension = lower(format::extension(name));
  const auto fine = [](char c) { return c == '.' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return extension.size() <= 10 && std::ranges::all_of(extension, fine) ? extension : std::string();
}

/// * and ?, which do not cross folders.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == text[t] || (pattern[p] == '?' && text[t] != '/'))) {
      ++p, ++t;
    } else if (star != std::string_view::npos && text[retry] != '/') {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// page-2 before page-10.
bool naturally_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[k])) {
      if (a[i] != b[k]) return a[i] < b[k];
      ++i, ++k;
      continue;
    }
    const auto number = [](std::string_view text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const auto begin = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const auto left = number(a, i), right = number(b, k);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  return a.size() - i < b.size() - k;
}

/// The one %d, %03d of a path: where it begins and ends.
struct Counter {
  std::size_t begin = 0, end = 0;
};
Result<Counter> counter_of(std::string_view path) {
  const auto begin = path.find('%');
  auto end = begin + 1;
  while (end < path.size() && is_digit(path[end])) ++end;
  const bool simple = begin != std::string_view::npos && end < path.size() && path[end] == 'd' && end - begin <= 3 &&
                      path.find('%', end) == std::string_view::npos;
  if (!simple) return refused(fmt::format("{} should have one counter, such as %d or %03d.", path));
  return Counter{begin, end + 1};
}

}  // namespace

Paths::Paths(const operation::Files& inputs) : known_(true) {
  for (const auto& input : inputs) {
    auto path = input.task + "/";
    if (!input.dir.empty()) path += input.dir + "/";
    files_.push_back({path + input.name, input.name, input.path});
  }
}

Result<std::vector<const Paths::Known*>> Paths::find(std::string_view path) const {
  const auto wanted = path.substr(kInput.size());
  std::vector<const Known*> found;
  for (const auto& file : files_) {
    if (fits(wanted, file.path) || file.path == wanted) found.push_back(&file);
  }
  if (found.empty() && !wanted.contains('/')) {
    for (const auto& file : files_) {
      if (fits(wanted, file.file) || file.file == wanted) found.push_back(&file);
    }
  }
  if (!found.empty()) {
    std::ranges::sort(found, [](const auto* a, const auto* b) { return naturally_less(a->path, b->path); });
    return found;
  }
  std::string all;
  for (const auto& file : files_) {
    if (all.size() > 200) {
      all += ", …";
      break;
    }
    all += (all.empty() ? "" : ", ") + std::string(kInput) + file.path;
  }
  return fail(ErrorCode::conversion_failed, fmt::format("There is no {}. There is: {}.", path, all), "arguments");
}

std::string Paths::lay_out(const Known& known, std::string name) {
  laid_out_.emplace_back(known.where, name);
  return name;
}

Result<std::string> Paths::input(std::string_view path) {
  if (!is_input(path)) return refused(fmt::format("{} is no file below /input/.", path));
  if (!known_) return std::string("in/in-1") + safe_extension(path);
  RECAST_TRY(const auto found, find(path));
  if (found.size() > 1)
    return fail(ErrorCode::conversion_failed, fmt::format("{} names {} files.", path, found.size()), "arguments");
  const auto& file = *found.front();
  if (const auto known = names_.find(file.path); known != names_.end()) return known->second;
  auto name = lay_out(file, fmt::format("in/in-{}{}", laid_out_.size() + 1, safe_extension(file.file)));
  names_.emplace(file.path, name);
  return name;
}

Result<std::vector<std::string>> Paths::inputs(std::string_view path) {
  if (!is_input(path)) return refused(fmt::format("{} is no file below /input/.", path));
  if (!known_) return std::vector{std::string("in/in-1") + safe_extension(path)};
  RECAST_TRY(const auto found, find(path));
  std::vector<std::string> names;
  for (const auto* file : found) {
    RECAST_TRY(names.emplace_back(), input(std::string(kInput) + file->path));
  }
  return names;
}

Result<std::string> Paths::sequence(std::string_view path) {
  RECAST_TRY(const auto counter, counter_of(path));
  const auto placeholder = path.substr(counter.begin, counter.end - counter.begin);
  const auto ours = fmt::format("in/seq-{}-", ++sequences_);
  const auto extension = safe_extension(path);
  if (known_) {
    const auto before = path.substr(kInput.size(), counter.begin - kInput.size()), after = path.substr(counter.end);
    std::size_t count = 0;
    for (const auto& file : files_) {
      for (const std::string_view name : {std::string_view(file.path), std::string_view(file.file)}) {
        if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after))
          continue;
        const auto digits = name.substr(before.size(), name.size() - before.size() - after.size());
        if (digits.size() > 9 || !std::ranges::all_of(digits, is_digit)) continue;
        lay_out(file, ours + std::string(digits) + extension);
        ++count;
        break;
      }
    }
    if (count == 0) return fail(ErrorCode::conversion_failed, fmt::format("No file fits {}.", path), "arguments");
  }
  return ours + std::string(placeholder) + extension;
}

Result<std::string> Paths::pattern(std::string_view path) {
  const auto ours = fmt::format("in/seq-{}-", ++sequences_);
  const auto extension = safe_extension(path);
  if (known_) {
    RECAST_TRY(const auto found, find(path));
    std::size_t number = 0;
    for (const auto* file : found) lay_out(*file, fmt::format("{}{:06d}{}", ours, ++number, extension));
  }
  return ours + "*" + extension;
}

Result<std::string> Paths::output(std::string_view path) {
  if (!is_output(path)) return refused(fmt::format("{} is no file below /output/.", path));
  const auto name = path.substr(kOutput.size());
  for (const auto part : split(name, '/')) {
    if (part.empty() || part == "." || part == ".." || part.size() > kLongestName)
      return refused(fmt::format("{} is no name of a file below /output/.", path));
    // What means something to programs when it stands in a name.
    if (part.find_first_of(":|@\\<>\"'`$*?[]{};&\t\n\r") != std::string_view::npos || part.starts_with('-'))
      return refused(fmt::format("{} has characters that a name in /output/ may not have.", path));
  }
  return "out/" + std::string(name);
}

std::string Paths::as_client_says(std::string text) const {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto replace = [&](std::string_view ours, std::string_view theirs) {
    std::string result;
    std::size_t from = 0;
    for (auto at = text.find(ours); at != std::string::npos; at = text.find(ours, at + 1)) {
      if (at < from) continue;
      const auto after = at + ours.size();
      // Not a part of something longer, as in/in-1.png is of in/in-1.png2 and out/ of about/.
      const bool begins = at == 0 || !is_word(text[at - 1]);
      const bool ends = ours.ends_with('/') || after == text.size() || !is_word(text[after]);
      if (!begins || !ends) continue;
      result.append(text, from, at - from).append(theirs);
      from = after;
    }
    text = result.append(text, from);
  };
  for (const auto& [path, name] : names_) replace(name, std::string(kInput) + path);
  replace("out/", kOutput);
  return text;
}

}  // namespace recast::operations::command
