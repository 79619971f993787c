#pragma once

#include <memory>
#include <qpdf/PDFVersion.hh>
#include <span>

#include "engines/qpdf/worker/catalogue.hpp"
#include "engines/qpdf/worker/fields.hpp"
#include "engines/qpdf/worker/names.hpp"
#include "engines/qpdf/worker/outline.hpp"
#include "engines/qpdf/worker/source.hpp"
#include "engines/qpdf/worker/structure.hpp"

namespace recast::engines::qpdf {

/// How much of a document goes into another one.
enum class Extent {
  document,   ///< all of it: tags, attachments, scripts and fields that no page shows, too
  selection,  ///< some pages, with the bookmarks and named destinations that lead to them
  page,       ///< a single page: no bookmarks, no names
};

/// A new document made of pages of others. The sources must live until it is written. May throw what libqpdf throws.
class Assembly {
 public:
  Assembly();

  /// Puts pages of a source at the end, in this order; a page may be among them several times. Once per source.
  void add(const Source& source, std::span<const std::size_t> pages, Extent extent);
  /// The document, complete.
  QPDF& finish();
  /// What of PDF the parts need.
  const PDFVersion& version() const { return version_; }

 private:
  struct Placed;

  std::vector<Placed> add_pages(const Source& source, std::span<const std::size_t> pages);
  void add_annotations(const Source& source, Placed& placed, Extent extent);
  void add_fields(const Source& source, const std::vector<Placed>& placed, Extent extent);

  std::unique_ptr<QPDF> target_;
  PDFVersion version_;
  Names names_;
  Outline outline_;
  TargetFields fields_;
  Layers layers_;
  Labels labels_;
  Structure structure_;
};

}  // namespace recast::engines::qpdf
