#include "engines/libreoffice/worker/pdf_edit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFWriter.hh>
#include <span>
#include <vector>

namespace recast::libreoffice {

namespace {

constexpr double kPointsPerInch = 72;

struct Size {
  double width = 0;
  double height = 0;
};

/// Size of a page on paper in points. LibreOffice writes boxes that begin at 0,0, and a user unit for huge pages.
Size page_size(QPDFPageObjectHelper& page) {
  const auto box = page.getMediaBox().getArrayAsRectangle();
  auto unit = page.getObjectHandle().getKey("/UserUnit");
  const auto scale = unit.isNumber() ? unit.getNumericValue() : 1.0;
  return {(box.urx - box.llx) * scale, (box.ury - box.lly) * scale};
}

/// How one page is drawn anew: scaled by x and y, moved by the rest, onto a page of `paper`.
struct Placement {
  double x = 1;
  double y = 1;
  double right = 0;
  double up = 0;
  Size paper;
};

Placement place(Size page, const PixelSize& wish) {
  const auto per_pixel = kPointsPerInch / static_cast<double>(wish.density);
  const auto wanted = [&](const std::optional<std::int64_t>& pixels) {
    return pixels ? static_cast<double>(*pixels) * per_pixel : 0.0;
  };
  const Size goal{wanted(wish.width), wanted(wish.height)};
  const auto x = goal.width > 0 ? goal.width / page.width : 0.0;
  const auto y = goal.height > 0 ? goal.height / page.height : 0.0;
  Placement result;
  if (x == 0.0 || y == 0.0) {  // one side alone keeps the ratio
    result.x = result.y = std::max(x, y) == 0.0 ? 1.0 : std::max(x, y);
    if (wish.fit == Fit::max) result.x = result.y = std::min(result.x, 1.0);
    result.paper = {page.width * result.x, page.height * result.y};
    return result;
  }
  if (wish.fit == Fit::scale) return {x, y, 0, 0, goal};
  if (wish.fit == Fit::max) {
    const auto scale = std::min({x, y, 1.0});
    return {scale, scale, 0, 0, {page.width * scale, page.height * scale}};
  }
  const auto scale = std::max(x, y);
  return {scale, scale, (goal.width - page.width * scale) / 2, (goal.height - page.height * scale) / 2, goal};
}

QPDFObjectHandle rectangle(Size paper) {
  return QPDFObjectHandle::newArray(QPDFObjectHandle::Rectangle(0, 0, paper.width, paper.height));
}

Result<> set_pixels(QPDF& pdf, const PixelSize& wish, std::uint64_t most_pixels) {
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
    const auto size = page_size(page);
    if (!(size.width > 0 && size.height > 0)) return fail(ErrorCode::conversion_failed, "A page has no size.");
    auto placement = place(size, wish);
    const auto pixels = std::pow(static_cast<double>(wish.density) / kPointsPerInch, 2) * placement.paper.width *
                        placement.paper.height;
    if (most_pixels > 0 && pixels > static_cast<double>(most_pixels)) {
      return fail(ErrorCode::pixel_limit,
                  fmt::format("A page would have {:.0f} pixels, the limit is {}.", pixels, most_pixels));
    }
    if (!wish.width && !wish.height) continue;
    // Renderers round up: a hair less than the wanted size keeps 800 pixels from becoming 801.
    constexpr double kHair = 1e-3;
    placement.paper.width -= kHair;
    placement.paper.height -= kHair;
    auto dictionary = page.getObjectHandle();
    auto unit = dictionary.getKey("/UserUnit");
    const auto scale = unit.isNumber() ? unit.getNumericValue() : 1.0;
    page.addPageContents(pdf.newStream(fmt::format("q {:.6f} 0 0 {:.6f} {:.6f} {:.6f} cm\n", placement.x * scale,
                                                   placement.y * scale, placement.right, placement.up)),
                         true);
    page.addPageContents(pdf.newStream("\nQ\n"), false);
    for (const auto* const key : {"/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/UserUnit"})
      dictionary.removeKey(key);
    dictionary.replaceKey("/MediaBox", rectangle(placement.paper));
    dictionary.removeKey("/Annots");  // their places are no longer right, and pictures show none
  }
  return {};
}

struct Grid {
  int columns = 1;
  int rows = 1;
};

Grid grid_for(int slides) {
  switch (slides) {
    case 2:
      return {1, 2};
    case 3:
      return {2, 3};  // slides to the left, lines for notes to the right
    case 4:
      return {2, 2};
    case 6:
      return {2, 3};
    case 9:
      return {3, 3};
    default:
      return {1, 1};
  }
}

/// Lines to write on, beside the slides of three-slide handouts.
std::string note_lines(double left, double bottom, Size cell) {
  constexpr int kLines = 7;
  std::string text = "0.5 w 0.6 G\n";
  for (int line = 0; line < kLines; ++line) {
    const auto y = bottom + cell.height * (0.1 + 0.8 * line / (kLines - 1));
    text += fmt::format("{:.3f} {:.3f} m {:.3f} {:.3f} l S\n", left, y, left + cell.width, y);
  }
  return text;
}

class Handouts {
 public:
  Handouts(QPDF& pdf, int slides, bool letter)
      : pdf_(pdf), slides_(slides), grid_(grid_for(slides)), paper_(letter ? Size{612, 792} : Size{595.276, 841.890}) {}

  void impose() {
    QPDFPageDocumentHelper document(pdf_);
    auto pages = document.getAllPages();
    const auto step = static_cast<std::size_t>(slides_);
    for (std::size_t first = 0; first < pages.size(); first += step) {
      const auto last = std::min(first + step, pages.size());
      document.addPage(sheet(std::span(pages).subspan(first, last - first)), false);
    }
    for (auto& page : pages) document.removePage(page);
    // They point to the pages that are gone.
    for (const auto* const key :
         {"/Outlines", "/PageMode", "/StructTreeRoot", "/MarkInfo", "/Dests", "/Names", "/OpenAction"}) {
      pdf_.getRoot().removeKey(key);
    }
  }

 private:
  QPDFPageObjectHelper sheet(std::span<QPDFPageObjectHelper> slides) {
    constexpr double kMargin = 42;
    constexpr double kGap = 18;
    const Size cell{(paper_.width - 2 * kMargin - kGap * (grid_.columns - 1)) / grid_.columns,
                    (paper_.height - 2 * kMargin - kGap * (grid_.rows - 1)) / grid_.rows};
    auto forms = QPDFObjectHandle::newDictionary();
    std::string content;
    for (std::size_t i = 0; i < slides.size(); ++i) {
      const auto index = static_cast<int>(i);
      const int column = slides_ == 3 ? 0 : index % grid_.columns;
      const int row = slides_ == 3 ? index : index / grid_.columns;
      const auto left = kMargin + column * (cell.width + kGap);
      const auto bottom = paper_.height - kMargin - (row + 1) * cell.height - row * kGap;
      const auto name = fmt::format("/S{}", i);
      forms.replaceKey(name, slides[i].getFormXObjectForPage());
      content += slide(name, page_size(slides[i]), left, bottom, cell);
      if (slides_ == 3) content += note_lines(left + cell.width + kGap, bottom, cell);
    }
    auto resources = QPDFObjectHandle::newDictionary();
    resources.replaceKey("/XObject", forms);
    auto page = QPDFObjectHandle::newDictionary();
    page.replaceKey("/Type", QPDFObjectHandle::newName("/Page"));
    page.replaceKey("/MediaBox", rectangle(paper_));
    page.replaceKey("/Resources", resources);
    page.replaceKey("/Contents", pdf_.newStream(content));
    return {pdf_.makeIndirectObject(page)};
  }

  static std::string slide(std::string_view name, Size size, double left, double bottom, Size cell) {
    const auto scale = std::min(cell.width / size.width, cell.height / size.height);
    const auto x = left + (cell.width - size.width * scale) / 2;
    const auto y = bottom + (cell.height - size.height * scale) / 2;
    return fmt::format(
        "q {0:.6f} 0 0 {0:.6f} {1:.3f} {2:.3f} cm {3} Do Q\nq 0.5 w 0 G {1:.3f} {2:.3f} {4:.3f} {5:.3f} re S Q\n",
        scale, x, y, name, size.width * scale, size.height * scale);
  }

  QPDF& pdf_;
  int slides_;
  Grid grid_;
  Size paper_;
};

void write(QPDF& pdf, std::FILE* file, const std::string& password) {
  QPDFWriter writer(pdf);
  writer.setOutputFile("output", file, false);
  if (!password.empty()) {
    // Only a password to open is wanted: it opens everything, so the owner's is the same.
    writer.setR6EncryptionParameters(password.c_str(), password.c_str(), true, true, true, true, true, true,
                                     qpdf_r3p_full, true);
  }
  writer.write();
}

}  // namespace

Result<> edit_pdf(const fs::path& from, int fd, const PdfEdit& edit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(::dup(fd), "wb"), &std::fclose);
  if (!file) return std::unexpected(from_errno(errno, "output"));
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processFile(from.c_str());
    if (edit.slides_per_page > 0) Handouts(pdf, edit.slides_per_page, edit.letter).impose();
    if (edit.pixels) RECAST_CHECK(set_pixels(pdf, *edit.pixels, edit.most_pixels));
    write(pdf, file.get(), edit.password);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::conversion_failed, fmt::format("The PDF could not be finished: {}", exception.what()));
  }
  if (std::fflush(file.get()) != 0) return std::unexpected(from_errno(errno, "output"));
  return {};
}

}  // namespace recast::libreoffice
