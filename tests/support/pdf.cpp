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
    auto media = page.getAttribute("/MediaBox", false);
    const auto box = media.getArrayAsRectangle();
    PageSize size{box.urx - box.llx, box.ury - box.lly};
    auto turned = page.getAttribute("/Rotate", false);
    if (turned.isInteger() && turned.getIntValue() % 180 != 0) std::swap(size.width, size.height);
    sizes.push_back(size);
  }
  return sizes;
}

std::string pdf_of_objects(const std::vector<std::string>& objects, std::string_view trailer) {
  std::string file = "%PDF-1.4\n", table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto offset = std::to_string(file.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    file += std::to_string(i + 1) + " 0 obj" + objects[i] + "\nendobj\n";
  }
  const auto count = std::to_string(objects.size() + 1);
  const auto start = std::to_string(file.size());
  return file + "xref\n0 " + count + "\n0000000000 65535 f \n" + table + "trailer<</Size " + count + "/Root 1 0 R" +
         std::string(trailer) + ">>\nstartxref\n" + start + "\n%%EOF\n";
}

std::string pdf_of(int pages) {
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>"};
  std::string kids;
  for (int i = 0; i < pages; ++i) kids += std::to_string(4 + 2 * i) + " 0 R ";
  objects.push_back("<</Type/Pages/Kids[" + kids + "]/Count " + std::to_string(pages) + ">>");
  objects.push_back("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
  for (int i = 0; i < pages; ++i) {
    const auto text = "BT /F 24 Tf 20 40 Td (page " + std::to_string(i + 1) + ") Tj ET";
    objects.push_back("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents " + std::to_string(5 + 2 * i) +
                      " 0 R/Resources<</Font<</F 3 0 R>>>>>>");
    objects.push_back("<</Length " + std::to_string(text.size()) + ">>stream\n" + text + "\nendstream");
  }
  return pdf_of_objects(objects);
}

}  // namespace recast::test
