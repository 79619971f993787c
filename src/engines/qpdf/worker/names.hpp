#pragma once

#include <map>
#include <string>

#include "engines/qpdf/worker/name_tree.hpp"
#include "engines/qpdf/worker/source.hpp"

namespace recast::engines::qpdf {

/// What a document calls by name, gathered from several: named destinations, attachments and scripts. A name that an
/// earlier document has already is changed, and so is all that refers to it.
class Names {
 public:
  explicit Names(QPDF& target) : target_(target) {}

  /// Before the pages of the source are copied: changes names in the source that are taken.
  void make_unique(const Source& source);
  /// After its pages are copied. Destinations on pages that are not there are left out.
  void add_destinations(const Source& source);
  void add_attachments_and_scripts(const Source& source);
  /// Writes them into the target's catalogue.
  void finish();

  /// Whether a link annotation or a bookmark of the target would lead to a page that is not there. One without any
  /// destination leads nowhere, but was not meant to.
  bool is_dead(const Object& holder) const;

 private:
  static bool is_page(Object destination);

  QPDF& target_;
  NameTree strings_;  // destinations named by strings, in a tree
  NameTree names_;    // destinations named by names, as before PDF 1.2
  NameTree attachments_;
  NameTree scripts_;
  std::map<const Source*, std::pair<NameTree, NameTree>> sources_;  // what each has, under its new names
};

}  // namespace recast::engines::qpdf
