#include "engines/ffmpeg/filters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/text.hpp"

namespace recast::engines::ffmpeg {

namespace {

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc{} || stop != end) return std::nullopt;
  return value;
}

Result<std::string> rotation(std::int64_t degrees) {
  switch ((degrees % 360 + 360) % 360) {
    case 0:
      return std::string();
    case 90:
      return std::string("transpose=1");
    case 180:
      return std::string("hflip,vflip");
    case 270:
      return std::string("transpose=2");
    default:
      return fail(ErrorCode::invalid_data, "The rotate must be 0, 90, 180 or 270.", "rotate");
  }
}

/// Commas inside an expression would end the filter, so they are escaped.
std::string size(const Options& options, bool even) {
  const auto rounded = [&](std::optional<std::int64_t> side) {
    return side && even ? std::optional(*side / 2 * 2) : side;
  };
  const auto width = rounded(options.width), height = rounded(options.height);
  const auto* const other_side = even ? "-2" : "-1";
  const auto* const divisible = even ? ":force_divisible_by=2" : "";
  if (!width && !height) return even ? "scale=trunc(iw/2)*2:trunc(ih/2)*2" : "";
  if (width && height) {
    if (options.fit == "crop") {
      return fmt::format("scale={0}:{1}:force_original_aspect_ratio=increase,crop={0}:{1},setsar=1", *width, *height);
    }
    if (options.fit == "max") {
      return fmt::format("scale=min({}\\,iw):min({}\\,ih):force_original_aspect_ratio=decrease{}", *width, *height,
                         divisible);
    }
    return fmt::format("scale={}:{},setsar=1", *width, *height);
  }
  if (options.fit == "max") {
    if (width) return fmt::format("scale=trunc(min({}\\,iw)/2)*2:{}", *width, other_side);
    return fmt::format("scale={}:trunc(min({}\\,ih)/2)*2", other_side, *height);
  }
  return width ? fmt::format("scale={}:{}", *width, other_side) : fmt::format("scale={}:{}", other_side, *height);
}

Result<std::string> aspect(std::string_view text) {
  const auto colon = text.find(':');
  const auto left = integer(text.substr(0, colon));
  const auto right = colon == std::string_view::npos ? std::nullopt : integer(text.substr(colon + 1));
  if (!left || !right || *left < 1 || *right < 1 || *left > 10'000 || *right > 10'000) {
    return fail(ErrorCode::invalid_data, "The aspect_ratio must be a ratio such as 16:9.", "aspect_ratio");
  }
  return fmt::format("setdar={}/{}", *left, *right);
}

}  // namespace

Result<> apply_resolution(Options& options) {
  if (options.video_resolution.empty()) return {};
  const auto cross = options.video_resolution.find_first_of("xX");
  const std::string_view text = options.video_resolution;
  const auto width = integer(text.substr(0, cross));
  const auto height = cross == std::string_view::npos ? std::nullopt : integer(text.substr(cross + 1));
  if (!width || !height || *width < 2 || *height < 2 || *width > 16384 || *height > 16384) {
    return fail(ErrorCode::invalid_data, "The video_resolution must be a size such as 1280x720.", "video_resolution");
  }
  if (!options.width) options.width = width;
  if (!options.height) options.height = height;
  return {};
}

bool changes_picture(const Options& options) {
  return options.width || options.height || options.fps || options.rotate != 0 || options.subtitles_mode == "hard";
}

bool changes_sound(const Options& options) { return options.volume || options.normalize; }

Result<std::string> picture_filters(const Options& options, const Container& container, const Burned& subtitles) {
  const bool even = container.has_video() && container.name != "gif";
  std::vector<std::string> chain;
  RECAST_TRY(const auto turn, rotation(options.rotate));
  if (!turn.empty()) chain.push_back(turn);
  if (options.fps) chain.push_back(fmt::format("fps={}", *options.fps));
  if (const auto scale = size(options, even); !scale.empty()) chain.push_back(scale);
  // A film that is cut begins at 0, its subtitles do not.
  const bool moved = !subtitles.file.empty() && subtitles.cut > 0;
  if (moved) chain.push_back(fmt::format("setpts=PTS+{:.3f}/TB", subtitles.cut));
  if (!subtitles.file.empty()) chain.push_back("subtitles=filename=" + subtitles.file);
  if (moved) chain.push_back(fmt::format("setpts=PTS-{:.3f}/TB", subtitles.cut));
  if (!options.aspect_ratio.empty()) {
    RECAST_TRY(const auto shape, aspect(options.aspect_ratio));
    chain.push_back(shape);
  }
  return fmt::format("{}", fmt::join(chain, ","));
}

std::string sound_filters(const Options& options) {
  std::vector<std::string> chain;
  if (options.volume) chain.push_back(fmt::format("volume={}", *options.volume));
  if (options.normalize) chain.emplace_back("loudnorm=I=-16:TP=-1.5:LRA=11");
  return fmt::format("{}", fmt::join(chain, ","));
}

}  // namespace recast::engines::ffmpeg
