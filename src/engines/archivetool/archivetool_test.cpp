#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

/// What the engine plans; what it does is in jailed_test.cpp and hostile_test.cpp.
namespace recast::engines {

Result<> register_archivetool(engine::Registry& registry);

namespace {

using testing::ElementsAre;

const engine::Engine& engine() { return test::engine_of(&register_archivetool); }

Result<engine::Plan> plan(const std::string& operation, const std::string& from, const std::string& to,
                          const boost::json::object& options = {}, std::size_t inputs = 1) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= inputs; ++i) names.push_back("in/in-" + std::to_string(i));
  return engine().plan({.inputs = names, .from = from, .to = to, .options = options, .operation = operation});
}

const engine::WorkerStep& step(const engine::Plan& plan) {
  return std::get<engine::WorkerStep>(plan.steps.at(0).action);
}

TEST(ArchiveToolPlan, RepacksInOneStepOnTheDisk) {
  const auto made = plan("convert", "rar", "7z", {{"compression_level", "9"}, {"password", " x "}});
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_EQ(made->steps.size(), 1U);
  EXPECT_THAT(step(*made).outputs, ElementsAre("out/out.7z", "tmp/spool", "tmp/temporary"));
  EXPECT_EQ(step(*made).request.at("level"), 9);
  EXPECT_EQ(step(*made).request.at("password"), " x ") << "blanks belong to it";
  EXPECT_THAT(made->outputs, ElementsAre("out/out.7z"));
}

TEST(ArchiveToolPlan, TakesThousandsOfFilesAsOneStream) {
  const auto made = plan("archive", "", "zip", {}, 5000);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(step(*made).stream);
  EXPECT_EQ(step(*made).inputs.size(), 5000U);
  EXPECT_EQ(step(*made).request.at("files"), 5000);
}

TEST(ArchiveToolPlan, GivesFilesBackWithTheirNames) {
  const auto made = plan("archive/extract", "zip", "", {{"pattern", "*.txt"}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(step(*made).sequence);
  EXPECT_TRUE(step(*made).named);
  EXPECT_TRUE(made->may_be_empty) << "an archive may be empty";
}

TEST(ArchiveToolPlan, NamesTheOptionItRefuses) {
  EXPECT_EQ(plan("convert", "zip", "7z", {{"compression_level", 10}}).error().field, "compression_level");
  EXPECT_EQ(plan("archive", "", "zip", {{"compression_level", -1}}).error().field, "compression_level");
  EXPECT_EQ(plan("archive/extract", "zip", "", {{"pattern", std::string(300, '*')}}).error().field, "pattern");
}

TEST(ArchiveToolPlan, DoesNotWriteWhatFreeSoftwareCannot) {
  EXPECT_EQ(plan("archive", "", "rar").error().code, ErrorCode::invalid_conversion_type);
  EXPECT_EQ(plan("convert", "zip", "rar").error().code, ErrorCode::invalid_conversion_type);
}

TEST(ArchiveToolPlan, HidesThePassword) {
  for (const auto& ability : engine().info().abilities) {
    for (const auto& option : ability.options) EXPECT_EQ(option.secret, option.name == "password");
  }
}

}  // namespace
}  // namespace recast::engines
