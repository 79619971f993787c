#include "engines/qpdf/worker/watermark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <set>

#include "engine/stamp.hpp"
#include "engines/qpdf/worker/answer.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "engines/qpdf/worker/output.hpp"
#include "engines/qpdf/worker/selection.hpp"

namespace recast::engines::qpdf {

namespace {

namespace stamp = engine::stamp;
using Object = QPDFObjectHandle;
using Box = Object::Rectangle;

/// A page as a reader sees it: what is left of it after cropping, turned upright, in points.
class Sheet {
 public:
  explicit Sheet(QPDFPageObjectHelper page) {
    box_ = upright(page.getMediaBox());
    auto crop = page.getCropBox();
    if (crop.isRectangle()) {
      const auto part = upright(crop);
      const Box both(std::max(box_.llx, part.llx), std::max(box_.lly, part.lly), std::min(box_.urx, part.urx),
                     std::min(box_.ury, part.ury));
      if (both.urx > both.llx && both.ury > both.lly) box_ = both;
    }
    auto turned = page.getAttribute("/Rotate", false);
    if (turned.isInteger()) quarters_ = static_cast<int>((turned.getIntValue() / 90 % 4 + 4) % 4);
    auto unit = page.getObjectHandle().getKey("/UserUnit");
    if (unit.isNumber() && unit.getNumericValue() > 0) unit_ = unit.getNumericValue();
  }

  double width() const { return (quarters_ % 2 == 0 ? box_.urx - box_.llx : box_.ury - box_.lly) * unit_; }
  double height() const { return (quarters_ % 2 == 0 ? box_.ury - box_.lly : box_.urx - box_.llx) * unit_; }

  /// The operator that brings what is drawn at (0, 0) upwards, `scale` times as large, to the point that a reader sees
  /// at (x, y) from the bottom left corner.
  std::string placing(double x, double y, double scale) const {
    const double size = scale / unit_, right = x / unit_, up = y / unit_;
    switch (quarters_) {
      case 1:
        return line(0, size, -size, 0, box_.urx - up, box_.lly + right);
      case 2:
        return line(-size, 0, 0, -size, box_.urx - right, box_.ury - up);
      case 3:
        return line(0, -size, size, 0, box_.llx + up, box_.ury - right);
      default:
        return line(size, 0, 0, size, box_.llx + right, box_.lly + up);
    }
  }

 private:
  static Box upright(Object object) {
    constexpr double kWidth = 612, kHeight = 792;  // US letter, for a page that does not tell its size
    if (!object.isRectangle()) return {0, 0, kWidth, kHeight};
    const auto box = object.getArrayAsRectangle();
    return {std::min(box.llx, box.urx), std::min(box.lly, box.ury), std::max(box.llx, box.urx),
            std::max(box.lly, box.ury)};
  }
  static std::string line(double a, double b, double c, double d, double e, double f) {
    return fmt::format("{:.6f} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f} cm", a, b, c, d, e, f);
  }

  Box box_{0, 0, 0, 0};
  int quarters_ = 0;
  double unit_ = 1;
};

class Layer {
 public:
  Layer(QPDF& document, Object form, const stamp::PageOptions& options, const stamp::Measures& measures)
      : document_(document), form_(std::move(form)), options_(options), measures_(measures) {}

  void lay_on(QPDFPageObjectHelper page) const {
    const Sheet sheet(page);
    const auto place = stamp::place(options_, measures_, sheet.width(), sheet.height());
    // The form begins where its ink does, and counts upwards.
    const double x = place.x + measures_.left * place.scale;
    const double y = sheet.height() - place.y - measures_.bottom * place.scale;
    const auto drawing = fmt::format("/Artifact BMC\nq\n{}\n{} Do\nQ\nEMC\n", sheet.placing(x, y, place.scale),
                                     name_in(resources_of(page)));
    const bool below = options_.layer == "below";
    // The page's own drawing is not to change what comes after it.
    add(page, (below ? drawing : std::string()) + "q\n", true);
    add(page, "\nQ\n" + (below ? std::string() : drawing), false);
  }

 private:
  void add(QPDFPageObjectHelper& page, const std::string& content, bool first) const {
    page.addPageContents(document_.newStream(content), first);
  }
  /// The page's own, not to be seen on others.
  static Object resources_of(QPDFPageObjectHelper& page) {
    auto resources = page.getAttribute("/Resources", true);
    if (resources.isDictionary()) return resources;
    return page.getObjectHandle().replaceKeyAndGetNew("/Resources", Object::newDictionary());
  }
  /// The form under a name that the page's resources do not have yet.
  std::string name_in(Object resources) const {
    resources.mergeResources(Object::parse("<< /XObject << >> >>"));
    int number = 1;
    const auto name = resources.getUniqueResourceName("/Watermark", number);
    resources.getKey("/XObject").replaceKey(name, form_);
    return name;
  }

  QPDF& document_;
  Object form_;
  const stamp::PageOptions& options_;
  const stamp::Measures& measures_;
};

Result<stamp::Measures> read_measures(int fd) {
  constexpr std::uint64_t kLongest = 64 << 10;
  RECAST_TRY(const auto text, worker::read_all(fd, kLongest));
  boost::system::error_code problem;
  const auto value = boost::json::parse({text.data(), text.size()}, problem);
  if (problem || !value.is_object()) return fail(ErrorCode::internal, "A drawing came without its measures.");
  return stamp::measures_of(value.get_object());
}

}  // namespace

Result<worker::json::object> watermark(worker::Job& job) {
  if (job.inputs.size() != 3)
    return fail(ErrorCode::internal, "A watermark takes a document, a drawing, its measures.");
  RECAST_TRY(const auto options, options_of<stamp::PageOptions>(job));
  RECAST_TRY(const auto list, format::PageList::parse(options.pages));
  RECAST_TRY(const auto document, open_document(job, job.inputs[0], options.password));
  RECAST_TRY(const auto count, count_pages(*document));
  RECAST_TRY(const auto pages, select_pages(list, count));
  RECAST_TRY(const auto drawing, open_document(job, job.inputs[1]));
  RECAST_TRY(const auto measures, read_measures(job.inputs[2]));
  // One object for all pages, however large they are.
  const auto form = QPDFPageObjectHelper(drawing->getAllPages().at(0)).getFormXObjectForPage();
  const Layer layer(*document, document->copyForeignObject(form), options, measures);
  // A page may stand in the tree twice; each is stamped once.
  std::set<QPDFObjGen> done;
  for (const auto page : std::set(pages.begin(), pages.end())) {
    const auto object = document->getAllPages().at(page);
    if (done.insert(object.getObjGen()).second) layer.lay_on(QPDFPageObjectHelper(object));
  }
  RECAST_CHECK(write_document(*document, job.outputs.front(), job.percent));
  return answer_of(*document, count);
}

}  // namespace recast::engines::qpdf
