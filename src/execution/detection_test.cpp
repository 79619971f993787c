#include "execution/detection.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace recast::execution {
namespace {

struct Paint final : engine::Engine {
  Paint() : Engine(describe()) {}
  static engine::Info describe() {
    engine::Info info;
    info.name = "paint";
    info.aliases = {"brush"};
    info.abilities = {{.conversions = {{"png", "jpg", 10}}, .options = {}}};
    info.detection.programs = {"no-such-program-anywhere"};
    info.workers = {{"paint", "recast-worker-paint", {"--install={install}", "--fast"}, 2}};
    return info;
  }
  Result<engine::Plan> make_plan(const engine::Request&) const override { return engine::Plan{}; }
};

struct DetectionTest : testing::Test {
  DetectionTest() { EXPECT_TRUE(registry.add(std::make_unique<Paint>())); }
  auto found(const char* settings) { return candidates(registry, boost::json::parse(settings).as_object()); }
  engine::Registry registry;
};

TEST_F(DetectionTest, EveryEngineIsLookedForOnTheSystem) {
  const auto all = found("{}");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  EXPECT_TRUE(all->front().is_default);
  EXPECT_EQ(all->front().workers, std::vector<std::string>{"paint"});
}

TEST_F(DetectionTest, AFurtherInstallationMayBeTheDefaultAndAnyDeprecated) {
  const auto all = found(
      R"({"paint": {"install": {"new": {"path": "/opt/paint", "default": true}, "old": {"path": "/opt/old", "deprecated": true}}}})");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 3U);
  EXPECT_FALSE(all->at(0).is_default);
  EXPECT_TRUE(all->at(1).is_default);
  EXPECT_EQ(all->at(1).workers, std::vector<std::string>{"paint@new"});
  EXPECT_TRUE(all->at(2).deprecated);
}

TEST_F(DetectionTest, WrongSettingsAreNamed) {
  EXPECT_EQ(found(R"({"pianta": {}})").error().field, "engines.pianta");
  EXPECT_EQ(found(R"({"paint": {"colour": 1}})").error().field, "engines.paint.colour");
  EXPECT_EQ(found(R"({"paint": {"install": {"a": {}}}})").error().field, "engines.paint.install.a.path");
  EXPECT_EQ(found(R"({"paint": {"install": {"a": {"path": "x"}}}})").error().field, "engines.paint.install.a.path");
}

TEST_F(DetectionTest, ADisabledEngineIsNotLookedFor) {
  EXPECT_TRUE(found(R"({"paint": {"enabled": false}})")->empty());
}

TEST_F(DetectionTest, AMissingProgramIsReported) {
  std::vector<std::string> missing;
  EXPECT_TRUE(present(*found("{}"), missing).empty());
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_NE(missing.front().find("no-such-program-anywhere"), std::string::npos);
}

TEST_F(DetectionTest, WorkersGetTheirInstallPathOnlyIfThereIsOne) {
  auto all = found(R"({"paint": {"install": {"new": {"path": "/opt/paint"}}}})");
  const auto specs = worker_specs(*all, "/programs", 3);
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[0].arguments, std::vector<std::string>{"--fast"});
  EXPECT_EQ(specs[1].arguments, (std::vector<std::string>{"--install=/opt/paint", "--fast"}));
  EXPECT_EQ(specs[1].executable, "/programs/recast-worker-paint");
  EXPECT_EQ(specs[1].spares, 2U);
}

}  // namespace
}  // namespace recast::execution
