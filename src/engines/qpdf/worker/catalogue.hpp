#pragma once

#include <span>
#include <vector>

#include "engines/qpdf/worker/source.hpp"

/// What a document's catalogue says besides pages, bookmarks, names and form.
namespace recast::engines::qpdf {

/// Layers (optional content): without this list those that are hidden would be seen.
class Layers {
 public:
  explicit Layers(QPDF& target) : target_(target) {}
  void add(const Source& source);
  void finish();

 private:
  QPDF& target_;
  Object groups_ = Object::newArray();
  Object settings_ = Object::newDictionary();
};

/// The numbers pages are shown with, such as "iv".
class Labels {
 public:
  explicit Labels(QPDF& target) : target_(target) {}
  /// For pages that are put into the target as number `first` and so on.
  void add(const Source& source, std::span<const std::size_t> pages, std::size_t first);
  void finish();

 private:
  QPDF& target_;
  bool any_ = false;
  std::vector<Object> numbers_;
};

/// Title, author, language and how the document is to be shown: those of the first document.
void take_presentation(QPDF& target, const Source& source);

}  // namespace recast::engines::qpdf
