#pragma once

#include <memory>
#include <qpdf/PDFVersion.hh>

#include "engines/qpdf/worker/fields.hpp"
#include "engines/qpdf/worker/objects.hpp"

namespace recast::engines::qpdf {

/// A document whose pages are to be copied elsewhere. It is taken apart in memory, so that a copy of one page brings
/// along neither other pages nor the whole form, and so that links to a page that is copied later are not lost, as they
/// are with libqpdf's own copies.
class Source {
 public:
  /// Pages that share their resources would each bring along the pictures of all: `trimmed` ones keep what they show.
  /// May throw what libqpdf throws.
  explicit Source(std::shared_ptr<QPDF> document, const std::set<std::size_t>& trimmed = {});

  QPDF& document() const { return *document_; }
  Object root() const { return document_->getRoot(); }
  /// Asked of libqpdf once: it finds it out by a regular expression.
  const PDFVersion& version() const { return version_; }
  std::size_t pages() const { return stubs_.size(); }
  /// What references to the page lead to; it holds nothing any more.
  const Object& stub(std::size_t page) const { return stubs_.at(page); }
  /// What it held, without annotations: a direct dictionary.
  const Object& content(std::size_t page) const { return contents_.at(page); }
  const std::vector<Object>& annotations(std::size_t page) const { return annotations_.at(page); }
  const SourceFields& fields() const { return fields_; }

 private:
  void take_apart(Object page);

  std::shared_ptr<QPDF> document_;
  PDFVersion version_;
  std::vector<Object> stubs_;
  std::vector<Object> contents_;
  std::vector<std::vector<Object>> annotations_;
  SourceFields fields_;
};

}  // namespace recast::engines::qpdf
