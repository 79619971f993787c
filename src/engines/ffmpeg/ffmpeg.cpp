#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/registry.hpp"
#include "engine/stamp.hpp"
#include "engines/ffmpeg/codecs.hpp"
#include "engines/ffmpeg/cover.hpp"
#include "engines/ffmpeg/filters.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/options.hpp"
#include "engines/ffmpeg/steps.hpp"
#include "engines/ffmpeg/subtitles.hpp"
#include "engines/ffmpeg/times.hpp"
#include "engines/ffmpeg/watermark.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace ffmpeg {
namespace {

constexpr int kRank = 10;
constexpr int kRankOfGifs = 30;  // as a still picture a GIF is a matter for image engines

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> result;
  for (const auto& to : containers()) {
    for (const auto from : video_inputs()) {
      if (from == "gif" && (to.name == "gif" || (!to.has_video()))) continue;
      result.push_back({std::string(from), std::string(to.name), to.image ? kRankOfGifs : kRank});
    }
    if (to.image || to.has_video()) continue;
    for (const auto from : audio_inputs()) result.push_back({std::string(from), std::string(to.name), kRank});
  }
  return result;
}

class Planner {
 public:
  Planner(const engine::Request& request, Options options, const Container& container)
      : request_(request), options_(std::move(options)), container_(container) {}

  Result<engine::Plan> plan();

 private:
  Result<> read_options();
  Result<> find_subtitles();
  Burned burned() const;
  Result<Arguments> picture();
  Result<Arguments> sound() const;
  Result<Arguments> gif() const;
  Result<Arguments> still() const;
  Arguments subtitle_track() const;
  Arguments container_settings() const;
  Result<Arguments> streams();

  const engine::Request& request_;
  Options options_;
  const Container& container_;
  Trim trim_;
  std::string subtitles_;  ///< the file with subtitles, or empty
};

Result<> Planner::read_options() {
  RECAST_CHECK(apply_resolution(options_));
  RECAST_TRY(trim_.start, parse_time(options_.trim_start, "trim_start"));
  RECAST_TRY(trim_.end, parse_time(options_.trim_end, "trim_end"));
  if (trim_.end && *trim_.end <= trim_.start.value_or(0)) {
    return fail(ErrorCode::invalid_data, "The trim_end must be after the trim_start.", "trim_end");
  }
  return find_subtitles();
}

Result<> Planner::find_subtitles() {
  const bool from_file = options_.subtitles_mode == "hard" || options_.subtitles_mode == "soft";
  if (options_.subtitles_mode == "copy" && request_.inputs.size() > 1) {
    return fail(ErrorCode::invalid_data,
                "The subtitles_mode copy keeps the film's own subtitles; a file of subtitles needs soft or hard.",
                "subtitles");
  }
  if (!from_file) return {};
  if (!container_.has_video()) {
    return fail(ErrorCode::invalid_data, fmt::format("A {} has no subtitles.", container_.name), "subtitles_mode");
  }
  if (request_.inputs.size() < 2) {
    return fail(ErrorCode::invalid_data,
                fmt::format("The subtitles_mode {} needs a file with subtitles: name its task in subtitles.",
                            options_.subtitles_mode),
                "subtitles");
  }
  subtitles_ = request_.inputs[1];
  const auto known = {".srt", ".vtt", ".ass", ".ssa"};
  if (std::ranges::none_of(known, [&](const auto* end) { return subtitles_.ends_with(end); })) {
    return fail(ErrorCode::invalid_data, "Subtitles must be an srt, vtt, ass or ssa file.", "subtitles");
  }
  return {};
}

Burned Planner::burned() const {
  if (options_.subtitles_mode != "hard") return {};
  return {.file = subtitles_, .cut = trim_.start.value_or(0)};
}

Result<Arguments> Planner::picture() {
  RECAST_TRY(const auto codec, choose_video_codec(options_, container_));
  if (codec == "none") return Arguments{"-vn"};
  if (codec == "copy" && changes_picture(options_)) {
    return fail(ErrorCode::invalid_data,
                "A picture that is changed cannot keep its coding: leave out video_codec copy.", "video_codec");
  }
  Arguments result{"-map", "0:V:0?"};
  if (codec == "copy") {
    if (!options_.aspect_ratio.empty()) append(result, {"-aspect", options_.aspect_ratio});
    RECAST_CHECK(picture_filters(options_, container_));  // for its checks
  } else {
    RECAST_TRY(auto filters, picture_filters(options_, container_, burned()));
    if (!filters.empty()) append(result, {"-vf", std::move(filters)});
  }
  RECAST_TRY(auto encoder, encode_video(codec, options_, container_));
  append(result, std::move(encoder));
  return result;
}

Result<Arguments> Planner::sound() const {
  RECAST_TRY(const auto codec, choose_audio_codec(options_, container_));
  if (codec == "none") return Arguments{"-an"};
  if (codec == "copy" && (changes_sound(options_) || options_.channels || options_.sample_rate)) {
    return fail(ErrorCode::invalid_data, "Sound that is changed cannot keep its coding: leave out audio_codec copy.",
                "audio_codec");
  }
  Arguments result{"-map", container_.has_video() ? "0:a:0?" : "0:a:0"};
  if (const auto filters = sound_filters(options_); !filters.empty()) append(result, {"-af", filters});
  RECAST_TRY(auto encoder, encode_audio(codec, options_, container_));
  append(result, std::move(encoder));
  return result;
}

/// A GIF has 256 colours: they are chosen from the whole film, then applied.
Result<Arguments> Planner::gif() const {
  RECAST_TRY(auto filters, picture_filters(options_, container_, burned()));
  if (!filters.empty()) filters += ",";
  return Arguments{"-filter_complex",
                   fmt::format("[0:V:0]{}split[frames][sample];[sample]palettegen=stats_mode=diff[palette];"
                               "[frames][palette]paletteuse=dither=bayer:bayer_scale=5:diff_mode=rectangle",
                               filters),
                   "-an",
                   "-sn",
                   "-loop",
                   "0"};
}

Result<Arguments> Planner::still() const {
  RECAST_TRY(auto filters, picture_filters(options_, container_));
  if (options_.timestamp.empty()) filters = filters.empty() ? "thumbnail=50" : "thumbnail=50," + filters;
  Arguments result{"-map", "0:V:0", "-an", "-sn"};
  if (!filters.empty()) append(result, {"-vf", filters});
  append(result, {"-frames:v", "1", "-c:v", std::string(container_.video_codec)});
  if (container_.name == "jpg") append(result, {"-q:v", "2", "-pix_fmt", "yuvj420p"});
  append(result, {"-update", "1"});
  return result;
}

Arguments Planner::subtitle_track() const {
  const bool copied = options_.subtitles_mode == "copy", added = options_.subtitles_mode == "soft";
  if ((!copied && !added) || container_.subtitles.empty()) return {"-sn"};
  return {"-map", copied ? "0:s?" : "1:s:0", "-c:s", std::string(container_.subtitles)};
}

Arguments Planner::container_settings() const {
  Arguments result;
  if (options_.strip) append(result, {"-map_metadata", "-1", "-map_chapters", "-1"});
  const bool movable = container_.muxer == "mp4" || container_.muxer == "mov" || container_.muxer == "ipod";
  if (movable && options_.faststart) append(result, {"-movflags", "+faststart"});
  if (container_.name == "mp3") append(result, {"-id3v2_version", "3"});
  for (const auto setting : container_.settings) result.emplace_back(setting);
  append(result, {"-f", std::string(container_.muxer), "out/out." + request_.to});
  return result;
}

Result<Arguments> Planner::streams() {
  if (container_.image) return still();
  if (container_.name == "gif") return gif();
  RECAST_TRY(auto result, picture());
  RECAST_TRY(auto heard, sound());
  append(result, std::move(heard));
  append(result, subtitle_track());
  result.emplace_back("-dn");
  return result;
}

Result<engine::Plan> Planner::plan() {
  RECAST_CHECK(read_options());
  RECAST_TRY(const auto moment, parse_time(options_.timestamp, "timestamp"));
  const auto& input = request_.inputs.front();
  auto convert = telling();
  const auto start = container_.image && moment ? moment : trim_.start;
  if (start) append(convert, {"-ss", fmt::format("{:.3f}", *start)});
  if (trim_.end) append(convert, {"-to", fmt::format("{:.3f}", *trim_.end)});
  append(convert, opening(input));
  if (options_.subtitles_mode == "soft") {
    append(convert, {"-protocol_whitelist", "file", "-format_whitelist", "srt", "-i", std::string(kCutSubtitles)});
  }
  RECAST_TRY(auto middle, streams());
  append(convert, std::move(middle));
  append(convert, container_settings());

  const auto part = container_.image && moment ? Trim{.start = moment, .end = {}, .field = "timestamp"} : trim_;
  auto plan = convert_with_progress(std::move(convert), Progress(part));
  if (options_.subtitles_mode == "soft") {
    auto cut = cut_subtitles(input, subtitles_, trim_);
    plan.steps.insert(plan.steps.begin(), std::make_move_iterator(cut.begin()), std::make_move_iterator(cut.end()));
  }
  plan.outputs = {"out/out." + request_.to};
  return plan;
}

/// Silence of a tenth of a second: 8-bit sound at 8 kHz.
std::string probe_sound() {
  std::string wav("RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x20\x03\0\0", 44);
  return wav + std::string(800, '\x80');
}

engine::Info describe() {
  engine::Info info;
  info.name = "ffmpeg";
  info.summary = "Converts, cuts and resizes sound and film.";
  info.group = "video";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>(), .most_inputs = 2},
                    {.conversions = subtitle_conversions()},
                    {.operation = "watermark",
                     .conversions = watermarked(),
                     .options = schema::describe<engine::stamp::Options>(),
                     .most_inputs = 2},
                    {.operation = "thumbnail", .conversions = covers(), .options = {}}};
  info.detection = {.programs = {"ffmpeg", "ffprobe"},
                    .version_command = {"ffmpeg", "-version"},
                    .version_pattern = "ffmpeg version n?([0-9.]+)"};
  info.workers = {{.name = "ffmpeg", .program = "recast-worker-ffmpeg", .arguments = {}}};
  info.probe = {.from = "wav", .to = "flac", .content = probe_sound(), .options = {}};
  return info;
}

class Ffmpeg final : public engine::Engine {
 public:
  Ffmpeg() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.operation == "watermark") return plan_watermark(request);
    if (request.operation == "thumbnail") return plan_cover(request);
    if (is_subtitle(request.to)) return subtitle_plan(request);
    const auto* const container = find_container(request.to);
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    return Planner(request, std::move(options), *container).plan();
  }
};

}  // namespace
}  // namespace ffmpeg

Result<> register_ffmpeg(engine::Registry& registry) { return registry.add(std::make_unique<ffmpeg::Ffmpeg>()); }

}  // namespace recast::engines
