#include "engines/ffmpeg/codecs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <map>
#include <span>

namespace recast::engines::ffmpeg {

namespace {

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

/// Other names of a codec. Those of graphics cards mean the same codec; here the processor makes it.
std::string canonical_codec(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kSame{
      {"h264", "x264"},      {"libx264", "x264"},    {"h264_nvenc", "x264"}, {"h265", "x265"},  {"hevc", "x265"},
      {"libx265", "x265"},   {"hevc_nvenc", "x265"}, {"av1_nvenc", "av1"},   {"xvid", "mpeg4"}, {"pcm", "pcm_s16le"},
      {"libmp3lame", "mp3"}, {"libopus", "opus"},    {"libvorbis", "vorbis"}};
  const auto found = kSame.find(name);
  return std::string(found == kSame.end() ? name : found->second);
}

Result<std::string> choose(std::string_view asked, std::string_view fallback,
                           const std::vector<std::string_view>& possible, std::string_view container,
                           std::string_view field) {
  if (asked.empty()) return std::string(fallback);
  auto codec = canonical_codec(asked);
  if (codec == "pcm_s16le" && asked == "pcm" && (container == "aiff" || container == "au")) codec = "pcm_s16be";
  if (codec == "copy" || codec == "none" || codec == fallback || std::ranges::count(possible, codec) > 0) return codec;
  return fail(ErrorCode::invalid_data,
              fmt::format("The {} {} does not fit into {}; possible are {}, copy and none.", field, asked, container,
                          fmt::join(possible, ", ")),
              std::string(field));
}

std::size_t speed(std::string_view preset) {
  constexpr std::array<std::string_view, 9> kPresets{"veryslow", "slower",   "slow",      "medium",   "fast",
                                                     "faster",   "veryfast", "superfast", "ultrafast"};
  return static_cast<std::size_t>(std::ranges::find(kPresets, preset) - kPresets.begin()) % kPresets.size();
}

std::string kilobits(std::int64_t value) { return fmt::format("{}k", value); }

Result<std::int64_t> crf(const Options& options, std::int64_t fallback, std::int64_t most) {
  const auto value = options.crf.value_or(fallback);
  if (value > most) {
    return fail(ErrorCode::invalid_data, fmt::format("The crf must not be greater than {}.", most), "crf");
  }
  return value;
}

/// Constant quality, or a bitrate if one is asked for.
Result<Arguments> rate(const Options& options, std::int64_t fallback, std::int64_t most) {
  if (options.video_bitrate) return Arguments{"-b:v", kilobits(*options.video_bitrate)};
  RECAST_TRY(const auto quality, crf(options, fallback, most));
  return Arguments{"-crf", std::to_string(quality)};
}

Result<Arguments> x264(const Options& options) {
  Arguments result{"-c:v", "libx264", "-preset", options.preset};
  RECAST_TRY(auto quality, rate(options, 23, 51));
  append(result, std::move(quality));
  if (!options.profile.empty()) append(result, {"-profile:v", options.profile});
  if (!options.level.empty()) append(result, {"-level", options.level});
  if (!options.tune.empty()) append(result, {"-tune", options.tune});
  append(result, {"-pix_fmt", "yuv420p"});
  return result;
}

Result<Arguments> x265(const Options& options, const Container& container) {
  if (options.tune == "film" || options.tune == "stillimage") {
    return fail(ErrorCode::invalid_data, fmt::format("x265 has no tune {}.", options.tune), "tune");
  }
  Arguments result{"-c:v", "libx265", "-preset", options.preset};
  RECAST_TRY(auto quality, rate(options, 28, 51));
  append(result, std::move(quality));
  if (!options.tune.empty()) append(result, {"-tune", options.tune});
  append(result, {"-pix_fmt", "yuv420p", "-x265-params", "log-level=error"});
  // Apple's players know HEVC in mp4 and mov only by this tag.
  if (container.muxer == "mp4" || container.muxer == "mov") append(result, {"-tag:v", "hvc1"});
  return result;
}

Result<Arguments> vpx(const std::string& codec, const Options& options) {
  Arguments result{"-c:v", codec == "vp9" ? "libvpx-vp9" : "libvpx"};
  const bool vp9 = codec == "vp9";
  if (options.video_bitrate) {
    append(result, {"-b:v", kilobits(*options.video_bitrate)});
  } else {
    RECAST_TRY(const auto quality, crf(options, vp9 ? 31 : 10, 63));
    // vp9 takes a bitrate of 0 as "no bound"; vp8 needs one.
    append(result, {"-crf", std::to_string(quality), "-b:v", vp9 ? "0" : "8000k"});
  }
  const auto used = std::min<std::size_t>(speed(options.preset) + (vp9 ? 1 : 0), vp9 ? 8 : 5);
  append(result, {"-deadline", "good", "-cpu-used", std::to_string(std::min<std::size_t>(used, 5))});
  if (vp9) append(result, {"-row-mt", "1", "-tile-columns", "2"});
  append(result, {"-pix_fmt", "yuv420p"});
  return result;
}

Result<Arguments> av1(const Options& options) {
  Arguments result{"-c:v", "libsvtav1", "-preset",
                   std::to_string(std::min<std::size_t>(speed(options.preset) + 5, 12))};
  RECAST_TRY(auto quality, rate(options, 35, 63));
  append(result, std::move(quality));
  append(result, {"-pix_fmt", "yuv420p"});
  return result;
}

/// Codecs with a quantiser from 1 to 31 (or, for theora, a quality from 0 to 10) instead of a crf.
Result<Arguments> quantised(const std::string& codec, const Options& options) {
  static const std::map<std::string_view, std::string_view> kEncoders{
      {"mpeg4", "mpeg4"}, {"mpeg2", "mpeg2video"}, {"wmv", "wmv2"}, {"theora", "libtheora"}, {"flv1", "flv"}};
  Arguments result{"-c:v", std::string(kEncoders.at(codec))};
  if (codec == "mpeg4") append(result, {"-tag:v", "xvid"});
  if (options.video_bitrate) {
    append(result, {"-b:v", kilobits(*options.video_bitrate)});
  } else {
    RECAST_TRY(const auto quality, crf(options, 23, 51));
    const auto value = codec == "theora" ? 10 - quality / 6 : std::max<std::int64_t>(2, quality / 5);
    append(result, {"-q:v", std::to_string(value)});
  }
  append(result, {"-pix_fmt", "yuv420p"});
  return result;
}

/// Sound without loss, and codecs whose rate is only a bitrate.
std::string encoder_of(const std::string& codec) {
  static const std::map<std::string_view, std::string_view> kEncoders{
      {"mp3", "libmp3lame"}, {"opus", "libopus"}, {"vorbis", "libvorbis"}, {"wma", "wmav2"}};
  const auto found = kEncoders.find(codec);
  return found == kEncoders.end() ? codec : std::string(found->second);
}

bool lossless(std::string_view codec) { return codec.starts_with("pcm_") || codec == "flac" || codec == "alac"; }

/// The nearest bitrate a codec of fixed rates has.
std::int64_t nearest_rate(const std::string& codec, std::int64_t kilobits_per_second, const Options& options) {
  constexpr std::array<std::int64_t, 14> kAc3{64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640};
  constexpr std::array<std::int64_t, 10> kMp2{64, 96, 112, 128, 160, 192, 224, 256, 320, 384};
  constexpr std::size_t kMp2Mono = 6;  // one channel goes up to 192
  std::span<const std::int64_t> rates = kAc3;
  if (codec == "mp2")
    rates = options.channels == 2 ? std::span<const std::int64_t>(kMp2) : std::span(kMp2).first(kMp2Mono);
  else if (codec != "ac3")
    return kilobits_per_second;
  return *std::ranges::min_element(rates, {}, [&](auto rate) { return std::abs(rate - kilobits_per_second); });
}

Arguments sound_rate(const std::string& codec, const Options& options, const Container& container) {
  auto scale = options.audio_qscale;
  if (!scale && codec == "mp3" && !container.has_video()) scale = 0;
  // libvorbis refuses bitrates that a low sample rate does not need.
  if (codec == "vorbis" && !options.audio_bitrate && !scale) return {"-q:a", "4"};
  const auto at = [&](std::int64_t rate) { return Arguments{"-b:a", kilobits(nearest_rate(codec, rate, options))}; };
  if (options.audio_bitrate || !scale) return at(options.audio_bitrate.value_or(128));
  if (codec == "mp3") return {"-q:a", std::to_string(*scale)};
  if (codec == "vorbis") return {"-q:a", std::to_string(10 - *scale)};
  return at(256 - 24 * *scale);  // no scale of its own: 256 kbit/s down to 40
}

Result<> check_sample_rate(const std::string& codec, std::int64_t rate) {
  const auto refuse = [&](std::string_view possible) {
    return fail(ErrorCode::invalid_data, fmt::format("The sample_rate of {} must be one of {}.", codec, possible),
                "sample_rate");
  };
  constexpr std::array<std::int64_t, 5> kOpus{8000, 12000, 16000, 24000, 48000};
  constexpr std::array<std::int64_t, 9> kMp3{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  if (codec == "opus" && std::ranges::count(kOpus, rate) == 0) return refuse("8000, 12000, 16000, 24000, 48000");
  if (codec == "mp3" && std::ranges::count(kMp3, rate) == 0) {
    return refuse("8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000");
  }
  if (codec == "mp2" && (rate < 16000 || std::ranges::count(kMp3, rate) == 0)) {
    return refuse("16000, 22050, 24000, 32000, 44100, 48000");
  }
  if (codec == "ac3" && rate != 48000 && rate != 44100 && rate != 32000) return refuse("32000, 44100, 48000");
  if (codec == "wma" && rate > 48000) return refuse("8000 to 48000");
  return {};
}

}  // namespace

Result<std::string> choose_video_codec(const Options& options, const Container& container) {
  if (!container.has_video()) return std::string("none");
  return choose(options.video_codec, container.video_codec, container.video_codecs, container.name, "video_codec");
}

Result<std::string> choose_audio_codec(const Options& options, const Container& container) {
  if (container.audio_codec.empty()) return std::string("none");
  RECAST_TRY(auto codec,
             choose(options.audio_codec, container.audio_codec, container.audio_codecs, container.name, "audio_codec"));
  if (codec == "none" && !container.has_video()) {
    return fail(ErrorCode::invalid_data, "Without sound nothing is left of the file.", "audio_codec");
  }
  return codec;
}

Result<Arguments> encode_video(const std::string& codec, const Options& options, const Container& container) {
  if (codec == "none") return Arguments{"-vn"};
  if (codec == "copy") return Arguments{"-c:v", "copy"};
  Arguments tail;
  if (options.keyframe_interval) append(tail, {"-g", std::to_string(*options.keyframe_interval)});
  const auto encoder = [&]() -> Result<Arguments> {
    if (codec == "x264") return x264(options);
    if (codec == "x265") return x265(options, container);
    if (codec == "vp8" || codec == "vp9") return vpx(codec, options);
    if (codec == "av1") return av1(options);
    if (codec == "dvvideo") return Arguments{"-c:v", "dvvideo"};
    return quantised(codec, options);
  };
  RECAST_TRY(auto result, encoder());
  append(result, std::move(tail));
  return result;
}

Result<Arguments> encode_audio(const std::string& codec, const Options& options, const Container& container) {
  if (codec == "none") return Arguments{"-an"};
  if (codec == "copy") return Arguments{"-c:a", "copy"};
  Arguments result{"-c:a", encoder_of(codec)};
  if (!lossless(codec)) append(result, sound_rate(codec, options, container));
  if (options.channels) append(result, {"-ac", std::to_string(*options.channels)});
  if (options.sample_rate) {
    RECAST_CHECK(check_sample_rate(codec, *options.sample_rate));
    append(result, {"-ar", std::to_string(*options.sample_rate)});
  } else if (options.normalize) {
    append(result, {"-ar", "48000"});  // loudnorm measures, and otherwise leaves, 192 kHz
  }
  return result;
}

}  // namespace recast::engines::ffmpeg
