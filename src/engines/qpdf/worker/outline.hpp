#pragma once

#include <functional>
#include <vector>

#include "engines/qpdf/worker/source.hpp"

namespace recast::engines::qpdf {

/// The bookmarks of a document that is made of others: theirs, one document's after the other's.
class Outline {
 public:
  explicit Outline(QPDF& target) : target_(target) {}

  /// After the pages and names of the source are copied. A bookmark that `is_dead` is left out, or leads nowhere if
  /// others lie below it.
  void add(const Source& source, const std::function<bool(const Object& item)>& is_dead);
  /// Writes them into the target's catalogue, if there are any.
  void finish();

 private:
  struct Item {
    Object object;
    bool open = false;
    std::vector<Item> kids;
  };
  struct Walk;

  std::vector<Item> read(Walk& walk, const Object& first, int depth);
  long long link(const std::vector<Item>& level, Object parent);

  QPDF& target_;
  std::vector<Item> items_;
};

}  // namespace recast::engines::qpdf
