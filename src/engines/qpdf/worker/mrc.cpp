#include "engines/qpdf/worker/mrc.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include "base/unique_handle.hpp"
#include "engines/qpdf/worker/answer.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "engines/qpdf/worker/layers.hpp"
#include "engines/qpdf/worker/objects.hpp"
#include "engines/qpdf/worker/optimize.hpp"
#include "engines/qpdf/worker/scan_page.hpp"

namespace recast::engines::qpdf {

namespace {

struct MrcOptions {
  bool gray = false;

  static constexpr auto fields = std::tuple{schema::field(&MrcOptions::gray, "gray", "Leave colours out.")};
};

constexpr std::size_t kPaperCell = 3;  // a third of the density that pages are drawn with: 100 dpi
constexpr std::size_t kInkCell = 12;   // 25 dpi: colours of letters change seldom
constexpr int kPaperQuality = 45;
constexpr int kInkQuality = 40;
/// Paper and ink that differ by less are of one colour.
constexpr int kPlainPaper = 12, kPlainInk = 60;

Object jpeg(QPDF& document, const Raster& raster, int quality) {
  bool gray = false;
  const auto data = encode_jpeg(raster, quality, gray);
  auto stream = document.newStream();
  stream.replaceDict(
      Object::parse(fmt::format("<< /Type /XObject /Subtype /Image /Width {} /Height {} /BitsPerComponent 8 "
                                "/ColorSpace /{} /Interpolate true >>",
                                raster.width, raster.height, gray ? "DeviceGray" : "DeviceRGB")));
  stream.replaceStreamData(data, Object::newName("/DCTDecode"), Object::newNull());
  return stream;
}

Result<Object> stencil(QPDF& document, const Mask& ink) {
  RECAST_TRY(const auto data, encode_g4(ink));
  auto stream = document.newStream();
  stream.replaceDict(
      Object::parse(fmt::format("<< /Type /XObject /Subtype /Image /ImageMask true /Width {} /Height {} "
                                "/BitsPerComponent 1 >>",
                                ink.width, ink.height)));
  stream.replaceStreamData(data, Object::newName("/CCITTFaxDecode"),
                           Object::parse(fmt::format("<< /K -1 /Columns {} /Rows {} >>", ink.width, ink.height)));
  return stream;
}

std::string fill_colour(const Colour& colour) {
  return fmt::format("{:.3f} {:.3f} {:.3f} rg", colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
}

/// Where a picture of the whole page has to be put: its unit square on the page's box, turned back as the page is
/// turned for showing.
std::string placement(QPDFPageObjectHelper& page) {
  const auto box = page.getCropBox().getArrayAsRectangle();
  const double w = box.urx - box.llx, h = box.ury - box.lly;
  auto turned = page.getAttribute("/Rotate", false);
  const auto rotation = turned.isInteger() ? (turned.getIntValueAsInt() % 360 + 360) % 360 : 0;
  const auto matrix = [&](double a, double b, double c, double d, double x, double y) {
    return fmt::format("{:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} cm", a, b, c, d, box.llx + x, box.lly + y);
  };
  if (rotation == 90) return matrix(0, h, -w, 0, w, 0);
  if (rotation == 180) return matrix(-w, 0, 0, -h, w, h);
  if (rotation == 270) return matrix(0, -h, w, 0, 0, h);
  return matrix(w, 0, 0, h, 0, 0);
}

void remove_colours(Raster& raster) {
  for (std::size_t at = 0; at + 2 < raster.pixels.size(); at += 3) {
    const int light = (raster.pixels[at] * 77 + raster.pixels[at + 1] * 150 + raster.pixels[at + 2] * 29) >> 8;
    for (std::size_t i = 0; i < 3; ++i) raster.pixels[at + i] = static_cast<std::uint8_t>(light);
  }
}

/// Resources of the page with the text below the scan, without its pictures.
Object resources_without_pictures(QPDFPageObjectHelper& page) {
  auto resources = page.getAttribute("/Resources", true);
  auto result = resources.isDictionary() ? resources.shallowCopy() : Object::newDictionary();
  auto kept = Object::newDictionary();
  const auto objects = member(result, "/XObject");
  if (Object(objects).isDictionary()) {
    for (auto [name, object] : Object(objects).getDictAsMap()) {
      if (object.isStream() && !is_name(object.getDict().getKey("/Subtype"), "/Image")) kept.replaceKey(name, object);
    }
  }
  result.replaceKey("/XObject", kept);
  return result;
}

Result<> replace(QPDF& document, QPDFPageObjectHelper& page, const Raster& drawn, const std::string& text) {
  const auto ink = find_ink(drawn);
  const auto paper = layer(drawn, ink, Part::paper, kPaperCell);
  const auto colours = layer(drawn, ink, Part::ink, kInkCell);
  RECAST_TRY(auto mask, stencil(document, ink));
  auto resources = resources_without_pictures(page);
  auto objects = resources.getKey("/XObject");
  auto content = "q " + placement(page) + "\n";
  if (const auto colour = plain(paper, kPlainPaper)) {
    content += fill_colour(*colour) + " 0 0 1 1 re f\n";
  } else {
    objects.replaceKey("/RecastPaper", jpeg(document, paper, kPaperQuality));
    content += "/RecastPaper Do\n";
  }
  if (const auto colour = plain(colours, kPlainInk)) {
    content += fill_colour(*colour) + " /RecastInk Do\n";
    objects.replaceKey("/RecastInk", mask);
  } else {
    auto coloured = jpeg(document, colours, kInkQuality);
    coloured.getDict().replaceKey("/Mask", mask);
    objects.replaceKey("/RecastInk", coloured);
    content += "/RecastInk Do\n";
  }
  auto object = page.getObjectHandle();
  object.replaceKey("/Contents", document.newStream(content + "Q\n" + text));
  object.replaceKey("/Resources", resources);
  return {};
}

}  // namespace

Result<worker::json::object> split_scans(worker::Job& job) {
  if (job.inputs.size() != 3) return fail(ErrorCode::internal, "The PDF worker does not know this job.");
  RECAST_TRY(const auto options, options_of<MrcOptions>(job));
  RECAST_TRY(const auto document, open_unprotected(job, job.inputs.at(0)));
  RECAST_TRY(const auto original, open_unprotected(job, job.inputs.at(2)));
  RECAST_TRY(const auto count, count_pages(*document));
  UniqueFd own(::dup(job.inputs.at(1)));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(own ? ::fdopen(own.get(), "rb") : nullptr, &std::fclose);
  if (!stream) return std::unexpected(from_errno(errno, "input"));
  (void)own.release();            // the stream closes it
  constexpr int kSplitting = 80;  // percent
  std::size_t scans = 0, done = 0;
  for (auto& page : QPDFPageDocumentHelper(*document).getAllPages()) {
    RECAST_TRY(auto drawn, read_ppm(stream.get()));
    if (const auto text = text_under_scan(page)) {
      if (options.gray) remove_colours(drawn);
      RECAST_CHECK(replace(*document, page, drawn, *text));
      ++scans;
    }
    job.percent(static_cast<int>(kSplitting * ++done / count));
  }
  RECAST_CHECK(write_packed(*document, job, original.get(), {.linearize = true}));
  auto answer = answer_of(*document, count);
  answer["scans"] = scans;
  return answer;
}

}  // namespace recast::engines::qpdf
