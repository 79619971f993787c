#include "engines/stamp/stamp_fixture.hpp"

/// Watermarks on PDF pages, looked at with poppler and libqpdf.
namespace recast::engines {
namespace {

using namespace test_stamp;
using test::output_of;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;
using testing::Not;

class PageWatermarks : public Watermarks<&register_stamp, &register_qpdf> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"pdftoppm", "pdftotext", "qpdf", "vips"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  /// One page with more entries and a content.
  static std::string page(const std::string& entries, const std::string& content) {
    return test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                 "<</Type/Page/Parent 2 0 R/Contents 4 0 R" + entries + ">>",
                                 fmt::format("<</Length {}>>stream\n{}\nendstream", content.size(), content)});
  }
  static std::string text_of(const fs::path& pdf, int page) {
    return output_of(fmt::format("pdftotext -f {0} -l {0} '{1}' -", page, pdf.string()));
  }
};

json green(const json& more = {}) {
  json options{{"position_horizontal", "left"},
               {"position_vertical", "top"},
               {"margin_horizontal", 10},
               {"margin_vertical", 20}};
  for (const auto& [key, value] : more) options[key] = value;
  return options;
}

TEST_F(PageWatermarks, PutsTextOnTheNamedPagesOnly) {
  const auto pdf = marked(
      {write("five.pdf", test::pdf_of(5))},
      {{"text", "Secret"}, {"pages", "2,4-"}, {"font_size", 20}, {"position_vertical", "top"}, {"margin_vertical", 0}});
  for (const int page : {1, 3}) EXPECT_THAT(text_of(pdf, page), Not(HasSubstr("Secret"))) << page;
  for (const int page : {2, 4, 5}) {
    EXPECT_THAT(text_of(pdf, page), AllOf(HasSubstr("Secret"), HasSubstr(fmt::format("page {}", page))));
  }
  EXPECT_THAT(output_of("qpdf --check '" + pdf.string() + "'"), HasSubstr("No syntax or stream encoding errors"));
}

TEST_F(PageWatermarks, DrawsTheStampOnceForAllPages) {
  const auto pdf = marked({write("many.pdf", test::pdf_of(30))}, {{"text", "Draft"}, {"font_width_percent", 50}});
  const auto fonts = output_of("pdffonts '" + pdf.string() + "'");
  EXPECT_THAT(fonts, HasSubstr("LiberationSans"));
  EXPECT_EQ(std::ranges::count(fonts, '\n'), 4) << fonts;  // two of head, Helvetica, one of the stamp
}

TEST_F(PageWatermarks, LiesAboveOrBelow) {
  const auto black = page("/MediaBox[0 0 200 100]/Resources<<>>", "0 0 0 rg 0 0 100 100 re f");
  const auto image = write("green.svg", kGreenSvg);
  const json middle{{"image_width", 100}};
  const auto above = seen(marked({write("above.pdf", black), image}, middle));
  EXPECT_THAT(colour(above, 75, 50), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(above, 125, 50), ElementsAre(0, 255, 0));
  const auto below = seen(marked({write("below.pdf", black), image}, {{"image_width", 100}, {"layer", "below"}}));
  EXPECT_THAT(colour(below, 75, 50), ElementsAre(0, 0, 0));
  EXPECT_THAT(colour(below, 125, 50), ElementsAre(0, 255, 0));
}

TEST_F(PageWatermarks, IsAsOpaqueAsAsked) {
  const auto white = write("white.pdf", page("/MediaBox[0 0 200 100]/Resources<<>>", ""));
  const auto image = write("green.svg", kGreenSvg);
  const auto half = colour(seen(marked({white, image}, {{"opacity", 40}})), 100, 50);
  EXPECT_THAT(half, ElementsAre(testing::AllOf(Gt(148), Lt(158)), 255, testing::AllOf(Gt(148), Lt(158))));
  EXPECT_THAT(colour(seen(marked({white, image}, {{"opacity", 0}})), 100, 50), ElementsAre(255, 255, 255));
}

TEST_F(PageWatermarks, StandsUprightOnTurnedAndCroppedPages) {
  const auto image = write("green.svg", kGreenSvg);
  for (const int turn : {0, 90, 180, 270, -90}) {
    const auto boxes = fmt::format("/MediaBox[-50 -50 650 550]/CropBox[20 30 420 230]/Rotate {}/Resources<<>>", turn);
    // Its own drawing leaves the page's coordinates upside down, and a state that is not given back.
    const auto file = write(fmt::format("turned{}.pdf", turn), page(boxes, "q 1 0 0 -1 0 0 cm 0.5 0 0 0.5 3 3 cm"));
    const auto picture = seen(marked({file, image}, green()));
    EXPECT_THAT(colour(picture, 12, 22), ElementsAre(0, 255, 0)) << turn;
    EXPECT_THAT(colour(picture, 107, 67), ElementsAre(0, 255, 0)) << turn;
    EXPECT_THAT(colour(picture, 7, 22), ElementsAre(255, 255, 255)) << turn;
    EXPECT_THAT(colour(picture, 12, 17), ElementsAre(255, 255, 255)) << turn;
    EXPECT_THAT(colour(picture, 113, 67), ElementsAre(255, 255, 255)) << turn;
    EXPECT_THAT(colour(picture, 107, 73), ElementsAre(255, 255, 255)) << turn;
  }
}

TEST_F(PageWatermarks, CountsPointsWhereAPageHasItsOwnUnit) {
  const auto file = write("unit.pdf", page("/MediaBox[0 0 100 50]/UserUnit 4/Resources<<>>", ""));
  const auto pdf = marked({file, write("green.svg", kGreenSvg)}, green());
  // poppler ignores the unit: what is 10 points from the edge is a fourth of that here.
  const auto picture = seen(pdf);
  EXPECT_THAT(colour(picture, 15, 10), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(picture, 40, 10), ElementsAre(255, 255, 255));
}

TEST_F(PageWatermarks, MeasuresEveryPageByItself) {
  const auto pdf = test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
                                         "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 400]>>",
                                         "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]>>"});
  const auto file = marked({write("mixed.pdf", pdf), write("green.svg", kGreenSvg)}, {{"image_width_percent", 50},
                                                                                      {"position_vertical", "bottom"},
                                                                                      {"position_horizontal", "right"},
                                                                                      {"margin_vertical", 0},
                                                                                      {"margin_horizontal", 0}});
  const auto portrait = seen(file, 1), landscape = seen(file, 2);
  EXPECT_THAT(colour(portrait, 102, 352), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(portrait, 97, 352), ElementsAre(255, 255, 255));
  EXPECT_THAT(colour(landscape, 202, 102), ElementsAre(0, 255, 0));
  EXPECT_THAT(colour(landscape, 197, 102), ElementsAre(255, 255, 255));
}

TEST_F(PageWatermarks, TurnsClockwise) {
  const auto file = write("big.pdf", page("/MediaBox[0 0 400 400]/Resources<<>>", ""));
  const auto arrow =
      write("arrow.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'><rect width='100' height='100' "
            "fill='#ff0000'/><rect x='100' width='100' height='100' fill='#0000ff'/></svg>");
  const auto picture = seen(marked({file, arrow}, {{"rotation", 90}}));
  EXPECT_THAT(colour(picture, 200, 120), ElementsAre(255, 0, 0));  // what was left is at the top
  EXPECT_THAT(colour(picture, 200, 280), ElementsAre(0, 0, 255));
}

TEST_F(PageWatermarks, KeepsLinksAndBookmarks) {
  const auto pdf = test::pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[4 0 R]>>",
       "<</Type/Annot/Subtype/Link/Rect[0 0 50 50]/A<</S/URI/URI(https://recast.example/)>>>>",
       "<</Type/Outlines/First 6 0 R/Last 6 0 R/Count 1>>", "<</Title(Chapter)/Parent 5 0 R/Dest[3 0 R/Fit]>>"});
  const auto file = marked({write("links.pdf", pdf)}, {{"text", "Copy"}});
  EXPECT_THAT(output_of("qpdf --json '" + file.string() + "'"),
              AllOf(HasSubstr("https://recast.example/"), HasSubstr("Chapter")));
  EXPECT_THAT(output_of("qpdf --check '" + file.string() + "'"), HasSubstr("No syntax or stream encoding errors"));
}

TEST_F(PageWatermarks, OpensEncryptedDocumentsWithTheirPasswordAndKeepsIt) {
  const auto plain = write("plain.pdf", test::pdf_of(1));
  const auto locked = run().folder() / "locked.pdf";
  output_of(fmt::format("qpdf --encrypt secret owner 256 -- '{}' '{}'", plain.string(), locked.string()));
  EXPECT_EQ(refused({locked}, {{"text", "Copy"}}).code, ErrorCode::open_failed);
  EXPECT_EQ(refused({locked}, {{"text", "Copy"}, {"password", "wrong"}}).field, "password");
  const auto file = marked({locked}, {{"text", "Copy"}, {"password", "secret"}, {"font_size", 12}});
  EXPECT_THAT(output_of("pdftotext '" + file.string() + "' - 2>&1"), HasSubstr("Incorrect password"));
  EXPECT_THAT(output_of("pdftotext -upw secret '" + file.string() + "' -"), HasSubstr("Copy"));
}

TEST_F(PageWatermarks, UsesTheFontsOfTheApi) {
  const auto file = write("one.pdf", test::pdf_of(1));
  const auto fonts = [&](const char* name) {
    return output_of("pdffonts '" + marked({file}, {{"text", "Font"}, {"font_name", name}}).string() + "'");
  };
  EXPECT_THAT(fonts("Arial Bold Italic"), HasSubstr("LiberationSans-BoldItalic"));
  EXPECT_THAT(fonts("Times New Roman Italic"), HasSubstr("LiberationSerif-Italic"));
  EXPECT_THAT(fonts("Courier New Bold"), HasSubstr("LiberationMono-Bold"));
  EXPECT_THAT(fonts("Helvetica Narrow BoldOblique"), HasSubstr("NimbusSansNarrow-BoldOblique"));
  EXPECT_THAT(fonts("Verdana Bold"), HasSubstr("DejaVuSans-Bold"));
  EXPECT_THAT(fonts("Impact"), HasSubstr("DejaVuSansCondensed-Bold"));
  EXPECT_THAT(fonts("Georgia"), testing::ContainsRegex("Gelasio|Schola|C059"));
}

TEST_F(PageWatermarks, HasLinesOfText) {
  const auto file = marked({write("one.pdf", test::pdf_of(1))}, {{"text", "first\nsecond\\nthird"}, {"font_size", 12}});
  EXPECT_THAT(text_of(file, 1), HasSubstr("first\nsecond\nthird"));
}

TEST_F(PageWatermarks, RefusesWhatCannotBe) {
  const auto file = write("one.pdf", test::pdf_of(1));
  EXPECT_EQ(refused({file}, {}).field, "text");
  EXPECT_EQ(refused({file}, {{"text", "x"}, {"font_color", "red"}}).field, "font_color");
  EXPECT_EQ(refused({file}, {{"text", "x"}, {"font_name", "Comic Sans"}}).field, "font_name");
  EXPECT_EQ(refused({file}, {{"text", "x"}, {"pages", "7"}}).code, ErrorCode::conversion_failed);
  EXPECT_EQ(refused({file, write("bad.png", "\x89PNG\r\n\x1a\nnothing")}, {}).field, "image");
  EXPECT_EQ(refused({file, write("bad.gif", "GIF89a")}, {}).code, ErrorCode::open_failed);
  EXPECT_EQ(refused({write("bad.pdf", "nothing")}, {{"text", "x"}}).code, ErrorCode::open_failed);
}

TEST_F(PageWatermarks, NamesNoOtherFileInADrawing) {
  const auto secret = write("secret.svg", kGreenSvg);
  const auto drawing = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='100' "
      "height='50'><image width='100' height='50' xlink:href='file://{}'/></svg>",
      secret.string());
  const auto picture = seen(
      marked({write("white.pdf", page("/MediaBox[0 0 200 100]/Resources<<>>", "")), write("thief.svg", drawing)}, {}));
  EXPECT_THAT(colour(picture, 100, 50), ElementsAre(255, 255, 255));
}

}  // namespace
}  // namespace recast::engines
