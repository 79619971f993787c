#pragma once

#include "engines/qpdf/worker/name_tree.hpp"
#include "engines/qpdf/worker/source.hpp"

namespace recast::engines::qpdf {

/// The tags of whole documents: what is a heading, a table, the description of a picture. Pages and tags know each
/// other by numbers, which are moved so that no two documents share one.
class Structure {
 public:
  explicit Structure(QPDF& target) : target_(target) {}

  /// Before the pages of the source are copied: changes its numbers.
  void make_unique(const Source& source);
  /// After they are copied, with their annotations.
  void add(const Source& source);
  /// Writes the tags into the target's catalogue, if there are any.
  void finish();

 private:
  void add_kids(const Source& source, const Object& copy);

  QPDF& target_;
  Object root_ = Object::newNull();
  Object kids_ = Object::newArray();
  NumberTree parents_;
  NameTree ids_;
  Object roles_ = Object::newDictionary();
  Object classes_ = Object::newDictionary();
  long long next_ = 0;    // the first number that no source has
  long long offset_ = 0;  // what was added to the numbers of the last one
  bool complete_ = true;  // every source has tags
};

}  // namespace recast::engines::qpdf
