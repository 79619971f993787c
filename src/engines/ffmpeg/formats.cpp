#include "engines/ffmpeg/formats.hpp"

#include <algorithm>
#include <array>

namespace recast::engines::ffmpeg {

namespace {

constexpr std::array<std::string_view, 26> kVideoInputs{
    "mp4", "mov", "mkv", "webm", "avi", "m4v", "3gp",  "3g2", "flv", "wmv", "mpg",  "ts",  "m2ts",
    "ogv", "vob", "mxf", "dv",   "mod", "rm",  "rmvb", "wtv", "dvr", "swf", "cavs", "mts", "gif"};
constexpr std::array<std::string_view, 19> kAudioInputs{"dss",  "mp3", "wav",  "flac", "ogg", "m4a", "aac",
                                                        "opus", "wma", "aiff", "oga",  "m4b", "ac3", "amr",
                                                        "au",   "caf", "aifc", "weba", "voc"};

std::vector<Container> make_containers() {
  const std::vector<std::string_view> mp4_video{"x264", "x265", "av1", "vp9", "mpeg4", "mpeg2"};
  const std::vector<std::string_view> mp4_audio{"aac", "mp3", "ac3", "opus", "flac", "alac"};
  const std::vector<std::string_view> all_video{"x264", "x265", "av1", "vp8", "vp9", "mpeg4", "mpeg2", "theora", "wmv"};
  const std::vector<std::string_view> pcm{"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8"};
  std::vector<std::string_view> mkv_audio{"aac", "mp3", "opus", "vorbis", "ac3", "flac", "alac", "mp2"};
  mkv_audio.insert(mkv_audio.end(), pcm.begin(), pcm.end());
  std::vector<std::string_view> mov_audio = mp4_audio;
  mov_audio.insert(mov_audio.end(), pcm.begin(), pcm.end());
  std::vector<std::string_view> avi_audio{"mp3", "ac3", "mp2", "aac"};
  avi_audio.insert(avi_audio.end(), pcm.begin(), pcm.end());
  return {
      {"mp4", "mp4", "x264", "aac", mp4_video, mp4_audio, "mov_text"},
      {"m4v", "mp4", "x264", "aac", mp4_video, mp4_audio, "mov_text"},
      {"mov", "mov", "x264", "aac", mp4_video, mov_audio, "mov_text"},
      {"mkv", "matroska", "x264", "aac", all_video, mkv_audio, "srt"},
      {"webm", "webm", "vp9", "opus", {"vp8", "vp9", "av1"}, {"opus", "vorbis"}, "webvtt"},
      {"avi", "avi", "mpeg4", "mp3", {"x264", "mpeg4", "mpeg2", "wmv"}, avi_audio, ""},
      {"flv", "flv", "x264", "aac", {"x264"}, {"aac", "mp3"}, ""},
      {"wmv", "asf", "wmv", "wma", {"wmv", "x264", "mpeg4"}, {"wma", "mp3", "aac"}, ""},
      {"mpg", "vob", "mpeg2", "mp2", {"mpeg2"}, {"mp2", "ac3"}, ""},
      {"ts", "mpegts", "x264", "aac", {"x264", "x265", "mpeg2"}, {"aac", "mp3", "ac3", "mp2"}, ""},
      {"ogv", "ogg", "theora", "vorbis", {"theora", "vp8"}, {"vorbis", "opus", "flac"}, ""},
      {"3gp", "3gp", "x264", "aac", {"x264", "mpeg4"}, {"aac"}, ""},
      {"gif", "gif", "gif", "", {"gif"}, {}, ""},
      {"mp3", "mp3", "", "mp3", {}, {"mp3"}, ""},
      {"wav", "wav", "", "pcm_s16le", {}, {"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8"}, ""},
      {"flac", "flac", "", "flac", {}, {"flac"}, ""},
      {"ogg", "ogg", "", "vorbis", {}, {"vorbis", "opus", "flac"}, ""},
      {"m4a", "ipod", "", "aac", {}, {"aac", "alac"}, ""},
      {"aac", "adts", "", "aac", {}, {"aac"}, ""},
      {"opus", "opus", "", "opus", {}, {"opus"}, ""},
      {"wma", "asf", "", "wma", {}, {"wma"}, ""},
      {"aiff", "aiff", "", "pcm_s16be", {}, {"pcm_s16be", "pcm_s24be"}, ""},
      {"ac3", "ac3", "", "ac3", {}, {"ac3"}, ""},
      {"weba", "webm", "", "opus", {}, {"opus", "vorbis"}, ""},
      {"aifc", "aiff", "", "pcm_s16le", {}, {"pcm_s16le", "pcm_s16be", "pcm_s24be"}, ""},
      {"au", "au", "", "pcm_s16be", {}, {"pcm_s16be", "pcm_s24be"}, ""},
      {"caf", "caf", "", "alac", {}, {"alac", "aac", "pcm_s16le", "pcm_s24le"}, ""},
      {"m4b", "ipod", "", "aac", {}, {"aac", "alac"}, ""},
      {"oga", "oga", "", "vorbis", {}, {"vorbis", "opus", "flac"}, ""},
      {"voc", "voc", "", "pcm_s16le", {}, {"pcm_s16le", "pcm_u8"}, ""},
      {"m2ts",
       "mpegts",
       "x264",
       "ac3",
       {"x264", "x265", "mpeg2"},
       {"ac3", "aac", "mp2"},
       "",
       false,
       {"-mpegts_m2ts_mode", "1"}},
      {"vob", "vob", "mpeg2", "ac3", {"mpeg2"}, {"ac3", "mp2"}, ""},
      {"3g2", "3g2", "x264", "aac", {"x264", "mpeg4"}, {"aac"}, ""},
      {"wtv", "wtv", "mpeg2", "ac3", {"mpeg2"}, {"ac3", "mp2"}, ""},
      {"mxf", "mxf", "mpeg2", "pcm_s16le", {"mpeg2", "x264"}, {"pcm_s16le", "pcm_s24le"}, "", false, {"-ar", "48000"}},
      {"swf", "swf", "flv1", "mp3", {"flv1"}, {"mp3"}, "", false, {"-ar", "44100"}},
      // PAL: the only sizes and rates the tape knows.
      {"dv",
       "dv",
       "dvvideo",
       "pcm_s16le",
       {"dvvideo"},
       {"pcm_s16le"},
       "",
       false,
       {"-s", "720x576", "-r", "25", "-pix_fmt", "yuv420p", "-ar", "48000", "-ac", "2"}},
      {"jpg", "image2", "mjpeg", "", {}, {}, "", true},
      {"png", "image2", "png", "", {}, {}, "", true},
  };
}

}  // namespace

std::span<const Container> containers() {
  static const std::vector<Container> all = make_containers();
  return all;
}

const Container* find_container(std::string_view name) {
  const auto all = containers();
  const auto found = std::ranges::find(all, name, &Container::name);
  return found == all.end() ? nullptr : &*found;
}

std::span<const std::string_view> video_inputs() { return kVideoInputs; }
std::span<const std::string_view> audio_inputs() { return kAudioInputs; }

std::string_view demuxers() {
  return "mov,matroska,avi,flv,asf,mpeg,mpegts,mpegvideo,m4v,h264,hevc,ogg,gif,mp3,wav,w64,flac,aac,aiff,ac3,eac3,dts,"
         "caf,"
         "au,amr,amrnb,amrwb,dss,ape,wv,tta,voc,rm,mxf,dv,wtv,swf,cavsvideo,nut,mpc,mpc8,loas";
}

}  // namespace recast::engines::ffmpeg
