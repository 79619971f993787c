#include "engines/qpdf/worker/outline.hpp"

namespace recast::engines::qpdf {

struct Outline::Walk {
  const Source& source;
  const std::function<bool(const Object& item)>& is_dead;
  Visited visited;
};

// Not libqpdf's copy of the whole chain: it goes from each bookmark to the next by recursion.
std::vector<Outline::Item> Outline::read(Walk& walk, const Object& first, int depth) {
  std::vector<Item> level;
  if (depth > kDeepest) return level;
  auto& document = walk.source.document();
  for (auto item = first; item.isDictionary() && walk.visited.first_time(item); item = member(item, "/Next")) {
    auto bare = Object::newDictionary();
    for (const auto* const key : {"/Title", "/Dest", "/A", "/C", "/F"}) {
      if (item.hasKey(key)) bare.replaceKey(key, item.getKey(key));
    }
    auto copy = copy_into(target_, document, bare);
    auto kids = read(walk, member(item, "/First"), depth + 1);
    if (walk.is_dead(copy)) {
      if (kids.empty()) continue;
      copy.removeKey("/Dest");
      copy.removeKey("/A");
    }
    auto count = member(item, "/Count");
    const bool open = count.isInteger() && count.getIntValue() > 0;
    level.push_back({copy, open, std::move(kids)});
  }
  return level;
}

void Outline::add(const Source& source, const std::function<bool(const Object& item)>& is_dead) {
  Walk walk{source, is_dead, {}};
  auto level = read(walk, member(member(source.root(), "/Outlines"), "/First"), 0);
  items_.insert(items_.end(), std::make_move_iterator(level.begin()), std::make_move_iterator(level.end()));
}

/// The number of bookmarks that are seen while `parent` is open.
long long Outline::link(const std::vector<Item>& level, Object parent) {
  long long seen = 0;
  for (std::size_t at = 0; at < level.size(); ++at) {
    auto item = level[at].object;
    item.replaceKey("/Parent", parent);
    if (at > 0) item.replaceKey("/Prev", level[at - 1].object);
    if (at + 1 < level.size()) item.replaceKey("/Next", level[at + 1].object);
    ++seen;
    if (level[at].kids.empty()) continue;
    const auto below = link(level[at].kids, item);
    item.replaceKey("/Count", Object::newInteger(level[at].open ? below : -below));
    if (level[at].open) seen += below;
  }
  if (!level.empty()) {
    parent.replaceKey("/First", level.front().object);
    parent.replaceKey("/Last", level.back().object);
  }
  return seen;
}

void Outline::finish() {
  if (items_.empty()) return;
  auto root = target_.makeIndirectObject(Object::newDictionary());
  root.replaceKey("/Type", Object::newName("/Outlines"));
  root.replaceKey("/Count", Object::newInteger(link(items_, root)));
  target_.getRoot().replaceKey("/Outlines", root);
}

}  // namespace recast::engines::qpdf
