#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"

namespace recast::engines {
Result<> register_cadconverter(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<engine::Plan> plan(const std::string& to, json::object options = {}) {
  return test::plan_of(&register_cadconverter, "dxf", to, std::move(options));
}

/// A drawing of release 12: a filled square from (0, 0) to (10, 10) on a layer that no table names; on the layout, a
/// line.
std::string drawing(bool with_layout) {
  std::string text =
      "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n"
      "0\nSOLID\n8\nWALLS\n10\n0.0\n20\n0.0\n11\n20.0\n21\n0.0\n12\n0.0\n22\n10.0\n13\n20.0\n23\n10.0\n";
  if (with_layout) text += "0\nLINE\n67\n1\n8\n0\n10\n0.0\n20\n0.0\n11\n5.0\n21\n10.0\n";
  return text + "0\nENDSEC\n0\nEOF\n";
}

TEST(CadConverterPlan, KeepsAClientsWordsOutOfTheCommandLine) {
  const auto result = plan("pdf", {{"layouts", "a\"; import os #"}, {"all_layouts", "true"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(test::line(*result, 0), ElementsAre("/usr/bin/python3", "-I", "-B", "in/draw.py"));
  EXPECT_THAT(result->files.at("in/order.json"), HasSubstr(R"("layouts":"a\"; import os #")"));
  EXPECT_EQ(plan("png", {{"background", "blue"}}).error().field, "background");
  EXPECT_EQ(plan("png", {{"width", 0}}).error().field, "width");
}

class CadConverterRun : public test::EngineFixture<&register_cadconverter> {
 protected:
  void SetUp() override {
    for (const auto* const module : {"ezdxf", "matplotlib"}) {
      if (!fs::exists(fs::path("/usr/lib/python3/dist-packages") / module))
        GTEST_SKIP() << "python3-" << module << " is not installed";
    }
  }
};

TEST_F(CadConverterRun, DrawsTheModelInItsShape) {
  const auto files = convert(drawing(false), "dxf", "png", {{"width", 400}});
  ASSERT_EQ(files.size(), 1U);
  const auto [width, height] = test::size_of(files.front());
  EXPECT_EQ(width, 400);
  EXPECT_NEAR(height, 200, 12);
  EXPECT_THAT(test::pixel_of(files.front(), width / 2, height / 2), StartsWith("0 0 0"));
  EXPECT_THAT(test::pixel_of(files.front(), 0, 0), StartsWith("255 255 255"));
  const auto dark = convert(drawing(false), "dxf", "png", {{"height", 100}, {"background", "#000000"}});
  ASSERT_EQ(dark.size(), 1U);
  EXPECT_THAT(test::pixel_of(dark.front(), 100, 50), StartsWith("255 255 255"));
}

TEST_F(CadConverterRun, MakesAPageOfEachLayout) {
  const auto pages = [](const json::object& options) {
    const auto files = convert(drawing(true), "dxf", "pdf", options);
    return files.empty() ? 0U : test::page_sizes(test::read_file(files.front())).size();
  };
  EXPECT_EQ(pages({}), 1U);
  EXPECT_EQ(pages({{"all_layouts", true}}), 2U);
  EXPECT_EQ(pages({{"layouts", "layout1"}}), 1U);
  EXPECT_EQ(convert(drawing(true), "dxf", "svg", {{"all_layouts", true}}).size(), 2U);
  const auto missing = run().convert_bytes(drawing(true), "dxf", "pdf", {{"layouts", "Roof"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().field, "layouts");
  EXPECT_THAT(missing.error().message, HasSubstr("Layout1"));
}

TEST_F(CadConverterRun, CannotOpenWhatIsNoDrawing) {
  for (const auto& content : {std::string("hello"), std::string(), std::string("\0\1\2", 3)}) {
    const auto files = run().convert_bytes(content, "dxf", "pdf");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
}

TEST_F(CadConverterRun, DrawsTheCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  for (const auto& entry : fs::directory_iterator(fs::path(corpus) / "cad")) {
    if (entry.path().extension() != ".dxf") continue;
    const auto files = run().convert("dxf", "png", {entry.path()}, {{"all_layouts", true}});
    EXPECT_TRUE(files) << entry.path() << ": " << files.error().message;
  }
}

}  // namespace
}  // namespace recast::engines
