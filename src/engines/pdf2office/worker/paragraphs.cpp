#include <algorithm>
#include <cmath>
#include <map>

#include "engines/pdf2office/worker/flow.hpp"
#include "engines/pdf2office/worker/markers.hpp"
#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

double end_of(const Words& line) {
  double end = line.front()->x1;
  for (const auto* word : line) end = std::max(end, word->x1);
  return end;
}

/// The size most of a line's letters have.
double size_of(const Words& line) {
  std::map<double, std::size_t> letters;
  for (const auto* word : line) letters[word->size] += word->length;
  double best = line.front()->size;
  for (const auto& [size, count] : letters) {
    if (count > letters[best]) best = size;
  }
  return best;
}

bool is_bullet(const Words& line) {
  if (is_bullet_sign(line.front()->text)) return true;
  return line.front()->text == "o" && line.size() > 1 && line[1]->x0 - line[0]->x1 > 0.6 * line[0]->size;
}

bool is_bold(const Words& line) {
  return std::ranges::all_of(line, [](const Word* word) { return word->bold; });
}

bool has_tab(const Words& line, double em) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i + 1]->x0 - line[i]->x1 > 2 * em) return true;
  }
  return false;
}

/// The lines of one column, and what is usual among them.
class Column {
 public:
  explicit Column(const Words& words) : lines_(text_rows(words)) {
    if (lines_.empty()) return;
    left_ = lines_.front().front()->x0;
    right_ = end_of(lines_.front());
    for (const auto& line : lines_) {
      left_ = std::min(left_, line.front()->x0);
      right_ = std::max(right_, end_of(line));
      sizes_.push_back(size_of(line));
    }
    usual_ = usual_pitch();
    const auto full = std::ranges::count_if(lines_, [&](const Words& line) { return end_of(line) > right_ - 12; });
    ragged_ = static_cast<double>(full) < 0.5 * static_cast<double>(lines_.size());
  }

  std::vector<Paragraph> paragraphs() {
    std::vector<Paragraph> out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (out.empty() || starts(i, out.back())) {
        Paragraph next;
        const auto& line = lines_[i];
        if (line.size() > 1 && is_bullet(line)) {
          next.kind = Kind::bullet;
        } else if (line.size() > 1 && is_number_marker(line.front()->text)) {
          next.kind = Kind::numbered;
        }
        next.size = sizes_[i];
        next.left = left_;
        next.right = right_;
        next.x0 = line.front()->x0;
        out.push_back(std::move(next));
      }
      out.back().lines.push_back(lines_[i]);
      out.back().x0 = std::min(out.back().x0, lines_[i].front()->x0);
    }
    for (auto& paragraph : out) finish(paragraph);
    return out;
  }

 private:
  double usual_pitch() const;
  bool starts(std::size_t index, const Paragraph& current) const;
  bool is_aligned(const Words& line, const Paragraph& current, double em, bool centred) const;
  bool is_centred(const Words& line) const {
    return std::abs((line.front()->x0 + end_of(line)) - (left_ + right_)) < 6;
  }
  void finish(Paragraph& paragraph) const;
  void align(Paragraph& paragraph) const;

  Rows lines_;
  double left_ = 0;
  double right_ = 0;
  std::vector<double> sizes_;
  double usual_ = 1.2;  // pitch in em
  bool ragged_ = false;
};

double Column::usual_pitch() const {
  constexpr double kUnknown = 1.2, kLeast = 1.0, kMost = 1.9;
  std::vector<double> pitches;
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
    if (std::abs(sizes_[i] - sizes_[i + 1]) >= 0.6) continue;
    pitches.push_back((lines_[i + 1].front()->base - lines_[i].front()->base) / sizes_[i]);
  }
  std::ranges::sort(pitches);
  return std::clamp(pitches.empty() ? kUnknown : pitches[pitches.size() * 3 / 10], kLeast, kMost);
}

/// Whether a line stands where the next one of its paragraph should. The second may start anywhere after a marker or an
/// indent; the rest as the second.
bool Column::is_aligned(const Words& line, const Paragraph& current, double em, bool centred) const {
  const auto x = line.front()->x0;
  if (current.lines.size() > 1) return std::abs(x - current.lines[1].front()->x0) < 2 || centred;
  const auto& head = current.lines.front();
  const bool hanging = current.kind == Kind::bullet || current.kind == Kind::numbered;
  if (hanging && head.size() > 1 && std::abs(x - head[1]->x0) < 1.5 * em) return true;
  const auto indent = head.front()->x0 - x;
  return std::abs(indent) < 2 || (!hanging && indent > 0 && indent < 4 * em) || centred;
}

bool Column::starts(std::size_t index, const Paragraph& current) const {
  const auto& line = lines_[index];
  const auto& last = lines_[index - 1];
  const auto size = sizes_[index], em = std::max(size, 4.0);
  const auto gap = line.front()->base - last.front()->base;
  const bool other_size = std::abs(size - current.size) > 0.6;
  const bool turned = is_right_to_left(line), last_turned = is_right_to_left(last);
  if (turned && last_turned) {
    return other_size || gap > 1.22 * usual_ * em || last.front()->x0 > left_ + 3 * em;
  }
  const bool centred = is_centred(line) && is_centred(last) && line.front()->x0 > left_ + 10;
  const auto first_word = line.front()->x1 - line.front()->x0;
  const bool fits = end_of(last) + 0.3 * em + first_word < right_ - (ragged_ ? 1.5 : 0.8) * em;
  const bool marked = is_bullet(line) ||
                      (is_number_marker(line.front()->text) && line.front()->x0 <= current.x0 + 3 && line.size() > 1);
  const bool far = gap > std::max(1.22 * usual_ * em, 1.0 * em) || gap < 0.5 * em;
  return has_tab(line, em) || has_tab(last, em) || other_size || far || marked || is_bold(line) != is_bold(last) ||
         !is_aligned(line, current, em, centred) || (fits && !centred) || turned != last_turned;
}

void Column::align(Paragraph& paragraph) const {
  const auto& lines = paragraph.lines;
  const auto start = [&](const Words& line) { return line.front()->x0 - left_; };
  const auto rest = [&](const Words& line) { return right_ - end_of(line); };
  const auto all = [&](const auto& is) { return std::ranges::all_of(lines, is); };
  if (all([&](const Words& line) { return std::abs(start(line) - rest(line)) < 4 && start(line) > 8; })) {
    paragraph.align = Align::center;
  } else if (all([&](const Words& line) { return rest(line) < 3 && start(line) > 20; })) {
    paragraph.align = Align::right;
  } else {
    if (lines.size() <= 2) return;
    const auto full =
        std::count_if(lines.begin(), lines.end() - 1, [&](const Words& line) { return rest(line) < 2.5; });
    if (static_cast<double>(full) >= 0.8 * static_cast<double>(lines.size() - 1)) paragraph.align = Align::justify;
    return;
  }
  paragraph.indent = paragraph.first = 0;
}

void Column::finish(Paragraph& paragraph) const {
  auto& lines = paragraph.lines;
  const auto& head = lines.front();
  paragraph.x1 = end_of(head);
  for (const auto& line : lines) paragraph.x1 = std::max(paragraph.x1, end_of(line));
  const auto top = head.front()->base, bottom = lines.back().front()->base;
  paragraph.y0 = top - 0.8 * paragraph.size;
  paragraph.y1 = bottom + 0.2 * paragraph.size;
  paragraph.pitch = lines.size() > 1 ? (bottom - top) / static_cast<double>(lines.size() - 1) : usual_ * paragraph.size;
  auto rest = lines.size() > 1 ? lines[1].front()->x0 : head.front()->x0;
  for (std::size_t i = 1; i < lines.size(); ++i) rest = std::min(rest, lines[i].front()->x0);
  if (paragraph.kind != Kind::text) rest = head[1]->x0;
  paragraph.indent = rest - left_;
  paragraph.first = head.front()->x0 - rest;
  if (paragraph.kind == Kind::text && right_ - left_ > 50) align(paragraph);
  for (auto& line : lines) line = in_reading_order(line);
}

}  // namespace

std::vector<Paragraph> paragraphs_of(const Words& words) { return Column(words).paragraphs(); }

}  // namespace recast::engines::pdf2office
