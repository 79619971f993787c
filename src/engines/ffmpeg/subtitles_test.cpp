#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_ffmpeg(engine::Registry& registry);

namespace {

constexpr std::string_view kSrt =
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüße <i>und</i> mehr\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nEnd\r\n";

TEST(FfmpegSubtitles, BecomeEachOther) {
  static test::EngineRun run(&register_ffmpeg);
  for (const auto* const to : {"vtt", "ass"}) {
    const auto there = run.convert_bytes(kSrt, "srt", to);
    ASSERT_TRUE(there) << there.error().message;
    const auto text = test::read_file(there->front());
    EXPECT_TRUE(text.contains(std::string_view(to) == "vtt" ? "00:01.000 --> 00:02.500" : "0:00:01.00,0:00:02.50"))
        << text;
    const auto back = run.convert(to, "srt", {there->front()});
    ASSERT_TRUE(back) << back.error().message;
    const auto again = test::read_file(back->front());
    EXPECT_TRUE(again.contains("00:00:01,000 --> 00:00:02,500") && again.contains("Grüße")) << again;
  }
  const auto none = run.convert_bytes("no times in here", "srt", "vtt");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::open_failed) << none.error().message;
}

}  // namespace
}  // namespace recast::engines
