#include "engines/qpdf/worker/structure.hpp"

#include <optional>

namespace recast::engines::qpdf {

namespace {

constexpr long long kLargestNumber = 1'000'000'000;

/// Moves the numbers by which parts of a document know their tags, or takes them away where it has none.
class Renumbering {
 public:
  explicit Renumbering(std::optional<long long> offset) : offset_(offset) {}

  void all(const Source& source) {
    for (std::size_t page = 0; page < source.pages(); ++page) {
      one(source.content(page));
      for (const auto& annotation : source.annotations(page)) one(annotation);
      resources(member(source.content(page), "/Resources"), 0);
    }
  }

 private:
  void one(Object object) {
    if (!visited_.first_time(object)) return;
    for (const auto* const key : {"/StructParent", "/StructParents"}) {
      auto number = member(object, key);
      if (number.isNull()) continue;
      const bool sound = number.isInteger() && number.getIntValue() >= 0 && number.getIntValue() <= kLargestNumber;
      if (offset_ && sound)
        object.replaceKey(key, Object::newInteger(number.getIntValue() + *offset_));
      else
        object.removeKey(key);
    }
  }

  /// Pictures and drawings that pages use.
  void resources(const Object& object, int depth) {
    auto drawings = member(object, "/XObject");
    if (!drawings.isDictionary() || depth > kDeepest) return;
    for (const auto& key : drawings.getKeys()) {
      auto drawing = drawings.getKey(key);
      if (!drawing.isStream() || !drawings_.first_time(drawing)) continue;
      one(drawing.getDict());
      resources(member(drawing.getDict(), "/Resources"), depth + 1);
    }
  }

  std::optional<long long> offset_;
  Visited visited_;
  Visited drawings_;
};

void take_new(Object& into, Object from) {
  if (!from.isDictionary()) return;
  for (const auto& key : from.getKeys()) {
    if (!into.hasKey(key)) into.replaceKey(key, from.getKey(key));
  }
}

}  // namespace

void Structure::make_unique(const Source& source) {
  const bool tagged = member(source.root(), "/StructTreeRoot").isDictionary();
  complete_ = complete_ && tagged;
  offset_ = next_;
  if (!tagged) return Renumbering(std::nullopt).all(source);
  if (offset_ > 0) Renumbering(offset_).all(source);
}

void Structure::add(const Source& source) {
  auto original = member(source.root(), "/StructTreeRoot");
  if (!original.isDictionary()) return;
  auto copy = copy_into(target_, source.document(), original);
  if (!copy.isDictionary()) return;
  if (root_.isNull()) root_ = target_.makeIndirectObject(Object::newDictionary());
  add_kids(source, copy);
  for (const auto& [number, parents] : read_numbers(member(copy, "/ParentTree"))) {
    if (number < 0 || number > kLargestNumber) continue;
    parents_.emplace(number + offset_, parents);
    next_ = std::max(next_, number + offset_ + 1);
  }
  for (const auto& [name, element] : read_names(member(copy, "/IDTree"))) ids_.emplace(name, element);
  take_new(roles_, member(copy, "/RoleMap"));
  take_new(classes_, member(copy, "/ClassMap"));
}

void Structure::add_kids(const Source& source, const Object& copy) {
  auto kids = member(copy, "/K");
  auto language = member(source.root(), "/Lang");
  for (auto kid : kids.isArray() ? items(kids) : std::vector<Object>{kids}) {
    if (!kid.isDictionary()) continue;
    kid.replaceKey("/P", root_);
    // The document's language is the first source's.
    if (language.isString() && !kid.hasKey("/Lang"))
      kid.replaceKey("/Lang", Object::newString(language.getStringValue()));
    kids_.appendItem(kid);
  }
}

void Structure::finish() {
  if (kids_.getArrayNItems() == 0) return;
  root_.replaceKey("/Type", Object::newName("/StructTreeRoot"));
  root_.replaceKey("/K", kids_);
  root_.replaceKey("/ParentTree", write_numbers(target_, parents_));
  root_.replaceKey("/ParentTreeNextKey", Object::newInteger(next_));
  if (!ids_.empty()) root_.replaceKey("/IDTree", write_names(target_, ids_));
  if (!roles_.getKeys().empty()) root_.replaceKey("/RoleMap", roles_);
  if (!classes_.getKeys().empty()) root_.replaceKey("/ClassMap", classes_);
  target_.getRoot().replaceKey("/StructTreeRoot", root_);
  if (!complete_) return;
  auto marks = Object::newDictionary();
  marks.replaceKey("/Marked", Object::newBool(true));
  target_.getRoot().replaceKey("/MarkInfo", marks);
}

}  // namespace recast::engines::qpdf
