#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_watermark(operation::Registry& registry);

namespace {

using operation::test::FakeContext;
using operation::test::FakeEngine;

class Watermark : public testing::Test {
 protected:
  static std::vector<engine::Installation> installed(const FakeEngine& engine) {
    return {{.engine = &engine, .version = "1", .is_default = true}};
  }
  static engine::Info info() {
    engine::Info info;
    info.name = "painter";
    info.abilities = {
        {.operation = "watermark", .conversions = {{"png", "", 10, {}}, {"jpg", "", 10, {}}}, .most_inputs = 2}};
    return info;
  }
  FakeEngine engine_{info()};
  operation::Operation operation_ = operation::test::registered(&register_watermark, "watermark");
};

TEST_F(Watermark, NeedsATextOrAnImage) {
  EXPECT_EQ(operation::test::check_error(operation_, {{"input", "a"}}).field, "text");
  EXPECT_EQ(operation::test::check_error(operation_, {{"input", "a"}, {"text", nullptr}}).field, "text");
  EXPECT_EQ(operation::test::check_error(operation_, {{"input", "a"}, {"text", "Copy"}}).message, "");
  EXPECT_EQ(operation::test::check_error(operation_, {{"input", "a"}, {"image", "logo"}}).message, "");
}

TEST_F(Watermark, DependsOnTheTaskOfItsImage) { EXPECT_EQ(operation_.references, std::vector<std::string>{"image"}); }

TEST_F(Watermark, KnowsAtOnceWhatNoEngineDoes) {
  const engine::Catalogue catalogue(installed(engine_));
  const auto field = [&](const char* format) {
    return operation::test::check_error(operation_, {{"text", "x"}, {"input_format", format}}, catalogue).field;
  };
  EXPECT_EQ(field("png"), "");
  EXPECT_EQ(field("mp3"), "input_format");
}

TEST_F(Watermark, GivesTheImageToEveryInputAndKeepsTheirNames) {
  FakeContext context(installed(engine_));
  context.add_input("a.png", "\x89PNG\r\n\x1a\n");
  context.add_input("b.png", "\x89PNG\r\n\x1a\n");
  context.add_further("image", "logo.svg", "<svg/>");
  context.on_execute = [](const auto&) {
    return std::vector<std::pair<std::string, std::string>>{{"out/out.png", "marked"}};
  };
  const auto outcome = operation_.run(context, {{"image", "logo"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 2U);
  EXPECT_EQ(outcome->files[0].name, "a.png");
  EXPECT_EQ(outcome->files[1].name, "b.png");
  for (const auto& request : engine_.requests)
    EXPECT_EQ(request.inputs, (std::vector<std::string>{"in/in-1.png", "in/in-2.svg"}));
}

TEST_F(Watermark, KeepsTheSpellingOfTheFormat) {
  FakeContext context(installed(engine_));
  context.add_input("photo.JPEG", "\xff\xd8\xff\xe0");
  context.add_input("photo.jpe", "\xff\xd8\xff\xe0");
  context.add_input("scan", "\x89PNG\r\n\x1a\n");
  context.on_execute = [](const auto&) {
    return std::vector<std::pair<std::string, std::string>>{{"out/out.x", "marked"}};
  };
  const auto outcome = operation_.run(context, {{"text", "x"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 3U);
  EXPECT_EQ(outcome->files[0].name, "photo.JPEG");
  EXPECT_EQ(outcome->files[1].name, "photo.jpe");
  EXPECT_EQ(outcome->files[2].name, "scan.png");
}

TEST_F(Watermark, FailsWithoutTheFileOfItsImage) {
  FakeContext context(installed(engine_));
  context.add_input("a.png", "\x89PNG\r\n\x1a\n");
  const auto outcome = operation_.run(context, {{"image", "logo"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::input_task_failed);
}

}  // namespace
}  // namespace recast::operations
