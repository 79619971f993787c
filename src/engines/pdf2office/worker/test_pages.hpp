#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "engines/pdf2office/worker/page_paths.hpp"
#include "engines/pdf2office/worker/page_text.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

/// Pages as mutool would tell of them, for tests.
namespace recast::engines::pdf2office::test {

class Pages {
 public:
  struct Look {
    double size = 10;
    std::string font = "AAAAAA+Arial";
    bool right_to_left = false;
  };
  static constexpr double kAdvance = 0.5;  ///< of every letter, in parts of its size

  Pages& page(double width = 600, double height = 800) {
    end_page();
    text_ += fmt::format("<page id=\"page{}\" width=\"{}\" height=\"{}\"><block>\n", ++count_, width, height);
    trace_ += fmt::format("<page mediabox=\"0 0 {} {}\">\n", width, height);
    open_ = true;
    return *this;
  }

  /// A line of text from x on the baseline y.
  Pages& line(double x, double y, std::string_view text) { return line(x, y, text, {}); }
  Pages& line(double x, double y, std::string_view text, const Look& look) {
    text_ += fmt::format("<line dir=\"1 0\"><font name=\"{}\" size=\"{}\">\n", look.font, look.size);
    auto letters = decode(text);
    if (look.right_to_left) std::reverse(letters.begin(), letters.end());
    for (const auto letter : letters) {
      std::string sign;
      append(sign, letter);
      const auto end = x + kAdvance * look.size;
      text_ += fmt::format(
          "<char quad=\"{0} {2} {1} {2} {0} {3} {1} {3}\" x=\"{0}\" y=\"{3}\" color=\"#000000\" c=\"{4}\"/>\n", x, end,
          y - look.size, y, escape_markup(sign));
      x = end;
    }
    text_ += "</font></line>\n";
    return *this;
  }

  /// A ruling line.
  Pages& rule(double x0, double y0, double x1, double y1) {
    trace_ += fmt::format(
        "<stroke_path transform=\"1 0 0 1 0 0\" color=\"0\"><moveto x=\"{}\" y=\"{}\"/><lineto x=\"{}\" "
        "y=\"{}\"/></stroke_path>\n",
        x0, y0, x1, y1);
    return *this;
  }
  Pages& fill(const Box& box, std::string_view colour) {
    trace_ += fmt::format(
        "<fill_path transform=\"1 0 0 1 0 0\" color=\"{4}\"><moveto x=\"{0}\" y=\"{1}\"/><lineto x=\"{2}\" y=\"{1}\"/>"
        "<lineto x=\"{2}\" y=\"{3}\"/><lineto x=\"{0}\" y=\"{3}\"/><closepath/></fill_path>\n",
        box.x0, box.y0, box.x1, box.y1, colour);
    return *this;
  }
  Pages& circle(double x, double y, double radius) {
    trace_ += fmt::format(
        "<fill_path transform=\"1 0 0 1 0 0\" color=\".5\"><moveto x=\"{0}\" y=\"{1}\"/><curveto x1=\"{2}\" y1=\"{1}\" "
        "x2=\"{2}\" y2=\"{3}\" x3=\"{0}\" y3=\"{3}\"/><closepath/></fill_path>\n",
        x - radius, y - radius, x + radius, y + radius);
    return *this;
  }

  Document read() {
    end_page();
    Document document;
    const auto text = "<?xml version=\"1.0\"?>\n<document>\n" + text_ + "</document>";
    const auto trace = "<?xml version=\"1.0\"?>\n<document>\n" + trace_ + "</document>";
    const auto result = read_text(pieces_of(text), document);
    EXPECT_TRUE(result) << result.error().message;
    read_paths(pieces_of(trace), document);
    return document;
  }

 private:
  void end_page() {
    if (open_) text_ += "</block></page>\n";
    if (open_) trace_ += "</page>\n";
    open_ = false;
  }

  std::string text_, trace_;
  int count_ = 0;
  bool open_ = false;
};

inline std::string texts(const Words& words) {
  std::string all;
  for (const auto* word : words) all += (all.empty() ? "" : "|") + word->text;
  return all;
}

}  // namespace recast::engines::pdf2office::test
