#include "engines/potrace/worker/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recast::engines::potrace {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<Pixmap> parse(const std::string& text) { return Pixmap::parse({text.data(), text.size()}); }

/// 12 x 8: white, with a red square, and a black one in it.
std::string squares() {
  std::string ppm = "P6\n12 8\n255\n";
  for (int row = 0; row < 8; ++row) {
    for (int column = 0; column < 12; ++column) {
      const bool red = row > 0 && row < 7 && column > 0 && column < 7, black = red && row > 2 && row < 6 && column > 2;
      ppm += black ? std::string("\0\0\0", 3) : red ? std::string("\xff\0\0", 3) : std::string("\xff\xff\xff", 3);
    }
  }
  return ppm;
}

TEST(TracePixmap, NumbersColoursFromBrightToDark) {
  const auto pixmap = parse(squares());
  ASSERT_TRUE(pixmap) << pixmap.error().message;
  EXPECT_THAT(pixmap->colours, testing::ElementsAre(Colour{255, 255, 255}, Colour{255, 0, 0}, Colour{0, 0, 0}));
  EXPECT_EQ(pixmap->pixels.at(0), 0);
  EXPECT_EQ(pixmap->pixels.at(12 + 1), 1);
}

TEST(TracePixmap, RefusesWhatIsNoImage) {
  for (const auto* const text : {"", "P6", "P6 1 1 255", "P6 2 2 255\nxxx", "P6 0 1 255\n", "P6 1 1 65535\nxxxxxx",
                                 "P6 99999999999 99999999999 255\nxxx", "P5 1 1 255\nx", "P6 #", "P6 -1 1 255\nxxx"})
    EXPECT_FALSE(parse(text)) << text;
}

TEST(Trace, DrawsALayerForEachColour) {
  const auto svg = trace(parse(squares()).value(), {.colors = 3}, [](int) {});
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_THAT(*svg, HasSubstr("viewBox=\"0 0 12 8\""));
  const auto white = svg->find("#ffffff"), red = svg->find("#ff0000"), black = svg->find("#000000");
  ASSERT_NE(black, std::string::npos);
  EXPECT_LT(white, red);
  EXPECT_LT(red, black);
}

TEST(Trace, DrawsWhatIsBlackIfThereIsOneColour) {
  std::string ppm = "P6 4 4 255\n";
  for (int at = 0; at < 16; ++at) ppm += at % 4 < 2 ? std::string("\0\0\0", 3) : std::string("\xff\xff\xff", 3);
  const auto svg = trace(parse(ppm).value(), {}, [](int) {});
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_THAT(*svg, HasSubstr("fill=\"#000000\""));
  EXPECT_THAT(*svg, Not(HasSubstr("#ffffff")));
}

TEST(Trace, LeavesSpotsOut) {
  const auto traced = [](std::int64_t despeckle) {
    return trace(parse(squares()).value(), {.colors = 3, .despeckle = despeckle}, [](int) {}).value();
  };
  EXPECT_THAT(traced(2), HasSubstr("#000000"));
  EXPECT_THAT(traced(20), Not(HasSubstr("#000000")));
}

}  // namespace
}  // namespace recast::engines::potrace
