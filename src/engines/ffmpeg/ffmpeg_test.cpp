#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "../../../tests/support/engine_run.hpp"
#include "engine/registry.hpp"
#include "engines/ffmpeg/explain.hpp"
#include "engines/ffmpeg/times.hpp"

namespace recast::engines {
Result<> register_ffmpeg(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using json = boost::json::object;

const engine::Engine& ffmpeg_engine() { return test::engine_of(&register_ffmpeg); }

Result<engine::Plan> plan(const std::string& from, std::string to, json options = {},
                          std::vector<std::string> inputs = {"in/in-1.avi"}) {
  return ffmpeg_engine().plan({std::move(inputs), from, std::move(to), std::move(options), {}, {}});
}

/// The command line of the conversion, without what is the same in all of them.
std::string command(const Result<engine::Plan>& result) {
  if (!result) return result.error().field + ": " + result.error().message;
  const auto& words = std::get<engine::ProgramStep>(result->steps.back().action).arguments;
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}
std::string command(const std::string& from, std::string to, json options = {}) {
  return command(plan(from, std::move(to), std::move(options)));
}
std::string wrong_field(const std::string& to, json options) {
  const auto result = plan("avi", to, std::move(options));
  return result ? "" : result.error().field;
}

TEST(FfmpegPlan, OpensFilesOnly) {
  const auto result = plan("avi", "mp4");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 1U) << "one program: a second one that looks first costs 50 ms";
  for (const auto& step : result->steps) {
    const auto& words = std::get<engine::ProgramStep>(step.action).arguments;
    const auto at = std::ranges::find(words, "-protocol_whitelist");
    ASSERT_NE(at, words.end());
    EXPECT_EQ(*(at + 1), "file");
    const auto kinds = std::ranges::find(words, "-format_whitelist");
    ASSERT_NE(kinds, words.end());
    EXPECT_THAT(*(kinds + 1), AllOf(Not(HasSubstr("hls")), Not(HasSubstr("concat")), Not(HasSubstr("sdp"))));
    EXPECT_LT(at, std::ranges::find(words, "-i"));
  }
}

TEST(FfmpegPlan, WritesTheWholeCommandOfAPlainConversion) {
  const auto text = command("avi", "mp4");
  EXPECT_THAT(text,
              testing::StartsWith(
                  "-hide_banner -nostdin -nostats -loglevel level+info -progress pipe:1 -protocol_whitelist file"));
  EXPECT_THAT(text, testing::EndsWith(
                        "-i in/in-1.avi -map 0:V:0? -vf scale=trunc(iw/2)*2:trunc(ih/2)*2 -c:v libx264 -preset medium "
                        "-crf 23 -pix_fmt yuv420p -map 0:a:0? -c:a aac -b:a 128k -sn -dn -movflags +faststart "
                        "-f mp4 out/out.mp4"));
}

TEST(FfmpegPlan, TakesWhatTheJobBuilderSends) {
  const auto text = command("webm", "mp4",
                            {{"video_codec", "x264"},
                             {"crf", 25},
                             {"preset", "fast"},
                             {"fit", "scale"},
                             {"subtitles_mode", "none"},
                             {"audio_codec", "aac"},
                             {"audio_bitrate", 96},
                             {"profile", "baseline"},
                             {"width", 640},
                             {"height", 361}});
  EXPECT_THAT(text, AllOf(HasSubstr("-preset fast -crf 25 -profile:v baseline"), HasSubstr("-b:a 96k"),
                          HasSubstr("scale=640:360,setsar=1")));
  EXPECT_THAT(command("ogg", "mp3", {{"audio_codec", "mp3"}, {"audio_qscale", 2}}),
              HasSubstr("-c:a libmp3lame -q:a 2"));
}

TEST(FfmpegPlan, FallsBackToTheProcessor) {
  EXPECT_THAT(command("avi", "mp4", {{"video_codec", "h264_nvenc"}}), HasSubstr("-c:v libx264"));
  EXPECT_THAT(command("avi", "mp4", {{"video_codec", "hevc_nvenc"}}), HasSubstr("-c:v libx265"));
  EXPECT_THAT(command("avi", "mkv", {{"video_codec", "av1_nvenc"}}), HasSubstr("-c:v libsvtav1"));
}

TEST(FfmpegPlan, ChoosesCodecsByTheContainer) {
  EXPECT_THAT(command("avi", "webm"),
              AllOf(HasSubstr("-c:v libvpx-vp9"), HasSubstr("-c:a libopus"), HasSubstr("-f webm")));
  EXPECT_THAT(command("mp4", "avi"), AllOf(HasSubstr("-c:v mpeg4"), HasSubstr("-c:a libmp3lame -b:a 128k")));
  EXPECT_THAT(command("mp4", "mkv", {{"audio_codec", "none"}}), AllOf(HasSubstr("-f matroska"), HasSubstr("-an")));
  EXPECT_THAT(command("mp4", "m4a"), AllOf(HasSubstr("-map 0:a:0 "), HasSubstr("-vn"), HasSubstr("-f ipod")));
  EXPECT_THAT(command("mp3", "opus"), HasSubstr("-c:a libopus -b:a 128k"));
  EXPECT_THAT(command("wav", "mp3"), HasSubstr("-c:a libmp3lame -q:a 0"));
  EXPECT_THAT(command("mp3", "aiff"), HasSubstr("-c:a pcm_s16be"));
}

TEST(FfmpegPlan, RefusesWhatDoesNotFit) {
  EXPECT_EQ(wrong_field("webm", {{"video_codec", "x264"}}), "video_codec");
  EXPECT_EQ(wrong_field("mp4", {{"video_codec", "divx"}}), "video_codec");
  EXPECT_EQ(wrong_field("mp3", {{"audio_codec", "opus"}}), "audio_codec");
  EXPECT_EQ(wrong_field("mp3", {{"audio_codec", "none"}}), "audio_codec");
  EXPECT_EQ(wrong_field("mp4", {{"crf", 60}}), "crf");
  EXPECT_EQ(wrong_field("webm", {{"crf", 64}}), "crf");
  EXPECT_EQ(wrong_field("webm", {{"crf", 60}}), "");
  EXPECT_EQ(wrong_field("mp4", {{"rotate", 45}}), "rotate");
  EXPECT_EQ(wrong_field("mp4", {{"video_codec", "copy"}, {"width", 100}}), "video_codec");
  EXPECT_EQ(wrong_field("mp4", {{"audio_codec", "copy"}, {"volume", 2}}), "audio_codec");
  EXPECT_EQ(wrong_field("mp4", {{"trim_start", "10"}, {"trim_end", "0:05"}}), "trim_end");
  EXPECT_EQ(wrong_field("mp4", {{"trim_start", "soon"}}), "trim_start");
  EXPECT_EQ(wrong_field("mp4", {{"aspect_ratio", "16:9,crop=1"}}), "aspect_ratio");
  EXPECT_EQ(wrong_field("opus", {{"sample_rate", 44100}}), "sample_rate");
  EXPECT_EQ(wrong_field("mp4", {{"video_resolution", "big"}}), "video_resolution");
  EXPECT_EQ(plan("mp3", "mp4").error().code, ErrorCode::invalid_conversion_type);
}

TEST(FfmpegPlan, FitsThePicture) {
  EXPECT_THAT(command("avi", "mp4", {{"width", 640}}), HasSubstr("scale=640:-2 "));
  EXPECT_THAT(command("avi", "mp4", {{"width", 640}, {"height", 480}, {"fit", "max"}}),
              HasSubstr("scale=min(640\\,iw):min(480\\,ih):force_original_aspect_ratio=decrease:force_divisible_by=2"));
  EXPECT_THAT(command("avi", "mp4", {{"width", 640}, {"height", 480}, {"fit", "crop"}}),
              HasSubstr("scale=640:480:force_original_aspect_ratio=increase,crop=640:480,setsar=1"));
}

TEST(FfmpegPlan, TakesTheOldNames) {
  const auto text = command("avi", "mp4",
                            {{"video_crf", 30},
                             {"video_fps", 12.5},
                             {"video_ratio", "4:3"},
                             {"rotate", "90"},
                             {"video_resolution", "320x240"},
                             {"audio_channels", 1},
                             {"audio_frequency", 22050},
                             {"trim_from", "00:00:01"},
                             {"trim_to", 2.5},
                             {"strip_metatags", true}});
  EXPECT_THAT(text, AllOf(HasSubstr("-ss 1.000 -to 2.500 -protocol"),
                          HasSubstr("transpose=1,fps=12.5,scale=320:240,setsar=1,setdar=4/3"), HasSubstr("-crf 30"),
                          HasSubstr("-ac 1 -ar 22050"), HasSubstr("-map_metadata -1")));
}

TEST(FfmpegPlan, ChangesTheSound) {
  EXPECT_THAT(command("wav", "mp3", {{"volume", 0.5}, {"normalize", true}, {"audio_bitrate", 192}}),
              HasSubstr("-af volume=0.5,loudnorm=I=-16:TP=-1.5:LRA=11 -c:a libmp3lame -b:a 192k -ar 48000"));
}

TEST(FfmpegPlan, MakesAGifInOneGraph) {
  const auto text = command("mp4", "gif", {{"fps", 10}, {"width", 320}});
  EXPECT_THAT(text, AllOf(HasSubstr("[0:V:0]fps=10,scale=320:-1,split[frames][sample];[sample]palettegen"),
                          HasSubstr("-loop 0"), HasSubstr("-f gif")));
}

TEST(FfmpegPlan, NeedsAFileForSubtitles) {
  const auto missing = plan("avi", "mp4", {{"subtitles_mode", "hard"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().field, "subtitles");
  EXPECT_EQ(plan("avi", "mp4", {{"subtitles_mode", "hard"}}, {"in/in-1.avi", "in/in-2.exe"}).error().field,
            "subtitles");
  EXPECT_EQ(plan("avi", "mp4", {{"subtitles_mode", "copy"}}, {"in/in-1.avi", "in/in-2.srt"}).error().field,
            "subtitles");
  EXPECT_EQ(plan("avi", "mp3", {{"subtitles_mode", "hard"}}, {"in/in-1.avi", "in/in-2.srt"}).error().field,
            "subtitles_mode");
  EXPECT_THAT(command(plan("avi", "mp4", {{"subtitles_mode", "hard"}}, {"in/in-1.avi", "in/in-2.srt"})),
              HasSubstr("subtitles=filename=in/in-2.srt"));
  EXPECT_THAT(command(plan("avi", "mp4", {{"subtitles_mode", "soft"}}, {"in/in-1.avi", "in/in-2.srt"})),
              AllOf(HasSubstr("-i tmp/subtitles.srt"), HasSubstr("-map 1:s:0 -c:s mov_text")));
  EXPECT_THAT(command("mkv", "mkv", {{"subtitles_mode", "copy"}}), HasSubstr("-map 0:s? -c:s"));
}

TEST(FfmpegTimes, ReadsSecondsAndClocks) {
  EXPECT_EQ(ffmpeg::parse_time("", "f").value(), std::nullopt);
  EXPECT_DOUBLE_EQ(ffmpeg::parse_time("90.5", "f").value().value(), 90.5);
  EXPECT_DOUBLE_EQ(ffmpeg::parse_time("01:02:03.5", "f").value().value(), 3723.5);
  EXPECT_DOUBLE_EQ(ffmpeg::parse_time("2:30", "f").value().value(), 150);
  for (const auto* const bad : {"-1", "1:60", "1.5:00", "1:2:3:4", "nan", "inf", "1e9", "0x10", "::", "5s"}) {
    EXPECT_FALSE(ffmpeg::parse_time(bad, "f")) << bad;
  }
}

TEST(FfmpegProgress, IsTheShareOfTheDurationThatIsConverted) {
  const ffmpeg::Progress progress({.start = 10, .end = {}});
  EXPECT_EQ(progress.percent("out_time_us=5000000"), std::nullopt);
  progress.learn("    Duration: 00:00:20.00, the author's word");
  EXPECT_EQ(progress.percent("out_time_us=5000000"), std::nullopt);
  progress.learn("  Duration: 00:00:30.00, start: 0.000000, bitrate: 705 kb/s");
  progress.learn("  Duration: 00:00:15.00, of the second input");
  EXPECT_EQ(progress.percent("out_time_us=5000000"), 25);
  EXPECT_EQ(progress.percent("out_time_us=N/A"), std::nullopt);
  EXPECT_EQ(progress.percent("out_time_us=-42"), 0);
  EXPECT_EQ(progress.percent("out_time_us=99000000"), 99);
  EXPECT_EQ(progress.percent("frame=3"), std::nullopt);
  EXPECT_EQ(progress.percent("progress=end"), 100);
}

TEST(FfmpegProgress, IsUnknownOfAnInputThatDoesNotSayItsDuration) {
  const ffmpeg::Progress progress({.start = {}, .end = {}});
  progress.learn("  Duration: N/A, bitrate: N/A");
  progress.learn("  Duration: 00:00:15.00, of the second input");
  EXPECT_EQ(progress.percent("out_time_us=5000000"), std::nullopt);
}

TEST(FfmpegErrors, AreToldFromAllElseThatItSays) {
  const ffmpeg::Progress progress({.start = {}, .end = {}});
  ffmpeg::Errors errors(progress);
  EXPECT_EQ(errors("[info] Input #0, mov, from 'in/in-1.mov':"), std::nullopt);
  EXPECT_EQ(errors("[info]     title           : [error] no space left on device"), std::nullopt);
  EXPECT_EQ(errors("of a title with two lines"), std::nullopt);
  EXPECT_EQ(errors("[info]   Duration: 00:00:10.00, start: 0.000000"), std::nullopt);
  EXPECT_EQ(progress.percent("out_time_us=5000000"), 50);
  EXPECT_EQ(errors("[mov @ 0x1] [warning] odd"), std::nullopt);
  EXPECT_EQ(errors("[mov @ 0x1] [error] moov atom not found"), "[mov @ 0x1] moov atom not found");
  EXPECT_EQ(errors("[out @ 0x1] [mov @ 0x2] [error] twice"), "[out @ 0x1] [mov @ 0x2] twice");
  EXPECT_EQ(errors("[fatal] Stream map '0:5' matches no streams."), "Stream map '0:5' matches no streams.");
  EXPECT_EQ(errors("To ignore this, add a trailing '?' to the map."), "To ignore this, add a trailing '?' to the map.");
  EXPECT_EQ(errors("[info] video:0kB"), std::nullopt);
  EXPECT_EQ(errors("more of it"), std::nullopt);
  EXPECT_EQ(errors("[mov @ 0x1"), std::nullopt);
}

TEST(FfmpegExplain, TellsDamagedFilesFromFailures) {
  const auto explained = [](std::string_view errors) {
    return ffmpeg::explain({.exit_code = 1, .errors = errors}).code;
  };
  EXPECT_EQ(explained("[mov @ 0x1] moov atom not found\nin/in-1.mp4: Invalid data found when processing input"),
            ErrorCode::open_failed);
  EXPECT_EQ(explained("[hls @ 0x1] Format not on whitelist 'mov'"), ErrorCode::open_failed);
  EXPECT_EQ(explained("Stream map '0:a:0' matches no streams."), ErrorCode::conversion_failed);
  EXPECT_EQ(explained("av_interleaved_write_frame(): No space left on device"), ErrorCode::disk_full);
  EXPECT_EQ(ffmpeg::explain({.exit_code = 1, .errors = "why\nConversion failed!\n"}).message, "why");
}

}  // namespace
}  // namespace recast::engines
