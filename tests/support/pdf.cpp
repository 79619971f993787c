#include "pdf.hpp"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <utility>

namespace recast::test {

std::vector<PageSize> page_sizes(std::string_view pdf) {
  QPDF document;
  document.processMemoryFile("test.pdf", pdf.data(), pdf.size());
  std::vector<PageSize> sizes;
  for (auto& page : QPDFPageDocumentHelper(document).getAllPages()) {
    const auto box = page.getAttribute("/MediaBox", false).getArrayAsRectangle();
    PageSize size{box.urx - box.llx, box.ury - box.lly};
    const auto turned = page.getAttribute("/Rotate", false);
    if (turned.isInteger() && turned.getIntValue() % 180 != 0) std::swap(size.width, size.height);
    sizes.push_back(size);
  }
  return sizes;
}

}  // namespace recast::test
