#include "engines/vips/worker/pdf.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recast::engines::vips {

namespace {

constexpr std::size_t kObjectsPerPage = 3;  // page, content, picture
constexpr double kLongestSide = 14'400;     // points; readers refuse more

std::uint32_t big32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

}  // namespace

void PdfWriter::begin(std::size_t number) {
  if (offsets_.size() < number) offsets_.resize(number);
  offsets_[number - 1] = sink_.written();
  sink_.write(fmt::format("{} 0 obj\n", number));
}

void PdfWriter::add(const Picture& picture, std::string_view filter, std::string_view data) {
  const auto page = offsets_.size() + 1;
  double unit = 72.0 / picture.dpi;
  unit = std::min(unit, kLongestSide / std::max(picture.width, picture.height));
  const double width = picture.width * unit;
  const double height = picture.height * unit;
  begin(page);
  sink_.write(
      fmt::format("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {:.3f} {:.3f}]/Contents {} 0 R"
                  "/Resources<</XObject<</I {} 0 R>>>>>>\nendobj\n",
                  width, height, page + 1, page + 2));
  const auto content = fmt::format("q {:.3f} 0 0 {:.3f} 0 0 cm /I Do Q", width, height);
  begin(page + 1);
  sink_.write(fmt::format("<</Length {}>>\nstream\n{}\nendstream\nendobj\n", content.size(), content));
  begin(page + 2);
  sink_.write(fmt::format(
      "<</Type/XObject/Subtype/Image/Width {}/Height {}/BitsPerComponent 8/ColorSpace/{}{}/Length {}>>\nstream\n",
      picture.width, picture.height, picture.bands == 1 ? "DeviceGray" : "DeviceRGB", filter, data.size()));
  sink_.write(data);
  sink_.write("\nendstream\nendobj\n");
}

void PdfWriter::add_jpg(const Picture& picture, std::string_view file) { add(picture, "/Filter/DCTDecode", file); }

void PdfWriter::add_png(const Picture& picture, std::string_view file) {
  // What PNG keeps in its IDAT chunks is exactly what PDF calls deflate with predictor 15.
  std::string rows;
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kAround = 12;  // length, name, checksum
  for (std::size_t at = kSignature; at + kAround <= file.size();) {
    const std::size_t size = big32(file, at);
    if (size > file.size() - at - kAround) break;
    if (file.substr(at + 4, 4) == "IDAT") rows += file.substr(at + 8, size);
    at += size + kAround;
  }
  add(picture,
      fmt::format("/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors {}/BitsPerComponent 8/Columns {}>>",
                  picture.bands, picture.width),
      rows);
}

void PdfWriter::finish() {
  begin(1);
  sink_.write("<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
  begin(2);
  const auto pages = (offsets_.size() - 2) / kObjectsPerPage;
  std::string kids;
  for (std::size_t i = 0; i < pages; ++i) kids += fmt::format("{} 0 R ", 3 + i * kObjectsPerPage);
  sink_.write(fmt::format("<</Type/Pages/Count {}/Kids[{}]>>\nendobj\n", pages, kids));
  const auto table = sink_.written();
  std::string text = fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets_.size() + 1);
  for (const auto offset : offsets_) text += fmt::format("{:010} 00000 n \n", offset);
  text += fmt::format("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", offsets_.size() + 1, table);
  sink_.write(text);
}

}  // namespace recast::engines::vips
