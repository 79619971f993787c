#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engines/vips/worker/writer.hpp"

namespace recast::engines::vips {

/// A PDF of one picture a page, written as it goes: JPEG data as it is, other pictures as the deflated rows of a PNG.
class PdfWriter {
 public:
  explicit PdfWriter(Sink& sink) : sink_(sink) { sink_.write("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n"); }

  struct Picture {
    int width = 0;
    int height = 0;
    int bands = 3;  ///< 1 gray, 3 RGB
    double dpi = 96;
  };
  void add_jpg(const Picture& picture, std::string_view file);
  /// `file` has 8 bits a band, no palette, no interlacing.
  void add_png(const Picture& picture, std::string_view file);
  /// Objects of the whole and the cross-reference table. Nothing may follow.
  void finish();

 private:
  void add(const Picture& picture, std::string_view filter, std::string_view data);
  /// Notes where object `number` begins and writes its head.
  void begin(std::size_t number);

  Sink& sink_;
  std::vector<std::uint64_t> offsets_{
      0, 0};  // of objects 1 (catalogue) and 2 (pages), known at the end, and of the pages'
};

}  // namespace recast::engines::vips
