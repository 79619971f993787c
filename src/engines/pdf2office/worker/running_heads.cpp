#include "engines/pdf2office/worker/running_heads.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>

#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kFewPages = 3;
constexpr double kMost = 0.6;  // share of the pages
enum class Edge { top, bottom };

Rows rows_at(const Page& page, Edge edge) {
  Words zone;
  for (const auto* word : page.words) {
    if (edge == Edge::top ? word->y1 < 0.13 * page.height : word->y0 > 0.85 * page.height) zone.push_back(word);
  }
  auto rows = text_rows(std::move(zone));
  std::erase_if(rows, [&](const Words& row) {
    const auto& first = *row.front();
    const bool outermost = edge == Edge::top ? first.y1 < 0.09 * page.height : first.y0 > 0.91 * page.height;
    return !outermost && (row.size() != 1 || first.text != std::to_string(page.number));
  });
  return rows;
}

/// What rows of one running head have in common. A bare number is one only if it counts with the pages.
std::string key_of(const Words& row, int page) {
  constexpr std::size_t kMostDigits = 5;
  std::string text;
  for (const auto* word : row) text += word->text;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && text.size() <= kMostDigits && text.front() != '-') {
    return '#' + std::to_string(number - page);
  }
  std::string key;
  for (const auto letter : decode(text)) {
    if (!is_decimal(letter)) {
      append(key, letter);
    } else if (!key.ends_with('#')) {
      key += '#';
    }
  }
  return key;
}

}  // namespace

std::vector<RunningHeads> running_heads(const Document& document) {
  std::vector<RunningHeads> result(document.pages.size());
  if (document.pages.size() < kFewPages) return result;
  for (const auto edge : {Edge::top, Edge::bottom}) {
    std::map<std::string, std::size_t> counts;
    const auto rows_of = [&](std::size_t i) -> Rows& {
      return edge == Edge::top ? result[i].header : result[i].footer;
    };
    for (std::size_t i = 0; i < result.size(); ++i) {
      rows_of(i) = rows_at(*document.pages[i], edge);
      std::set<std::string> keys;
      for (const auto& row : rows_of(i)) keys.insert(key_of(row, document.pages[i]->number));
      for (const auto& key : keys) ++counts[key];
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
      std::erase_if(rows_of(i), [&](const Words& row) {
        const auto count = counts[key_of(row, document.pages[i]->number)];
        return static_cast<double>(count) < kMost * static_cast<double>(result.size());
      });
    }
  }
  return result;
}

}  // namespace recast::engines::pdf2office
