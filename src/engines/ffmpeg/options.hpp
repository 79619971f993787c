#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::ffmpeg {

/// What a client may say about a conversion of audio or video (processing.md 3.10, 3.11 and 3.16). Codecs are named as
/// the API does; engines/ffmpeg/codecs.hpp knows which fits where.
struct Options {
  std::string video_codec;
  std::optional<std::int64_t> crf;
  std::string preset = "medium";
  std::string profile;
  std::string level;
  std::string tune;
  std::optional<std::int64_t> video_bitrate;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string video_resolution;
  std::string fit = "scale";
  std::string aspect_ratio;
  std::optional<double> fps;
  std::int64_t rotate = 0;
  std::optional<std::int64_t> keyframe_interval;
  std::string subtitles_mode = "none";
  bool faststart = true;
  std::string audio_codec;
  std::optional<std::int64_t> audio_bitrate;
  std::optional<std::int64_t> audio_qscale;
  std::optional<std::int64_t> channels;
  std::optional<std::int64_t> sample_rate;
  std::optional<double> volume;
  bool normalize = false;
  std::string trim_start;
  std::string trim_end;
  bool strip = false;
  std::string timestamp;

  static constexpr auto fields = std::tuple{
      schema::field(
          &Options::video_codec, "video_codec",
          "How the picture is coded; by default what the format is made for. copy takes it over unchanged. The "
          "nvenc words give the same codec, made by the processor.",
          {.values = {"copy",      "none",  "x264",    "h264",       "libx264", "h264_nvenc", "x265",
                      "h265",      "hevc",  "libx265", "hevc_nvenc", "vp8",     "vp9",        "av1",
                      "av1_nvenc", "mpeg4", "xvid",    "mpeg2",      "theora",  "wmv",        "gif"}}),
      schema::field(&Options::crf, "crf",
                    "Quality of the picture: 0 is best, 51 worst (63 for vp8, vp9 and av1). 23 for x264 by default.",
                    {.min = 0, .max = 63, .aliases = {"video_crf"}}),
      schema::field(
          &Options::preset, "preset", "Slower presets make smaller files.",
          {.values = {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"}}),
      schema::field(&Options::profile, "profile", "Profile of x264.", {.values = {"baseline", "main", "high"}}),
      schema::field(&Options::level, "level", "Level of x264, such as 4.1.",
                    {.values = {"1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3",   "3.0", "3.1", "3.2",
                                "4", "4.0", "4.1", "4.2", "5", "5.0", "5.1", "5.2", "6",   "6.1", "6.2"}}),
      schema::field(&Options::tune, "tune", "What x264 or x265 is tuned for.",
                    {.values = {"film", "animation", "grain", "stillimage", "fastdecode", "zerolatency"}}),
      schema::field(&Options::video_bitrate, "video_bitrate", "Kilobits per second of the picture, instead of crf.",
                    {.min = 1, .max = 400'000}),
      schema::field(&Options::width, "width", "Width of the picture in pixels; video rounds it down to an even number.",
                    {.min = 2, .max = 16384}),
      schema::field(&Options::height, "height",
                    "Height of the picture in pixels; video rounds it down to an even number.",
                    {.min = 2, .max = 16384}),
      schema::field(&Options::video_resolution, "video_resolution", "Width and height in one word, such as 1280x720.",
                    {.aliases = {"resolution"}}),
      schema::field(&Options::fit, "fit",
                    "How the picture fills width and height: scale stretches, max keeps its shape and never enlarges, "
                    "crop fills both and cuts the overflow.",
                    {.values = {"scale", "max", "crop"}}),
      schema::field(&Options::aspect_ratio, "aspect_ratio", "Shape players show the picture in, such as 16:9.",
                    {.aliases = {"video_ratio"}}),
      schema::field(&Options::fps, "fps", "Frames per second.", {.min = 0.1, .max = 240, .aliases = {"video_fps"}}),
      schema::field(&Options::rotate, "rotate", "Turns the picture clockwise by 90, 180 or 270 degrees.",
                    {.min = -270, .max = 270}),
      schema::field(&Options::keyframe_interval, "keyframe_interval", "Most frames from one key frame to the next.",
                    {.min = 1, .max = 10'000}),
      schema::field(&Options::subtitles_mode, "subtitles_mode",
                    "Subtitles: none, hard (drawn into the picture) or soft (a track) from the file in subtitles, copy "
                    "(the input's own tracks).",
                    {.values = {"none", "hard", "soft", "copy"}}),
      schema::field(&Options::faststart, "faststart", "Let mp4 and mov files play before they are loaded whole."),
      schema::field(
          &Options::audio_codec, "audio_codec",
          "How the sound is coded; by default what the format is made for. copy takes it over unchanged, none "
          "leaves it out.",
          {.values = {"copy",      "none",   "aac", "mp3",        "opus",      "vorbis",    "ac3",       "flac",
                      "alac",      "wma",    "mp2", "pcm_s16le",  "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_s16be",
                      "pcm_s24be", "pcm_u8", "pcm", "libmp3lame", "libopus",   "libvorbis"}}),
      schema::field(&Options::audio_bitrate, "audio_bitrate",
                    "Kilobits per second of the sound; 128 if nothing is said.", {.min = 6, .max = 1536}),
      schema::field(&Options::audio_qscale, "audio_qscale",
                    "Quality of the sound at a variable rate: 0 is best, 9 worst.", {.min = 0, .max = 9}),
      schema::field(&Options::channels, "channels", "Number of sound channels.",
                    {.min = 1, .max = 8, .aliases = {"audio_channels"}}),
      schema::field(&Options::sample_rate, "sample_rate", "Samples per second.",
                    {.min = 8000, .max = 192'000, .aliases = {"audio_frequency"}}),
      schema::field(&Options::volume, "volume", "Factor of loudness: 0.5 is half, 2 is double.", {.min = 0, .max = 32}),
      schema::field(&Options::normalize, "normalize", "Bring the loudness to -16 LUFS."),
      schema::field(&Options::trim_start, "trim_start", "Where to begin: seconds or HH:MM:SS.mmm.",
                    {.aliases = {"trim_from"}}),
      schema::field(&Options::trim_end, "trim_end", "Where to end: seconds or HH:MM:SS.mmm.", {.aliases = {"trim_to"}}),
      schema::field(&Options::strip, "strip", "Leave out title, artist, chapters and other metadata.",
                    {.aliases = {"strip_metatags"}}),
      schema::field(&Options::timestamp, "timestamp",
                    "Which moment of a video becomes the image; a telling frame near the beginning if empty."),
  };
};

}  // namespace recast::engines::ffmpeg
