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
  const auto& words = std::get<engine::ProgramStep>(result->steps.at(1).action).arguments;
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

TEST(FfmpegPlan, AsksForTheDurationFirstAndOpensFilesOnly) {
  const auto result = plan("avi", "mp4");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 2U);
  EXPECT_EQ(std::get<engine::ProgramStep>(result->steps[0].action).program, "ffprobe");
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
  EXPECT_THAT(text, testing::StartsWith(
                        "-hide_banner -nostdin -nostats -loglevel error -progress pipe:1 -protocol_whitelist file"));
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
  EXPECT_EQ(plan("avi", "mp3", {{"subtitles_mode", "hard"}}, {"in/in-1.avi", "in/in-2.srt"}).error().field,
            "subtitles_mode");
  EXPECT_THAT(command(plan("avi", "mp4", {{"subtitles_mode", "hard"}}, {"in/in-1.avi", "in/in-2.srt"})),
              HasSubstr("subtitles=filename=in/in-2.srt"));
  EXPECT_THAT(command(plan("avi", "mp4", {{"subtitles_mode", "soft"}}, {"in/in-1.avi", "in/in-2.srt"})),
              AllOf(HasSubstr("-i in/in-2.srt"), HasSubstr("-map 1:s:0 -c:s mov_text")));
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
  progress.learn("duration=30.000000");
  EXPECT_EQ(progress.percent("out_time_us=5000000"), 25);
  EXPECT_EQ(progress.percent("out_time_us=N/A"), std::nullopt);
  EXPECT_EQ(progress.percent("out_time_us=-42"), 0);
  EXPECT_EQ(progress.percent("out_time_us=99000000"), 99);
  EXPECT_EQ(progress.percent("frame=3"), std::nullopt);
  EXPECT_EQ(progress.percent("progress=end"), 100);
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

/// Samples are made by ffmpeg itself: three seconds of a moving pattern of odd size and a tone, as raw AVI.
class FfmpegRun : public testing::Test {
 protected:
  static fs::path sample(const std::string& name) {
    static const test::TemporaryFolder folder;
    const auto file = folder / name;
    if (fs::exists(file)) return file;
    const auto command =
        "ffmpeg -v error -nostdin -f lavfi -i testsrc=duration=3:size=161x121:rate=10 -f lavfi -i "
        "sine=duration=3:frequency=440 -shortest -pix_fmt yuv444p " +
        file.string();
    if (std::system(command.c_str()) != 0) ADD_FAILURE() << "no sample " << name;
    return file;
  }
  Result<std::vector<fs::path>> convert(const std::string& from, const std::string& to, const fs::path& file,
                                        const json& options = {}) {
    return run_.convert(from, to, {file}, options);
  }
  /// What ffprobe says of a file, one `key=value` a line.
  std::string look(const fs::path& file) {
    const auto report = run_.folder() / "probe.txt";
    const auto command =
        "ffprobe -v error -show_entries format=duration,format_name:stream=codec_name,width,height,pix_fmt,"
        "sample_rate,channels -of default=noprint_wrappers=1 " +
        file.string() + " > " + report.string();
    EXPECT_EQ(std::system(command.c_str()), 0);
    return test::read_file(report);
  }
  test::EngineRun run_{&register_ffmpeg};
};

TEST_F(FfmpegRun, MakesEveryVideoFormat) {
  const auto film = sample("film.mkv");
  for (const auto* const to :
       {"mp4", "webm", "mov", "avi", "mkv", "gif", "m4v", "flv", "wmv", "mpg", "ts", "ogv", "3gp"}) {
    const auto files = convert("mkv", to, film, {{"preset", "ultrafast"}, {"trim_end", 1}});
    ASSERT_TRUE(files) << to << ": " << files.error().message;
    const auto what = look(files->front());
    EXPECT_THAT(what, HasSubstr("width=")) << to;
    if (to != std::string("gif")) {
      EXPECT_THAT(what, AllOf(HasSubstr("width=160"), HasSubstr("pix_fmt=yuv420p"), HasSubstr("channels="))) << to;
    }
  }
}

TEST_F(FfmpegRun, MakesEverySoundFormat) {
  const auto film = sample("film.mkv");
  for (const auto* const to : {"mp3", "wav", "flac", "ogg", "m4a", "aac", "opus", "wma", "aiff", "ac3", "weba"}) {
    const auto files = convert("mkv", to, film, {{"channels", 2}});
    ASSERT_TRUE(files) << to << ": " << files.error().message;
    EXPECT_THAT(look(files->front()), AllOf(HasSubstr("channels=2"), Not(HasSubstr("width=")))) << to;
  }
}

TEST_F(FfmpegRun, MakesEveryCodec) {
  const auto film = sample("film.mkv");
  for (const auto* const codec : {"x264", "x265", "vp8", "vp9", "av1", "mpeg4", "mpeg2", "theora", "wmv"}) {
    const auto files =
        convert("mkv", "mkv", film, {{"video_codec", codec}, {"preset", "ultrafast"}, {"trim_end", 0.5}});
    EXPECT_TRUE(files) << codec << ": " << files.error().message;
  }
  for (const auto* const codec : {"aac", "mp3", "opus", "vorbis", "ac3", "flac", "alac", "mp2", "pcm_s24le"}) {
    const auto files =
        convert("mkv", "mkv", film, {{"video_codec", "none"}, {"audio_codec", codec}, {"audio_qscale", 3}});
    EXPECT_TRUE(files) << codec << ": " << files.error().message;
  }
}

TEST_F(FfmpegRun, CutsTurnsAndFits) {
  const auto files = convert("mkv", "mp4", sample("film.mkv"),
                             {{"trim_start", "0:01"},
                              {"trim_end", 2},
                              {"rotate", 90},
                              {"width", 80},
                              {"height", 100},
                              {"fit", "crop"},
                              {"fps", 5},
                              {"preset", "ultrafast"},
                              {"normalize", true}});
  ASSERT_TRUE(files) << files.error().message;
  const auto what = look(files->front());
  EXPECT_THAT(what, AllOf(HasSubstr("width=80"), HasSubstr("height=100"), HasSubstr("duration=1.0")));
  const auto max = convert("mkv", "mp4", sample("film.mkv"),
                           {{"width", 4000}, {"height", 100}, {"fit", "max"}, {"preset", "ultrafast"}});
  ASSERT_TRUE(max) << max.error().message;
  EXPECT_THAT(look(max->front()), HasSubstr("height=100"));
}

TEST_F(FfmpegRun, ReportsProgressThatGrows) {
  std::vector<int> percents;
  const auto done = run_.run({.from = "mkv",
                              .to = "webm",
                              .files = {sample("film.mkv")},
                              .options = {{"preset", "veryslow"}, {"width", 1280}, {"height", 960}},
                              .percents = &percents});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(std::ranges::is_sorted(percents));
  const auto between = std::ranges::count_if(percents, [](int percent) { return percent > 5 && percent < 95; });
  EXPECT_GE(between, 1) << testing::PrintToString(percents);
}

TEST_F(FfmpegRun, DrawsSubtitlesIntoThePicture) {
  const auto words = run_.folder().write("words.srt", "1\n00:00:00,000 --> 00:00:03,000\nHello\n");
  for (const auto* const mode : {"hard", "soft"}) {
    const auto files =
        run_.convert("mkv", "mp4", {sample("film.mkv"), words}, {{"subtitles_mode", mode}, {"preset", "ultrafast"}});
    ASSERT_TRUE(files) << mode << ": " << files.error().message;
    EXPECT_EQ(look(files->front()).find("codec_name=mov_text") != std::string::npos, mode == std::string("soft"));
  }
}

TEST_F(FfmpegRun, TakesAPictureFromAFilm) {
  for (const auto* const to : {"jpg", "png"}) {
    const auto files = convert("mkv", to, sample("film.mkv"), {{"timestamp", "00:00:02"}, {"width", 100}});
    ASSERT_TRUE(files) << files.error().message;
    EXPECT_THAT(look(files->front()), HasSubstr("width=100"));
  }
  EXPECT_TRUE(convert("mkv", "jpg", sample("film.mkv")));
}

TEST_F(FfmpegRun, CannotOpenWhatIsDamaged) {
  const auto whole = test::read_file(sample("film.mp4"));
  for (const auto& content : {std::string(), std::string("hello"), whole.substr(0, whole.size() / 2)}) {
    const auto files = convert("mp4", "webm", run_.folder().write("broken", content));
    ASSERT_FALSE(files) << content.size();
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
}

TEST_F(FfmpegRun, SaysThatThereIsNoSound) {
  const auto silent = convert("mkv", "mkv", sample("film.mkv"), {{"audio_codec", "none"}, {"preset", "ultrafast"}});
  ASSERT_TRUE(silent) << silent.error().message;
  const auto files = convert("mkv", "mp3", silent->front());
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::conversion_failed);
  EXPECT_THAT(files.error().message, HasSubstr("no picture or sound"));
}

TEST_F(FfmpegRun, DoesNotCallAnEmptyFileAResult) {
  for (const auto* const to : {"mp4", "mp3", "gif", "wav"}) {
    const auto files = convert("mkv", to, sample("film.mkv"), {{"trim_start", "00:10:00"}});
    ASSERT_FALSE(files) << to;
    EXPECT_THAT(files.error().message, HasSubstr("ends before the time asked for")) << to;
  }
  const auto still = convert("mkv", "png", sample("film.mkv"), {{"timestamp", "00:10:00"}});
  ASSERT_FALSE(still);
  EXPECT_THAT(still.error().message, HasSubstr("ends before the time asked for"));
}

TEST_F(FfmpegRun, FollowsNoPlaylistWhateverItIsCalled) {
  const test::Canary canary;
  const auto secret = run_.folder().write("secret.wav", "CANARY");
  const std::vector<std::string> playlists{
      "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://" + canary.address() + "/a.ts\n#EXT-X-ENDLIST\n",
      "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" + sample("film.mkv").string() + "\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile " + sample("film.mkv").string() + "\n",
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
      "[playlist]\nFile1=http://" + canary.address() + "/a.mp3\n",
  };
  for (const auto& content : playlists) {
    for (const auto* const from : {"avi", "mp4", "mp3", "webm"}) {
      const auto files =
          convert(from, from == std::string("mp3") ? "wav" : "mp4", run_.folder().write("list", content));
      EXPECT_FALSE(files) << from << ": " << content;
    }
  }
  EXPECT_FALSE(canary.called());
}

TEST_F(FfmpegRun, EndsSoonAfterAStopRequest) {
  std::stop_source stop;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop.request_stop();
  });
  const auto started = std::chrono::steady_clock::now();
  const auto files = run_.run({.from = "mkv",
                               .to = "webm",
                               .files = {sample("film.mkv")},
                               .options = {{"preset", "veryslow"}, {"width", 4096}, {"height", 2160}},
                               .deadline = Deadline::in(std::chrono::seconds(60)),
                               .stop = stop.get_token()});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
}

}  // namespace
}  // namespace recast::engines
