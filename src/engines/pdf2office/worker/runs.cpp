#include <cmath>

#include "engines/pdf2office/worker/flow.hpp"
#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kTab = 2;  // em

bool goes_on_small(const Word& word) {
  const auto letters = decode(word.text);
  return !letters.empty() && is_lower(letters.front());
}

bool meet_without_space(std::u32string_view text, const Word& next) {
  const auto letters = decode(next.text);
  return !text.empty() && !letters.empty() && is_ideograph(text.back()) && is_ideograph(letters.front());
}

/// A word's text with what parts it from the next one.
std::string text_before(const Word& word, const Word& next, bool line_ends, bool one_line) {
  auto letters = decode(word.text);
  const auto size = letters.size();
  if (line_ends && size > 1 && letters.back() == '-' && is_letter(letters[size - 2]) && goes_on_small(next)) {
    letters.pop_back();
    return encode(letters);
  }
  if (line_ends && letters.back() == 0xAD) {
    letters.pop_back();
    return encode(letters);
  }
  if (one_line && next.x0 - word.x1 > kTab * word.size) return word.text + '\t';
  if (!line_ends && is_glued(word, next)) return word.text;
  if (line_ends && meet_without_space(letters, next)) return word.text;
  return word.text + ' ';
}

bool look_alike(const Run& a, const Run& b) {
  return a.bold == b.bold && a.face->italic == b.face->italic && a.face->mono == b.face->mono && a.size == b.size &&
         a.face->family == b.face->family && a.colour == b.colour;
}

}  // namespace

Words words_of(const Paragraph& paragraph) {
  Words words;
  for (const auto& line : paragraph.lines) words.insert(words.end(), line.begin(), line.end());
  return words;
}

std::vector<Run> runs_of(const Paragraph& paragraph) {
  std::vector<Run> runs;
  const auto& lines = paragraph.lines;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    for (std::size_t w = l == 0 && paragraph.kind == Kind::bullet ? 1 : 0; w < lines[l].size(); ++w) {
      const auto& word = *lines[l][w];
      const bool line_ends = w + 1 == lines[l].size();
      const Word* next = nullptr;
      if (!line_ends) next = lines[l][w + 1];
      if (line_ends && l + 1 < lines.size()) next = lines[l + 1].front();
      Run run{.text = next == nullptr ? word.text : text_before(word, *next, line_ends, lines.size() == 1),
              .face = word.face,
              .bold = word.bold,
              .size = std::nearbyint(word.size * 2) / 2,
              .colour = word.colour};
      if (!runs.empty() && look_alike(runs.back(), run)) {
        runs.back().text += run.text;
      } else {
        runs.push_back(std::move(run));
      }
    }
  }
  return runs;
}

}  // namespace recast::engines::pdf2office
