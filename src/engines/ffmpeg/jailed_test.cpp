#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "../../../tests/support/engine_run.hpp"
#include "engine/registry.hpp"

namespace recast::engines {
Result<> register_ffmpeg(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using json = boost::json::object;

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

TEST_F(FfmpegRun, GivesTheCoverOfASong) {
  const auto cover = [this](const fs::path& song) {
    return run_.run(
        {.operation = "thumbnail", .from = song.extension().string().substr(1), .to = "png", .files = {song}});
  };
  for (const std::string name : {"cover.mp3", "cover.flac", "cover.m4a"}) {
    const auto song = run_.folder() / name;
    ASSERT_EQ(std::system(("ffmpeg -v error -f lavfi -i sine=duration=1 -f lavfi -i "
                           "color=blue:size=70x50:duration=1:rate=1 -frames:v 1 -c:v "
                           "mjpeg -disposition:v attached_pic -map 0 -map 1 " +
                           song.string())
                              .c_str()),
              0);
    const auto done = cover(song);
    ASSERT_TRUE(done) << name << ": " << done.error().message;
    EXPECT_THAT(look(done->files.front()), AllOf(HasSubstr("codec_name=png"), HasSubstr("width=70"))) << name;
  }
  const auto bare = run_.folder() / "bare.mp3";
  ASSERT_EQ(std::system(("ffmpeg -v error -f lavfi -i sine=duration=1 " + bare.string()).c_str()), 0);
  const auto none = cover(bare);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "The file has sound but no cover.");
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

// Words from 2.0 s on, drawn into black: ten pictures a second, so the twentieth is the first with light in it.
TEST_F(FfmpegRun, DrawsSubtitlesWhenTheyAreSaidAlsoIntoAFilmThatIsCut) {
  const auto film = run_.folder() / "black.mkv";
  const auto black =
      "ffmpeg -v error -nostdin -f lavfi -i color=black:duration=4:size=320x240:rate=10 " + film.string();
  ASSERT_EQ(std::system(black.c_str()), 0);
  const auto words = run_.folder().write("words.srt", "1\n00:00:02,000 --> 00:00:04,000\nHello\n");
  const auto first_with_light = [&](const json& options) {
    const auto files = run_.convert("mkv", "mp4", {film, words}, options);
    EXPECT_TRUE(files) << files.error().message;
    if (!files) return -1;
    const auto report = run_.folder() / "light.txt";
    const auto command = "ffprobe -v error -f lavfi -i movie=" + files->front().string() +
                         ",signalstats -show_entries frame_tags=lavfi.signalstats.YMAX -of default=nk=1:nw=1 > " +
                         report.string();
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream lines(report);
    int number = 0;
    for (std::string line; std::getline(lines, line); ++number) {
      if (std::stoi(line) > 150) return number;
    }
    return -1;
  };
  const json hard{{"subtitles_mode", "hard"}, {"preset", "ultrafast"}};
  auto cut = hard;
  cut["trim_start"] = "0.5";
  EXPECT_EQ(first_with_light(hard), 20);
  EXPECT_EQ(first_with_light(cut), 15);
}

TEST_F(FfmpegRun, IsNotLongerThanItsPicture) {
  const auto words = run_.folder().write("long.srt",
                                         "1\n00:00:00,500 --> 00:00:01,000\nA\n\n2\n00:00:01,500 --> "
                                         "00:00:59,000\nB\n\n3\n00:01:20,000 --> 00:01:30,000\nC\n");
  for (const auto* const to : {"mp4", "mkv", "webm"}) {
    const boost::json::object options{
        {"subtitles_mode", "soft"}, {"preset", "ultrafast"}, {"trim_start", 1}, {"trim_end", 2}};
    const auto files = run_.convert("mkv", to, {sample("film.mkv"), words}, options);
    ASSERT_TRUE(files) << to << ": " << files.error().message;
    const auto seen =
        test::output_of("ffprobe -v error -show_entries format=duration -of csv=p=0 '" + files->front().string() + "'");
    EXPECT_NEAR(std::stod("0" + seen), 1, 0.1) << to;
    const auto back = run_.convert(to, "srt", {files->front()});
    ASSERT_TRUE(back) << to << ": " << back.error().message;
    EXPECT_THAT(test::read_file(back->front()), AllOf(HasSubstr("B"), HasSubstr("00:00:00,5"), Not(HasSubstr("A"))));
  }
  const auto late = run_.folder().write("late.srt", "1\n00:01:20,000 --> 00:01:30,000\nC\n");
  const auto none = run_.convert("mkv", "mp4", {sample("film.mkv"), late}, {{"subtitles_mode", "soft"}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "None of the subtitles lies within the film.");
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
    EXPECT_THAT(files.error().message, HasSubstr("The trim_start is at 600.0 seconds, but the file ends after 3."))
        << to;
    EXPECT_EQ(files.error().field, "trim_start");
  }
  const auto still = convert("mkv", "png", sample("film.mkv"), {{"timestamp", "00:10:00"}});
  ASSERT_FALSE(still);
  EXPECT_EQ(still.error().field, "timestamp");
}

TEST_F(FfmpegRun, SaysThatACopyDoesNotFit) {
  const auto film = convert("mkv", "webm", sample("film.mkv"), {{"video_codec", "copy"}, {"audio_codec", "copy"}});
  ASSERT_FALSE(film);
  EXPECT_THAT(film.error().message, HasSubstr("leave out copy to have it coded anew"));
  const auto sound = convert("mkv", "mp3", sample("film.mkv"), {{"audio_codec", "copy"}});
  ASSERT_FALSE(sound);
  EXPECT_THAT(sound.error().message, HasSubstr("leave out copy to have it coded anew"));
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
