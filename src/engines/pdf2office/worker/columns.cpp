#include "engines/pdf2office/worker/columns.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kNarrowest = 7;  // points of a corridor
constexpr double kColumn = 60;    // points
constexpr std::size_t kFewRows = 4;
constexpr std::size_t kMostWords = 20'000;  // the search takes rows times words

using Corridors = std::vector<Corridor>;

/// A row of words, or a block, which is a full row of its column.
struct Item {
  double y = 0;
  Words row;
  std::optional<std::size_t> block;
  std::vector<std::pair<double, double>> spans;
};

struct Group {
  std::size_t first = 0;
  std::size_t end = 0;
  Corridors corridors;
};

std::vector<Item> items_of(const Words& words, const std::vector<Block>& blocks) {
  std::vector<Item> items;
  for (auto& row : text_rows(words)) {
    Item item{.y = row.front()->base, .row = {}, .block = {}, .spans = {}};
    for (const auto* word : row) item.spans.emplace_back(word->x0, word->x1);
    item.row = std::move(row);
    items.push_back(std::move(item));
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& box = box_of(blocks[i]);
    items.push_back({.y = box.y0, .row = {}, .block = i, .spans = {{box.x0, box.x1}}});
  }
  std::ranges::stable_sort(items, {}, &Item::y);
  return items;
}

Corridors cut(Corridors free, const Item& item) {
  for (const auto& [a, b] : item.spans) {
    Corridors rest;
    for (const auto& [low, high] : free) {
      if (std::min(high, a) - low >= kNarrowest) rest.emplace_back(low, std::min(high, a));
      if (high - std::max(low, b) >= kNarrowest) rest.emplace_back(std::max(low, b), high);
    }
    free = std::move(rest);
  }
  return free;
}

/// The width of what stands on one side of a corridor, row by row.
struct Side {
  std::size_t rows = 0;
  double width = 0;
  double low = 0, high = 0;
  bool open = false;

  void add(double a, double b) {
    low = open ? std::min(low, a) : a;
    high = open ? std::max(high, b) : b;
    open = true;
  }
  void close() {
    if (!open) return;
    ++rows;
    width += high - low;
    open = false;
  }
  bool is_column() const { return rows >= kFewRows && width > kColumn * static_cast<double>(rows); }
};

bool has_sides(std::span<const Item> group, const Corridor& corridor) {
  const auto centre = middle(corridor);
  Side left, right;
  for (const auto& item : group) {
    for (const auto& [a, b] : item.spans) {
      if (b <= centre) left.add(a, b);
      if (a >= centre) right.add(a, b);
    }
    left.close();
    right.close();
  }
  return left.is_column() && right.is_column();
}

Corridors usable(std::span<const Item> group, const Corridors& free) {
  Corridors result;
  if (group.empty()) return result;
  for (const auto& one : free) {
    if (has_sides(group, one)) result.push_back(one);
  }
  return result;
}

class Splitter {
 public:
  Splitter(const std::vector<Item>& items, double width) : items_(items), width_(width), free_(everything()) {}

  std::vector<Group> split() {
    for (std::size_t i = 0; i < items_.size(); ++i) take(i);
    if (first_ < items_.size()) close(items_.size(), usable(range(items_.size()), free_));
    std::vector<Group> merged;
    for (auto& group : groups_) {  // neighbours without columns are one band
      if (!merged.empty() && group.corridors.empty() && merged.back().corridors.empty()) {
        merged.back().end = group.end;
      } else {
        merged.push_back(std::move(group));
      }
    }
    return merged;
  }

 private:
  Corridors everything() const { return {{0.0, width_}}; }
  std::span<const Item> range(std::size_t end) const { return std::span(items_).subspan(first_, end - first_); }
  void close(std::size_t end, Corridors corridors) {
    groups_.push_back({first_, end, std::move(corridors)});
    first_ = end;
  }

  void take(std::size_t i) {
    auto left = cut(free_, items_[i]);
    if (first_ < i) {
      auto had = usable(range(i), free_);
      const auto has = usable(range(i + 1), left);
      if (has.empty() && (!had.empty() || !may_begin(items_[i], left))) {
        close(i, std::move(had));
        left = cut(everything(), items_[i]);
      }
    }
    free_ = std::move(left);
  }

  /// No columns yet: whether a band of columns may be beginning, because a corridor inside the page is still free.
  bool may_begin(const Item& item, const Corridors& free) const {
    double x0 = item.spans.front().first;
    for (const auto& span : item.spans) x0 = std::min(x0, span.first);
    return std::ranges::any_of(free, [&](const Corridor& one) {
      return one.first > x0 && one.second < width_ * 0.9 && one.first > width_ * 0.1;
    });
  }

  const std::vector<Item>& items_;
  double width_;
  Corridors free_;
  std::size_t first_ = 0;
  std::vector<Group> groups_;
};

std::vector<ColumnContent> columns_of(std::span<Item> items, const Corridors& corridors) {
  std::vector<ColumnContent> columns(corridors.size() + 1);
  const auto column_at = [&](double a, double b) -> ColumnContent& {
    const auto passed =
        std::ranges::count_if(corridors, [&](const Corridor& one) { return (a + b) / 2 > middle(one); });
    return columns[static_cast<std::size_t>(passed)];
  };
  for (const auto& item : items) {
    if (item.block) column_at(item.spans.front().first, item.spans.front().second).blocks.push_back(*item.block);
    for (const auto* word : item.row) column_at(word->x0, word->x1).words.push_back(word);
  }
  return columns;
}

}  // namespace

std::vector<std::vector<ColumnContent>> bands_of(const Words& words, const std::vector<Block>& blocks,
                                                 const Page& page) {
  auto items = items_of(words, blocks);
  std::vector<std::vector<ColumnContent>> bands;
  if (items.empty()) return bands;
  std::vector<Group> groups;
  if (words.size() > kMostWords) {
    groups.push_back({0, items.size(), {}});
  } else {
    groups = Splitter(items, page.width).split();
  }
  for (const auto& group : groups) {
    bands.push_back(columns_of(std::span(items).subspan(group.first, group.end - group.first), group.corridors));
  }
  return bands;
}

}  // namespace recast::engines::pdf2office
