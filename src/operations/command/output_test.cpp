#include "operations/command/output.hpp"

#include <gtest/gtest.h>

namespace recast::operations::command {
namespace {

TEST(CommandOutput, IsTextForPeople) {
  EXPECT_EQ(clean("Warning: using insecure memory!\n{\n  \"a\": 1\n}\n"), "{\n  \"a\": 1\n}\n");
  EXPECT_EQ(clean("frame 1\rframe 2\r\nend"), "frame 2\nend");
  EXPECT_EQ(clean("\x1b[31mred\x07"), "[31mred");
  EXPECT_EQ(clean("\xff"), "ÿ");
  EXPECT_EQ(clean(""), "");
}

TEST(CommandOutput, SaysWhyItFailed) {
  EXPECT_EQ(why("ffmpeg", {.exit_code = 1, .output = "a\n\nb\nc\nd\n"}), "b; c; d");
  EXPECT_EQ(why("gm", {.exit_code = 3}), "gm ended with status 3.");
  EXPECT_EQ(why("gm", {.signal = 11}), "gm ended by signal 11.");
  EXPECT_LT(why("gm", {.exit_code = 1, .output = std::string(5000, 'x')}).size(), 600U);
}

TEST(CommandOutput, TellsHowFarItIs) {
  const Progress progress;
  EXPECT_EQ(progress("size=1 time=00:00:10.00 bitrate=1"), std::nullopt) << "of an unknown length";
  EXPECT_EQ(progress("  Duration: 00:00:40.00, start: 0"), std::nullopt);
  EXPECT_EQ(progress("size=1 time=00:00:10.00 bitrate=1"), 25);
  EXPECT_EQ(progress("size=1 time=N/A bitrate=1"), std::nullopt);
  EXPECT_EQ(progress("time=01:00:00.00"), 100);
}

TEST(CommandOutput, NamesFilesByTheirFolder) {
  EXPECT_EQ(below_output("run-1/out/a.png"), "a.png");
  EXPECT_EQ(below_output("run-12/out/sub/out/a.png"), "sub/out/a.png");
}

}  // namespace
}  // namespace recast::operations::command
