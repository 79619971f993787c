#include "operations/command/grammar.hpp"

#include <gtest/gtest.h>

#include "operations/command/words.hpp"

namespace recast::operations::command {
namespace {

using Words = std::vector<std::string>;

Paths files() {
  return Paths({{.name = "clip.mov", .path = "/data/1", .task = "grab"},
                {.name = "subs.srt", .path = "/data/2", .task = "subs"},
                {.name = "a.png", .path = "/data/3", .task = "grab"}});
}

template <class Read>
Result<Words> read(Read read_words, std::string_view text) {
  auto paths = files();
  const auto words = split_words(text);
  if (!words) return std::unexpected(words.error());
  return read_words(*words, paths);
}
Result<Words> ffmpeg(std::string_view text) { return read(&ffmpeg_arguments, text); }
Result<Words> ffprobe(std::string_view text) { return read(&ffprobe_arguments, text); }
Result<Words> convert(std::string_view text) {
  return read([](auto words, auto& paths) { return magick_arguments(Magick::convert, words, paths); }, text);
}
Result<Words> gm(std::string_view text) {
  return read([](auto words, auto& paths) { return magick_arguments(Magick::gm, words, paths); }, text);
}

void expect_refused(const Result<Words>& result, std::string_view what) {
  ASSERT_FALSE(result) << what;
  EXPECT_EQ(result.error().code, ErrorCode::invalid_data) << what;
  EXPECT_EQ(result.error().field, "arguments") << what;
}

TEST(FfmpegCommand, KeepsWhatIsAllowedAndMovesFiles) {
  EXPECT_EQ(ffmpeg("-hide_banner -i /input/grab/clip.mov -vf scale=640:-2 -c:v libx264 -an /output/small.mp4"),
            (Words{"-nostdin", "-hide_banner", "-protocol_whitelist", "file,crypto", "-i", "in/in-1.mov", "-vf",
                   "scale=640:-2", "-c:v", "libx264", "-an", "out/small.mp4"}));
}

TEST(FfmpegCommand, TakesSeveralInputsGraphsAndOutputs) {
  const auto arguments = ffmpeg(
      "-f lavfi -i 'color=c=red:s=64x64:d=1[out0];sine=d=1[out1]' -i /input/grab/a.png "
      "-filter_complex '[0:v][1:v]overlay=W-w:0,subtitles=/input/subs/subs.srt[v]' -map '[v]' -f null - "
      "-metadata 'title=AC/DC: \"Back\"' /output/b.webm");
  ASSERT_TRUE(arguments) << arguments.error().message;
  EXPECT_EQ((*arguments)[12], "[0:v][1:v]overlay=W-w:0,subtitles=in/in-2.srt[v]");
  EXPECT_EQ(arguments->back(), "out/b.webm");
}

TEST(FfmpegCommand, RefusesWhatIsNotListed) {
  for (const auto* const text : {"-i /etc/passwd /output/x.txt",
                                 "-i http://127.0.0.1/x /output/x.mp4",
                                 "-i concat:/etc/passwd /output/x.ts",
                                 "-i file:/etc/passwd /output/x.ts",
                                 "-i /input/grab/clip.mov -f tee '/output/a|/output/b'",
                                 "-i /input/grab/clip.mov /etc/cron.d/x",
                                 "-i /input/grab/clip.mov http://example.com/",
                                 "-i /input/grab/clip.mov -filter_script /etc/passwd /output/x.mp4",
                                 "-i /input/grab/clip.mov -protocol_whitelist http /output/x.mp4",
                                 "-i /input/grab/clip.mov -dump_attachment:t x",
                                 "-f concat -i /input/subs/subs.srt /output/x.mp4",
                                 "-f x11grab -i :0 /output/x.mp4",
                                 "-f lavfi -i movie=/etc/passwd /output/x.mp4",
                                 "-f lavfi -i amovie=http\\\\://x /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf drawtext=textfile=/etc/passwd /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf \"drawtext=textfile='/etc/passwd'\" /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf drawtext=textfile=passwd /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf drawtext=font.ttf:text=x /output/x.mp4",
                                 "-i /input/grab/clip.mov -lavfi psnr=x.log /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf subtitles=../../etc/passwd /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf \"drawtext=textfile=\\\\/etc/passwd\" /output/x.mp4",
                                 "-i /input/grab/clip.mov -vf metadata=print:file=/tmp/x /output/x.mp4",
                                 "-i /input/grab/clip.mov",
                                 "-i /input/grab/clip.mov -attach /etc/passwd /output/x.mkv",
                                 "-i /input/grab/clip.mov -progress http://x /output/x.mp4",
                                 "-report -i /input/grab/clip.mov /output/x.mp4",
                                 "-i /input/grab/clip.mov -vstats_file x /output/x.mp4",
                                 "-i",
                                 "-vf",
                                 "-i /input/grab/clip.mov -c:v/x y /output/x.mp4",
                                 "-i - /output/x.mp4",
                                 "-i pipe:0 /output/x.mp4",
                                 "-i /input/grab/clip.mov -passlogfile /tmp/x /output/x.mp4",
                                 "/output/../../x"}) {
    expect_refused(ffmpeg(text), text);
  }
}

TEST(FfmpegCommand, NamesWhatItRefuses) {
  const auto refused = ffmpeg("-i /input/grab/clip.mov -attach x /output/x.mkv");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "ffmpeg may not be given -attach here.");
}

TEST(FfprobeCommand, Looks) {
  EXPECT_EQ(ffprobe("-v error -show_entries format=duration -of json /input/grab/clip.mov"),
            (Words{"-protocol_whitelist", "file,crypto", "-v", "error", "-show_entries", "format=duration", "-of",
                   "json", "in/in-1.mov"}));
  for (const auto* const text : {"-show_format", "-show_format /etc/passwd", "-f lavfi movie=x",
                                 "-o /output/x /input/grab/clip.mov", "-f lavfi -i movie=/etc/passwd"})
    expect_refused(ffprobe(text), text);
}

TEST(ConvertCommand, PutsCodersBeforeFiles) {
  EXPECT_EQ(
      convert("/input/grab/a.png[0] -resize '50%' ( +clone -blur 0x8 ) -composite /output/b.jpg"),
      (Words{"png:in/in-1.png[0]", "-resize", "50%", "(", "+clone", "-blur", "0x8", ")", "-composite", "out/b.jpg"}));
  EXPECT_EQ(convert("-size 100x50 xc:red -annotate 0x0+5+5 'Hello / World' jpg:/output/x"),
            (Words{"-size", "100x50", "xc:red", "-annotate", "0x0+5+5", "Hello / World", "jpg:out/x"}));
  EXPECT_EQ(convert("/input/grab/a.png -format '%w x %h' info:"),
            (Words{"png:in/in-1.png", "-format", "%w x %h", "info:"}));
}

TEST(ConvertCommand, RefusesCodersThatDoMore) {
  for (const auto* const text : {"msl:/input/grab/a.png /output/x.png",
                                 "/input/subs/subs.srt /output/x.png",
                                 "text:/etc/passwd /output/x.png",
                                 "url:http://127.0.0.1/ /output/x.png",
                                 "https://example.com/x.png /output/x.png",
                                 "fd:0 /output/x.png",
                                 "label:@/etc/passwd /output/x.png",
                                 "caption:@/input/subs/subs.srt /output/x.png",
                                 "mvg:/input/grab/a.png /output/x.png",
                                 "ephemeral:/input/grab/a.png /output/x.png",
                                 "'|id' /output/x.png",
                                 "/input/grab/a.png /output/x.msl",
                                 "/input/grab/a.png show:",
                                 "/input/grab/a.png /etc/x.png",
                                 "/input/grab/a.png x.png",
                                 "/input/grab/a.png -draw 'image over 0,0 0,0 \"/etc/passwd\"' /output/x.png",
                                 "/input/grab/a.png -draw @/etc/passwd /output/x.png",
                                 "/input/grab/a.png -annotate 0 @/etc/passwd /output/x.png",
                                 "/input/grab/a.png -font /etc/passwd /output/x.png",
                                 "/input/grab/a.png -profile /etc/passwd /output/x.png",
                                 "/input/grab/a.png -write /tmp/x.png /output/x.png",
                                 "/input/grab/a.png -process x /output/x.png",
                                 "/input/grab/a.png -define jpeg:x=/etc/passwd /output/x.png",
                                 "/input/grab/a.png -set",
                                 "/input/grab/a.png",
                                 "/input/grab/a.png -tile /etc/x.png /output/x.png",
                                 "/input/grab/a.png[x] /output/x.png",
                                 "pattern:/etc/passwd /output/x.png",
                                 "tile:/input/grab/a.png /output/x.png",
                                 ""})
    expect_refused(convert(text), text);
}

TEST(GmCommand, BeginsWithACommandOfItsOwn) {
  EXPECT_EQ(gm("convert /input/grab/a.png -rotate 90 /output/b.png"),
            (Words{"convert", "png:in/in-1.png", "-rotate", "90", "out/b.png"}));
  EXPECT_EQ(gm("identify /input/grab/a.png"), (Words{"identify", "png:in/in-1.png"}));
  for (const auto* const text :
       {"", "batch /input/grab/a.png", "/input/grab/a.png /output/b.png", "convert msl:x /output/b.png"})
    expect_refused(gm(text), text);
}

}  // namespace
}  // namespace recast::operations::command
