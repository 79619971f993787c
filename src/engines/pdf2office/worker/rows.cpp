#include "engines/pdf2office/worker/rows.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace recast::engines::pdf2office {

namespace {

constexpr double kSameRow = 0.4;  // in parts of the letters' size, as those below
constexpr double kSmall = 0.8;
constexpr double kRaised = 0.5;

double largest(const Words& row) {
  double size = 0;
  for (const auto* word : row) size = std::max(size, word->size);
  return size;
}

}  // namespace

Rows text_rows(Words words) {
  std::ranges::stable_sort(
      words, [](const Word* a, const Word* b) { return std::tie(a->base, a->x0) < std::tie(b->base, b->x0); });
  Rows rows;
  for (const auto* word : words) {
    const auto* const first = rows.empty() ? nullptr : rows.back().front();
    if (first != nullptr && word->base - first->base <= kSameRow * std::max(4.0, std::min(word->size, first->size))) {
      rows.back().push_back(word);
    } else {
      rows.push_back({word});
    }
  }
  for (std::size_t i = rows.size(); i-- > 1;) {
    auto& above = rows[i - 1];
    auto& below = rows[i];
    const auto size = std::max(largest(above), largest(below));
    const auto small = std::min(largest(above), largest(below));
    if (small > kSmall * size || std::abs(above.front()->base - below.front()->base) > kRaised * size) continue;
    if (largest(below) > largest(above)) std::swap(above, below);
    above.insert(above.end(), below.begin(), below.end());
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (auto& row : rows) std::ranges::stable_sort(row, {}, &Word::x0);
  return rows;
}

Rows chunks_of(const Words& row) {
  Rows chunks;
  double end = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto* const word = row[i];
    if (i == 0 || word->x0 - end > kChunkGap * std::max(row[i - 1]->size, word->size)) {
      chunks.push_back({word});
      end = word->x1;
    } else {
      chunks.back().push_back(word);
      end = std::max(end, word->x1);
    }
  }
  return chunks;
}

Words in_reading_order(const Words& row) {
  if (!is_right_to_left(row)) return row;
  Words result, kept;
  for (auto at = row.rbegin(); at != row.rend(); ++at) {
    if ((*at)->right_to_left) {
      result.insert(result.end(), kept.rbegin(), kept.rend());
      kept.clear();
      result.push_back(*at);
    } else {
      kept.push_back(*at);
    }
  }
  result.insert(result.end(), kept.rbegin(), kept.rend());
  return result;
}

bool is_glued(const Word& one, const Word& next) {
  return one.after == After::glue && next.x0 - one.x1 < 0.15 * one.size;
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& row : text_rows(words)) {
    if (!text.empty()) text += '\n';
    const auto line = in_reading_order(row);
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i]->text;
      if (i + 1 < line.size() && !is_glued(*line[i], *line[i + 1])) text += ' ';
    }
  }
  return text;
}

Box bounds(const Words& words) {
  Box box;
  if (words.empty()) return box;
  box = *words.front();
  for (const auto* word : words) {
    box = {std::min(box.x0, word->x0), std::min(box.y0, word->y0), std::max(box.x1, word->x1),
           std::max(box.y1, word->y1)};
  }
  return box;
}

}  // namespace recast::engines::pdf2office
