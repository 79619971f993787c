#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

/// The form fields of a document, detached from each other: each can be copied without all the others.
class SourceFields {
 public:
  struct Node {
    Object object;
    int parent = -1;    ///< index of the node above; -1: a root
    bool leaf = false;  ///< has no kids: a widget, or a field that is not shown
  };

  SourceFields() = default;
  /// Changes the document: fields and widgets lose /Parent and /Kids.
  SourceFields(QPDF& document, const std::vector<std::vector<Object>>& annotations);

  const std::vector<Node>& nodes() const { return nodes_; }
  bool empty() const { return nodes_.empty(); }
  /// Of the roots.
  const std::set<std::string>& names() const { return names_; }
  /// The interactive form itself: defaults and resources. Null if there is none.
  const Object& form() const { return form_; }

 private:
  void add(QPDF& document, Object object, int parent, int depth);

  Object form_ = Object::newNull();
  std::vector<Node> nodes_;
  std::set<std::string> names_;
  Visited visited_;
};

/// The form of a document that is made of others.
class TargetFields {
 public:
  explicit TargetFields(QPDF& target) : target_(target) {}

  /// One time that some fields of a source are taken over. If a page is taken twice, its fields are, under other names.
  struct Take {
    QPDF* source = nullptr;
    const SourceFields* fields = nullptr;
    std::function<bool(const Object& leaf)> wanted;     ///< by the source's object
    std::function<Object(const Object& leaf)> copy_of;  ///< in the target
    bool again = false;                                 ///< these fields are there once already
  };
  void add(const Take& take);
  /// Writes the form into the target's catalogue, if there is one.
  void finish();

 private:
  class Placing;
  std::map<std::string, std::string> take_resources(const Take& take);

  QPDF& target_;
  Object roots_ = Object::newArray();
  Object resources_ = Object::newDictionary();
  Object order_ = Object::newArray();
  bool needs_appearances_ = false;
  std::set<std::string> names_;
};

/// A default appearance ("/Helv 12 Tf 0 g") with its fonts under new names.
std::string rename_fonts(const std::string& appearance, const std::map<std::string, std::string>& fonts);

}  // namespace recast::engines::qpdf
