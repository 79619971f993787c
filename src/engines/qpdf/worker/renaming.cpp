#include "engines/qpdf/worker/renaming.hpp"

namespace recast::engines::qpdf {

namespace {

class Renaming {
 public:
  explicit Renaming(const NewNames& names) : names_(names) {}

  /// A link annotation, a bookmark, a field or a page: what may hold a destination or actions.
  void holder(Object object) {
    if (!object.isDictionary() || !visited_.first_time(object)) return;
    destination(object, "/Dest");
    action(member(object, "/A"), 0);
    auto additional = member(object, "/AA");
    if (!additional.isDictionary()) return;
    for (const auto& key : additional.getKeys()) action(additional.getKey(key), 0);
  }

  /// A bookmark with all that follow and lie below.
  void bookmarks(Object item, int depth) {
    for (; item.isDictionary() && depth < kDeepest; item = member(item, "/Next")) {
      if (!bookmarks_.first_time(item)) return;
      holder(item);
      bookmarks(member(item, "/First"), depth + 1);
    }
  }

 private:
  void destination(Object object, const std::string& key) {
    auto value = member(object, key);
    if (value.isString()) {
      const auto found = names_.strings.find(value.getStringValue());
      if (found != names_.strings.end()) object.replaceKey(key, Object::newString(found->second));
    } else if (value.isName()) {
      const auto found = names_.names.find(value.getName());
      if (found != names_.names.end()) object.replaceKey(key, Object::newName(found->second));
    }
  }

  void action(Object object, int depth) {
    if (!object.isDictionary() || depth > kDeepest || !visited_.first_time(object)) return;
    if (is_name(member(object, "/S"), "/GoTo")) destination(object, "/D");
    auto next = member(object, "/Next");
    action(next, depth + 1);
    for (const auto& one : items(next)) action(one, depth + 1);
  }

  const NewNames& names_;
  Visited visited_;
  Visited bookmarks_;
};

}  // namespace

void rename_destinations(const Source& source, const NewNames& names) {
  if (names.strings.empty() && names.names.empty()) return;
  Renaming renaming(names);
  for (std::size_t page = 0; page < source.pages(); ++page) {
    for (const auto& annotation : source.annotations(page)) renaming.holder(annotation);
    renaming.holder(source.content(page));
  }
  for (const auto& field : source.fields().nodes()) renaming.holder(field.object);
  renaming.bookmarks(member(member(source.root(), "/Outlines"), "/First"), 0);
}

}  // namespace recast::engines::qpdf
