#pragma once

#include <string>
#include <vector>

#include "engines/pdf2office/worker/flow.hpp"

namespace recast::engines::pdf2office::pptx {

/// English metric units, in which slides are measured; never 0.
long long emu(double points);

/// The shapes of one slide.
class Slide {
 public:
  /// `scale` fits the page into the presentation's size.
  Slide(const FlowPage& page, double scale, bool has_paper) : page_(page), scale_(scale), has_paper_(has_paper) {}

  /// `paper`: relation of the picture behind everything, empty if there is none.
  std::string shapes(const std::string& paper);

 private:
  std::string box_xml(const char* space, const Box& box) const;
  std::string paragraph_xml(const Paragraph& paragraph, double above) const;
  std::string text_box(const std::vector<const Paragraph*>& paragraphs);
  std::string table(const TableBlock& block);
  std::string cell_xml(const TableBlock& block, std::size_t row, std::size_t column) const;
  std::string column_of(const std::vector<Block>& blocks);

  const FlowPage& page_;
  double scale_;
  bool has_paper_;
  int ids_ = 1;
};

}  // namespace recast::engines::pdf2office::pptx
