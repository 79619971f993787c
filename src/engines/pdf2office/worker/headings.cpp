#include "engines/pdf2office/worker/headings.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace recast::engines::pdf2office {

namespace {

constexpr double kLarger = 1.15;
constexpr int kDeepest = 6;

bool has_letters(const Words& words) {
  return std::ranges::any_of(words, [](const Word* word) { return word->letters > 0; });
}

bool is_large(const Paragraph& paragraph, double body) {
  constexpr std::size_t kMostLines = 3, kMostWords = 25;
  const auto words = words_of(paragraph);
  return paragraph.size >= kLarger * body && paragraph.lines.size() <= kMostLines && words.size() <= kMostWords &&
         has_letters(words);
}

bool is_bold_line(const Paragraph& paragraph, double body) {
  constexpr std::size_t kMostWords = 12;
  if (paragraph.lines.size() != 1 || paragraph.size < 0.95 * body || paragraph.align == Align::right) return false;
  const auto& words = paragraph.lines.front();
  const auto last = words.back()->text.back();
  return words.size() <= kMostWords && last != ':' && last != ',' && last != ';' && has_letters(words) &&
         std::ranges::all_of(words, [](const Word* word) { return word->bold; });
}

std::vector<double> distinct_sizes(const std::vector<Paragraph*>& large) {
  std::set<double, std::greater<>> sizes;
  for (const auto* paragraph : large) sizes.insert(std::nearbyint(paragraph->size * 2) / 2);
  std::vector<double> result;
  for (const auto size : sizes) {
    if (result.empty() || result.back() - size > 0.6) result.push_back(size);
  }
  return result;
}

}  // namespace

void mark_headings(Flow& flow) {
  std::vector<Paragraph*> all, large;
  for (auto& page : flow.pages) {
    for (auto& band : page.bands) {
      for (auto& column : band.columns) {
        for (auto& block : column) {
          auto* const paragraph = std::get_if<Paragraph>(&block);
          if (paragraph == nullptr || paragraph->kind == Kind::bullet) continue;
          all.push_back(paragraph);
          if (is_large(*paragraph, flow.body)) large.push_back(paragraph);
        }
      }
    }
  }
  const auto sizes = distinct_sizes(large);
  for (auto* paragraph : large) {
    const auto nearest =
        std::ranges::min_element(sizes, {}, [&](double size) { return std::abs(size - paragraph->size); });
    paragraph->kind = Kind::heading;
    paragraph->level = std::min(kDeepest, 1 + static_cast<int>(nearest - sizes.begin()));
  }
  for (auto* paragraph : all) {
    if (paragraph->kind == Kind::heading || !is_bold_line(*paragraph, flow.body)) continue;
    paragraph->kind = Kind::heading;
    paragraph->level = std::min(kDeepest, static_cast<int>(sizes.size()) + 1);
  }
}

}  // namespace recast::engines::pdf2office
