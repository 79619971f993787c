#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/picture.hpp"

namespace recast::engines {
Result<> register_potrace(engine::Registry& registry);
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

Result<engine::Plan> plan(const std::string& to, json::object options = {}) {
  return test::plan_of(&register_potrace, "png", to, std::move(options));
}

TEST(PotracePlan, ReducesTheColoursFirst) {
  EXPECT_THAT(test::line(*plan("svg", {{"threshold", 0.25}}), 0), Contains("25.0000%"));
  const auto colours = plan("svg", {{"colors", 5}});
  EXPECT_THAT(test::line(*colours, 0), Contains("5"));
  EXPECT_EQ(std::get<engine::WorkerStep>(colours->steps.at(1).action).request.at("colors"), 5);
  EXPECT_EQ(plan("svg", {{"colors", 17}}).error().field, "colors");
  EXPECT_EQ(plan("svg", {{"smooth", 2}}).error().field, "smooth");
  EXPECT_EQ(plan("svg", {{"threshold", -1}}).error().field, "threshold");
}

class PotraceRun : public test::EngineFixture<&register_potrace> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"convert-im6.q16", "rsvg-convert", "potrace"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  static std::filesystem::path traced(const std::string& to, const json::object& options = {}) {
    return convert_one(test::picture(64, 32), "ppm", to, options);
  }
};

TEST_F(PotraceRun, DrawsColoursWhereTheyAre) {
  const auto svg = traced("svg", {{"colors", 2}});
  EXPECT_THAT(test::pixel_of(svg, 16, 16), StartsWith("255 0 0 255"));
  EXPECT_THAT(test::pixel_of(svg, 48, 16), StartsWith("0 0 255 255"));
}

TEST_F(PotraceRun, DrawsWhatIsDarkInBlack) {
  const auto svg = traced("svg", {{"threshold", 0.15}});  // between blue and red
  EXPECT_THAT(test::pixel_of(svg, 16, 16), StartsWith("0 0 0 0"));
  EXPECT_THAT(test::pixel_of(svg, 48, 16), StartsWith("0 0 0 255"));
}

TEST_F(PotraceRun, WritesPostScriptAndOutlines) {
  EXPECT_THAT(test::read_file(traced("eps", {{"colors", 2}})), HasSubstr("EPSF"));
  EXPECT_THAT(test::read_file(traced("ps")), StartsWith("%!PS"));
  EXPECT_THAT(test::read_file(traced("dxf")), HasSubstr("ENTITIES"));
}

TEST_F(PotraceRun, CannotOpenWhatIsDamaged) {
  const auto files = run().convert_bytes("hello", "png", "svg");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
}

}  // namespace
}  // namespace recast::engines
