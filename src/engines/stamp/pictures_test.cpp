#include "engines/stamp/stamp_fixture.hpp"

/// Watermarks on pictures, looked at with the programs of libvips.
namespace recast::engines {
namespace {

using namespace test_stamp;
using test::output_of;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;

class PictureWatermarks : public Watermarks<&register_vips, &register_stamp> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"vips", "vipsheader"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  static fs::path white(const std::string& name, int width, int height, int bands = 3) {
    const auto ppm = (run().folder() / (name + ".v")).string(), file = (run().folder() / name).string();
    output_of(fmt::format("vips black '{}' {} {} --bands {} && vips invert '{}' '{}'", ppm, width, height, bands, ppm,
                          ppm + "2.v"));
    output_of(fmt::format("vips copy '{}' '{}' --interpretation {}", ppm + "2.v", file, bands < 3 ? "b-w" : "srgb"));
    return file;
  }
  static std::string header(const fs::path& file, const std::string& field) {
    return output_of(fmt::format("vipsheader -f {} '{}'", field, file.string()));
  }
  static fs::path image() { return write("green.svg", kGreenSvg); }
};

TEST_F(PictureWatermarks, IsAsWideAsAsked) {
  const auto file =
      marked({white("plain.png", 400, 300), image()},
             {{"image_width_percent", 25}, {"position_horizontal", "right"}, {"position_vertical", "top"}});
  EXPECT_EQ(test::size_of(file), std::pair(400, 300));
  EXPECT_THAT(colour(file, 276, 26), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(file, 374, 74), ElementsAre(0, 255, 0));
  for (const auto& [x, y] : {std::pair(274, 50), {375, 50}, {300, 24}, {300, 75}})
    EXPECT_THAT(colour(file, x, y), ElementsAre(255, 255, 255)) << x << " " << y;
}

TEST_F(PictureWatermarks, KeepsFormatAndDepthAndTransparency) {
  for (const auto* const name : {"a.jpg", "a.webp", "a.tiff", "a.gif", "a.jp2", "a.jxl"}) {
    const auto original = white("source.png", 120, 80);
    const auto source = run().folder() / name;
    output_of(fmt::format("vips copy '{}' '{}'", original.string(), source.string()));
    const auto file = marked({source, image()}, {{"image_width", 40}});
    EXPECT_EQ(file.extension(), source.extension());
    const auto middle = colour(file, 60, 40), corner = colour(file, 5, 5);
    EXPECT_LT(middle[0], 40) << name;
    EXPECT_GT(middle[1], 215) << name;
    EXPECT_GT(corner[0], 245) << name;
  }
  const auto clear = run().folder() / "clear.png";
  output_of(fmt::format("vips black '{}' 100 60 --bands 4 && vips copy '{}' '{}' --interpretation srgb",
                        clear.string() + ".v", clear.string() + ".v", clear.string()));
  const auto file = marked({clear, image()}, {{"image_width", 40}});
  EXPECT_EQ(test::pixel_of(file, 50, 30), "0 255 0 255");
  EXPECT_EQ(test::pixel_of(file, 2, 2), "0 0 0 0");
  const auto deep = run().folder() / "deep.png";
  output_of(
      fmt::format("vips black '{0}.v' 100 60 --bands 3 && vips linear '{0}.v' '{0}2.v' 1 12345 && vips cast "
                  "'{0}2.v' '{0}3.v' ushort && vips copy '{0}3.v' '{0}' --interpretation rgb16",
                  deep.string()));
  const auto sixteen = marked({deep, image()}, {{"image_width", 40}});
  EXPECT_THAT(header(sixteen, "format"), HasSubstr("USHORT"));
  EXPECT_EQ(test::pixel_of(sixteen, 2, 2), "12345 12345 12345");
}

TEST_F(PictureWatermarks, GivesGrayPicturesItsColour) {
  const auto file = marked({white("gray.png", 100, 60, 1), image()}, {{"image_width", 40}});
  EXPECT_THAT(colour(file, 50, 30), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(file, 2, 2), ElementsAre(255, 255, 255));
}

TEST_F(PictureWatermarks, StandsUprightOnATurnedPhotograph) {
  if (const auto program = lacks({"exiftool"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  const auto original = white("source.png", 200, 100);
  const auto photograph = run().folder() / "turned.jpg";
  output_of(fmt::format("vips copy '{}' '{}'", original.string(), photograph.string()));
  output_of("exiftool -q -overwrite_original -n -Orientation=6 '" + photograph.string() + "'");
  const auto file = marked({photograph, image()}, {{"position_vertical", "top"}, {"margin_vertical", 10}});
  EXPECT_EQ(test::size_of(file), std::pair(100, 200));
  EXPECT_THAT(colour(file, 50, 35), ElementsAre(Lt(30), Gt(225), Lt(30)));
  EXPECT_THAT(colour(file, 50, 75), ElementsAre(Gt(225), Gt(225), Gt(225)));
}

TEST_F(PictureWatermarks, IsOnEveryFrame) {
  if (const auto program = lacks({"ffmpeg"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  const auto gif = run().folder() / "moving.gif";
  output_of("ffmpeg -v error -y -f lavfi -i testsrc=size=160x120:rate=5:duration=1 '" + gif.string() + "'");
  const auto file = marked({gif, image()}, {{"image_width", 60}});
  EXPECT_EQ(header(file, "n-pages"), "5\n");
  for (int frame = 0; frame < 5; ++frame) {
    const auto one = file.parent_path() / fmt::format("frame-{}.png", frame);
    output_of(fmt::format("vips copy '{}[page={}]' '{}'", file.string(), frame, one.string()));
    EXPECT_THAT(colour(one, 80, 60), ElementsAre(Lt(10), Gt(245), Lt(10))) << frame;
  }
  const auto delay = header(gif, "delay");
  EXPECT_EQ(header(file, "delay"), delay);
}

TEST_F(PictureWatermarks, RefusesWhatCannotBe) {
  const auto file = white("plain.png", 40, 30);
  EXPECT_EQ(refused({file}, {}).field, "text");
  EXPECT_EQ(refused({file}, {{"text", "x"}, {"opacity", 101}}).field, "opacity");
  EXPECT_EQ(refused({write("bad.png", "nothing")}, {{"text", "x"}}).code, ErrorCode::open_failed);
  // What lies outside is no error.
  EXPECT_EQ(test::size_of(marked({file, image()}, {{"margin_horizontal", 500}, {"position_horizontal", "left"}})),
            std::pair(40, 30));
}

/// One renderer for all: what lies on a page is what lies on a picture.
TEST_F(PictureWatermarks, LooksAsOnAPage) {
  if (const auto program = lacks({"pdftoppm"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  const auto page = test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                          "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"});
  static test::EngineRun pages(&register_stamp, {&register_qpdf});
  const auto pdf = write("page.pdf", page);
  const auto paper = white("paper.png", 600, 800);
  for (const json& options : std::initializer_list<json>{
           {{"text", "Top Secret\nfor your eyes"}, {"rotation", 30}, {"opacity", 50}, {"font_width_percent", 80}},
           {{"text", "Copy"},
            {"font_color", "#ff0000"},
            {"font_name", "Georgia Bold"},
            {"font_size", 60},
            {"position_vertical", "bottom"},
            {"position_horizontal", "right"}}}) {
    const auto done =
        pages.run({.operation = "watermark", .from = "pdf", .to = "", .files = {pdf}, .options = options});
    ASSERT_TRUE(done) << done.error().message;
    const auto one = seen(done->files.front()).string(), other = marked({paper}, options).string();
    const auto difference = other + ".v";
    output_of(fmt::format("vips subtract '{}' '{}' '{}' && vips abs '{}' '{}2.v'", one, other, difference, difference,
                          difference));
    const auto apart = std::stod(output_of("vips avg '" + difference + "2.v'"));
    output_of("vips invert '" + other + "' '" + difference + "3.v'");
    const auto painted = std::stod(output_of("vips avg '" + difference + "3.v'"));
    EXPECT_GT(painted, 0.5);
    EXPECT_LT(apart, painted / 5) << painted;  // the edges of letters are smoothed otherwise
  }
}

}  // namespace
}  // namespace recast::engines
