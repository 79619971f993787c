#include "engines/pdf2office/worker/tables.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/text.hpp"
#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostWords = 20'000;  // of a page; the search for columns takes their square
constexpr std::size_t kAround = 3;          // signs that may stand on either side of a value

bool is_in_number(char32_t letter) {
  return is_decimal(letter) || letter == '.' || letter == ',' || letter == 0xA0 || letter == ' ';
}

/// [-+(]? [digits . , blanks]* digit [digits . ,]* )?
bool is_number_like(std::u32string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+' || text.front() == '(')) text.remove_prefix(1);
  if (!text.empty() && text.back() == ')') text.remove_suffix(1);
  bool digit = false;
  for (const auto letter : text) {
    if (!is_in_number(letter)) return false;
    if (letter == ' ' || letter == 0xA0) digit = false;
    digit = digit || is_decimal(letter);
  }
  return digit;
}

bool is_dash(char32_t letter) {
  return letter == '-' || letter == 0x2013 || letter == 0x2014 || letter == '.' || letter == '*';
}

}  // namespace

bool is_value(std::string_view text) {
  const auto letters = decode(text);
  const std::u32string_view all = letters;
  if (std::ranges::all_of(all, &is_dash)) return true;
  if (equal_ignoring_case(text, "na") || equal_ignoring_case(text, "n/a")) return true;
  for (std::size_t before = 0; before <= kAround && before < all.size(); ++before) {
    if (before > 0 && all[before - 1] == '\n') break;
    for (std::size_t after = 0; after <= kAround && before + after < all.size(); ++after) {
      if (after > 0 && all[all.size() - after] == '\n') break;
      if (is_number_like(all.substr(before, all.size() - before - after))) return true;
    }
  }
  return false;
}

bool is_inside(const Word& word, const Box& box) {
  const auto x = (word.x0 + word.x1) / 2, y = (word.y0 + word.y1) / 2;
  return x >= box.x0 - 1 && x <= box.x1 + 1 && y >= box.y0 - 1 && y <= box.y1 + 1;
}

void set_texts(Grid& grid) {
  for (auto& row : grid) {
    for (auto& cell : row) cell.text = joined(cell.words);
  }
}

std::vector<Table> page_tables(const Page& page) {
  if (page.words.size() > kMostWords) return {};
  auto tables = ruled_tables(page);
  auto white = white_tables(page, tables);
  std::ranges::move(white, std::back_inserter(tables));
  std::ranges::stable_sort(tables,
                           [](const Table& a, const Table& b) { return std::tie(a.y0, a.x0) < std::tie(b.y0, b.x0); });
  return tables;
}

}  // namespace recast::engines::pdf2office
