#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_sox(engine::Registry& registry);

namespace {

class Sox : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::output_of("sox --help-format amr-nb").contains("Writes:")) GTEST_SKIP() << "sox has no AMR encoder";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_sox);
    return one;
  }
};

TEST_F(Sox, WritesAmrThatFfmpegPlays) {
  if (execution::find_program("ffprobe", {}).empty()) GTEST_SKIP() << "ffprobe is not installed";
  const auto sound = run().folder() / "tone.wav";
  test::output_of("sox -n -r 44100 -c 2 " + sound.string() + " synth 2.5 sine 440");
  const auto files = run().convert("wav", "amr", {sound});
  ASSERT_TRUE(files) << files.error().message;
  const auto said = test::output_of(
      "ffprobe -v error -show_entries stream=codec_name,sample_rate,channels:format=duration -of default=nw=1 " +
      files->front().string());
  EXPECT_TRUE(said.contains("codec_name=amr_nb")) << said;
  EXPECT_TRUE(said.contains("sample_rate=8000")) << said;
  EXPECT_TRUE(said.contains("channels=1")) << said;
  // 20 ms a frame of 32 bytes, behind 6 bytes.
  EXPECT_NEAR(static_cast<double>(std::filesystem::file_size(files->front())), 6 + 125 * 32, 2 * 32);
  const auto loud = test::output_of("ffmpeg -v info -i " + files->front().string() + " -af volumedetect -f null -");
  EXPECT_TRUE(loud.contains("max_volume: -")) << loud;
  EXPECT_FALSE(loud.contains("max_volume: -9")) << "not silent: " << loud;
}

TEST_F(Sox, SaysThatAFileIsNoSound) {
  const auto files = run().convert_bytes("this is no sound", "wav", "amr");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
}

}  // namespace
}  // namespace recast::engines
