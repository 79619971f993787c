#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"

namespace recast::engines {
Result<> register_rsvg(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto* kDrawing =
    "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='48'><rect width='96' height='48' fill='#f00'/>"
    "<text x='5' y='20' font-family='DejaVu Sans' font-size='12'>Recast</text></svg>";

Result<engine::Plan> plan(const std::string& to, json::object options = {}) {
  return test::plan_of(&register_rsvg, "svg", to, std::move(options));
}

TEST(RsvgPlan, DrawsAtTheSizeAskedFor) {
  EXPECT_THAT(test::line(*plan("png", {{"width", 40}, {"height", 40}, {"background", "#fff"}}), 0),
              ElementsAre("rsvg-convert", "-w", "40", "-h", "40", "-a", "-b", "#fff", "-f", "png", "-o", "out/out.png",
                          "in/in-1.svg"));
  EXPECT_EQ(plan("png", {{"width", 40}, {"height", 40}, {"fit", "crop"}})->steps.size(), 2U);
  EXPECT_EQ(plan("pdf", {{"text_to_path", true}})->steps.size(), 2U);
}

TEST(RsvgPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("png", {{"background", "url(#x)"}}).error().field, "background");
  EXPECT_EQ(plan("png", {{"fit", "fill"}}).error().field, "fit");
}

class RsvgRun : public test::EngineFixture<&register_rsvg> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"rsvg-convert"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  }
};

TEST_F(RsvgRun, DrawsImages) {
  EXPECT_EQ(test::size_of(convert_one(kDrawing, "svg", "png")), (std::pair{96, 48}));
  EXPECT_EQ(test::size_of(convert_one(kDrawing, "svg", "png", {{"pixel_density", 192}})), (std::pair{192, 96}));
  const auto box = json::object{{"width", 60}, {"height", 60}};
  EXPECT_EQ(test::size_of(convert_one(kDrawing, "svg", "png", box)), (std::pair{60, 30}));
  auto crop = box, scale = box;
  crop["fit"] = "crop";
  scale["fit"] = "scale";
  EXPECT_EQ(test::size_of(convert_one(kDrawing, "svg", "png", crop)), (std::pair{60, 60}));
  const auto scaled = convert_one(kDrawing, "svg", "png", scale);
  EXPECT_EQ(test::size_of(scaled), (std::pair{60, 60}));
  EXPECT_THAT(test::pixel_of(scaled, 50, 50), StartsWith("255 0 0"));
}

TEST_F(RsvgRun, WritesPagesWithTextOrOutlines) {
  const auto pdf = convert_one(kDrawing, "svg", "pdf");
  EXPECT_NEAR(test::page_sizes(test::read_file(pdf)).at(0).width, 72, 0.5);
  EXPECT_THAT(test::output_of("pdftotext " + pdf.string() + " -"), HasSubstr("Recast"));
  const auto outlines = convert_one(kDrawing, "svg", "pdf", {{"text_to_path", true}});
  EXPECT_THAT(test::output_of("pdftotext " + outlines.string() + " -"), Not(HasSubstr("Recast")));
  EXPECT_THAT(test::read_file(convert_one(kDrawing, "svg", "ps")), StartsWith("%!PS-Adobe"));
  EXPECT_THAT(test::read_file(convert_one(kDrawing, "svg", "eps")), HasSubstr("EPSF"));
}

TEST_F(RsvgRun, TakesNoFileAndCallsNobody) {
  test::Canary canary;
  const auto secret = run().folder().write("secret.svg", kDrawing);
  const auto href = [](const std::string& target) {
    return "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='96' height='48'>"
           "<image xlink:href='" +
           target + "' width='96' height='48'/></svg>";
  };
  for (const auto& target : {"http://" + canary.address() + "/x.png", secret.string(), "file://" + secret.string(),
                             std::string("../../secret.svg")}) {
    const auto files = run().convert_bytes(href(target), "svg", "png");
    if (files) {
      EXPECT_EQ(test::pixel_of(files->front(), 40, 40), "0 0 0 0") << target;
    }
  }
  EXPECT_FALSE(canary.called());
}

TEST_F(RsvgRun, CannotOpenWhatIsNoSvg) {
  for (const auto* const content : {"hello", "<svg", "<html/>"}) {
    const auto files = run().convert_bytes(content, "svg", "png");
    ASSERT_FALSE(files) << content;
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << content << ": " << files.error().message;
  }
}

}  // namespace
}  // namespace recast::engines
