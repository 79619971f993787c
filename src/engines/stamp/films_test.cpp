#include "engines/stamp/stamp_fixture.hpp"

/// Watermarks on films, looked at with ffprobe and single frames.
namespace recast::engines {
namespace {

using namespace test_stamp;
using test::output_of;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;

class FilmWatermarks : public Watermarks<&register_ffmpeg, &register_stamp> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"ffmpeg", "ffprobe", "vips"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  /// Two seconds of white and a tone.
  static fs::path film(const std::string& name, const std::string& more = "-c:a aac") {
    const auto file = run().folder() / name;
    output_of(
        fmt::format("ffmpeg -v error -y -f lavfi -i color=white:size=320x240:rate=25:duration=2 -f lavfi -i "
                    "sine=duration=2 -shortest {} '{}' 2>&1",
                    more, file.string()));
    return file;
  }
  static std::string look(const fs::path& file, const std::string& what) {
    return output_of(
        fmt::format("ffprobe -v error -show_entries {} -of default=noprint_wrappers=1 '{}'", what, file.string()));
  }
  /// A frame as players show it, in square pixels.
  static fs::path frame(const fs::path& film) {
    const auto file = film.string() + ".png";
    output_of(fmt::format("ffmpeg -v error -y -i '{}' -vf 'scale=iw*sar:ih,setsar=1' -frames:v 1 '{}' 2>&1",
                          film.string(), file));
    return file;
  }
  static fs::path image() { return write("green.svg", kGreenSvg); }
  static auto green() { return ElementsAre(Lt(40), Gt(215), Lt(40)); }
  static auto white() { return ElementsAre(Gt(235), Gt(235), Gt(235)); }
};

TEST_F(FilmWatermarks, KeepsLengthAndSound) {
  const auto source = film("film.mp4", "-c:a libmp3lame -b:a 64k -metadata title=Holiday");
  const auto file =
      marked({source, image()}, {{"image_width", 80}, {"position_vertical", "top"}, {"margin_vertical", 10}});
  EXPECT_THAT(look(file, "stream=codec_name,width,height:format_tags=title"),
              testing::AllOf(HasSubstr("h264"), HasSubstr("mp3"), HasSubstr("width=320"), HasSubstr("height=240"),
                             HasSubstr("Holiday")));
  EXPECT_THAT(look(file, "format=duration"), HasSubstr("duration=2.0"));
  const auto sound = [](const fs::path& from) {
    return output_of("ffmpeg -v error -i '" + from.string() + "' -map 0:a -c copy -f md5 -");
  };
  EXPECT_EQ(sound(file), sound(source));
  const auto picture = frame(file);
  EXPECT_THAT(colour(picture, 160, 30), green());
  EXPECT_THAT(colour(picture, 160, 60), white());
  EXPECT_THAT(colour(picture, 112, 30), white());
}

TEST_F(FilmWatermarks, WritesEveryFormat) {
  const auto* const ability = run().engine().ability("watermark", "mp4", "");
  ASSERT_NE(ability, nullptr);
  for (const auto& pair : ability->conversions) {
    const auto codecs = pair.from == "webm" || pair.from == "ogv"   ? "-c:a libvorbis"
                        : pair.from == "mpg"                        ? "-c:a mp2"
                        : pair.from == "wmv"                        ? "-c:a wmav2"
                        : pair.from == "vob" || pair.from == "mod"  ? "-c:a ac3 -f vob"
                        : pair.from == "m2ts" || pair.from == "mts" ? "-c:a ac3"
                        : pair.from == "mxf"                        ? "-c:a pcm_s16le -ar 48000"
                        : pair.from == "3g2"                        ? "-c:a aac -c:v libx264"
                        : pair.from == "m4v"                        ? "-c:a aac -f mp4"
                        : pair.from == "3gp"                        ? "-c:a aac -c:v libx264"
                                                                    : "-c:a aac";
    const auto file =
        marked({film("every." + pair.from, std::string(codecs) + " -t 0.4"), image()}, {{"image_width_percent", 25}});
    EXPECT_THAT(look(file, "stream=codec_type"), testing::AllOf(HasSubstr("video"), HasSubstr("audio"))) << pair.from;
    const auto picture = frame(file);
    EXPECT_THAT(colour(picture, 160, 120), green()) << pair.from;
    EXPECT_THAT(colour(picture, 115, 120), white()) << pair.from;
  }
}

TEST_F(FilmWatermarks, IsRoundOnPixelsThatAreNotSquare) {
  const auto source = film("wide.mkv", "-vf setsar=2/1");
  const auto picture = frame(marked({source, image()}, {{"image_width", 200}}));
  EXPECT_EQ(test::size_of(picture), std::pair(640, 240));
  EXPECT_THAT(colour(picture, 225, 120), green());
  EXPECT_THAT(colour(picture, 414, 120), green());
  EXPECT_THAT(colour(picture, 210, 120), white());
  EXPECT_THAT(colour(picture, 320, 65), white());
}

TEST_F(FilmWatermarks, StandsUprightOnATurnedFilm) {
  const auto source = film("lying.mp4");
  const auto turned = run().folder() / "turned.mp4";
  output_of(
      fmt::format("ffmpeg -v error -y -i '{}' -c copy -metadata:s:v rotate=90 '{}'", source.string(), turned.string()));
  ASSERT_THAT(look(turned, "stream_side_data=rotation"), HasSubstr("rotation"));
  const auto picture = frame(marked({turned, image()}, {{"position_vertical", "bottom"}, {"margin_vertical", 0}}));
  EXPECT_EQ(test::size_of(picture), std::pair(240, 320));
  EXPECT_THAT(colour(picture, 120, 310), green());
  EXPECT_THAT(colour(picture, 120, 260), white());
}

/// A turned film of narrow pixels, as phones and tapes write them, gets the same letters as the picture people see.
TEST_F(FilmWatermarks, WritesTheSameWordsWhateverThePixels) {
  const auto lying = film("narrow.mp4", "-vf scale=160:240,setsar=1/2");
  const auto turned = run().folder() / "narrow-turned.mp4";
  output_of(
      fmt::format("ffmpeg -v error -y -i '{}' -c copy -metadata:s:v rotate=90 '{}'", lying.string(), turned.string()));
  const auto square = film("square.mp4", "-vf scale=480:160,setsar=1");
  const json options{{"text", "Recast XO"}, {"font_size", 60}, {"rotation", 10}};
  const auto seen = frame(marked({turned}, options));
  const auto wanted = frame(marked({square}, options));
  ASSERT_EQ(test::size_of(seen), std::pair(480, 160));
  ASSERT_EQ(test::size_of(wanted), std::pair(480, 160));
  const auto likeness = output_of(fmt::format(
      "ffmpeg -hide_banner -i '{}' -i '{}' -lavfi ssim -f null - 2>&1 | sed -n 's/.*All:\\([0-9.]*\\).*/\\1/p'",
      seen.string(), wanted.string()));
  EXPECT_GT(std::stod("0" + likeness), 0.9) << likeness;
}

TEST_F(FilmWatermarks, TellsHowFarItIs) {
  std::vector<int> percents;
  const auto done = run().run({.operation = "watermark",
                               .from = "mkv",
                               .to = "",
                               .files = {film("film.mkv")},
                               .options = {{"text", "Recast"}},
                               .percents = &percents});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(std::ranges::is_sorted(percents));
  EXPECT_FALSE(percents.empty());
  EXPECT_EQ(look(done->files.front(), "format=nb_streams"), "nb_streams=2\n");
}

TEST_F(FilmWatermarks, RefusesWhatHasNoPicture) {
  const auto sound = run().folder() / "sound.mp4";
  output_of("ffmpeg -v error -y -f lavfi -i sine=duration=1 -c:a aac '" + sound.string() + "'");
  EXPECT_EQ(refused({sound}, {{"text", "x"}}).message, "The file has no picture.");
  EXPECT_EQ(refused({write("bad.mp4", "nothing")}, {{"text", "x"}}).code, ErrorCode::open_failed);
  EXPECT_EQ(refused({film("film.mp4")}, {}).field, "text");
}

}  // namespace
}  // namespace recast::engines
