#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_command(operation::Registry& registry);

namespace {

using operation::test::FakeContext;
using operation::test::FakeEngine;

class Command : public testing::Test {
 protected:
  Command() {
    context_.add_input("my clip.mov", "film");
    context_.on_execute = [](const auto&) {
      return std::vector<std::pair<std::string, std::string>>{{"out/small.mp4", "small"}};
    };
    context_.output = "frame 1\rframe 2\nwrote out/small.mp4\n";
  }

  static std::vector<engine::Installation> installed() {
    static const FakeEngine one("ffmpeg", {{"mov", "mp4"}});
    return {{.engine = &one, .version = "5.1.9"}};
  }
  boost::json::object payload(std::string arguments) const {
    return {{"engine", "ffmpeg"}, {"command", "ffmpeg"}, {"arguments", std::move(arguments)}};
  }

  const operation::Operation operation_ = operation::test::registered(&register_command, "command");
  FakeContext context_{installed()};
};

TEST_F(Command, IsCheckedWhenItIsMade) {
  const engine::Catalogue catalogue(installed());
  const auto error = [&](const boost::json::object& what) {
    return operation::test::check_error(operation_, what, catalogue);
  };
  EXPECT_EQ(error(payload("-i /input/a/b.mov /output/c.mp4")).message, "");
  EXPECT_EQ(error(payload("-i /etc/passwd /output/c.mp4")).field, "arguments");
  EXPECT_EQ(error({{"engine", "ffmpeg"}, {"command", "convert"}, {"arguments", "x"}}).field, "command");
  EXPECT_EQ(error({{"engine", "bash"}, {"command", "ffmpeg"}, {"arguments", "x"}}).field, "engine");
  EXPECT_EQ(error({{"engine", "imagemagick"}, {"command", "convert"}, {"arguments", "x"}}).field, "engine")
      << "not installed";
  EXPECT_EQ(error({{"engine", "ffmpeg"}, {"command", "ffmpeg"}}).field, "arguments");
}

TEST_F(Command, GivesWhatLiesInOutput) {
  const auto outcome = operation_.run(context_, payload("-i '/input/my clip.mov' /output/small.mp4"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(context_.executions.at(0).input_names, std::vector<std::string>{"in/in-1.mov"});
  EXPECT_EQ(context_.last_run, (std::pair<std::string, std::string>("ffmpeg", "5.1.9")));
  EXPECT_TRUE(context_.result().empty()) << "not asked for";
}

TEST_F(Command, TellsWhatWasPrinted) {
  auto wanted = payload("-i '/input/my clip.mov' /output/small.mp4");
  wanted["capture_output"] = true;
  ASSERT_TRUE(operation_.run(context_, wanted));
  EXPECT_EQ(context_.result().at("output").as_string(), "frame 2\nwrote /output/small.mp4\n");
}

TEST_F(Command, SaysWhichFileIsMissing) {
  const auto outcome = operation_.run(context_, payload("-i /input/other.mov /output/small.mp4"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::conversion_failed);
  EXPECT_TRUE(outcome.error().message.contains("my clip.mov"));
  EXPECT_TRUE(context_.executions.empty());
}

}  // namespace
}  // namespace recast::operations
