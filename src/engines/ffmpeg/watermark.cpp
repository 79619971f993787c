#include "engines/ffmpeg/watermark.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/stamp.hpp"
#include "engines/ffmpeg/filters.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/steps.hpp"
#include "schema/parse.hpp"

namespace recast::engines::ffmpeg {

namespace {

namespace stamp = engine::stamp;

constexpr int kRank = 10;
constexpr auto kLook = "tmp/look.txt";

/// What is written as what it was; also under names that nothing is converted to.
const Container* find_film(std::string_view name) {
  if (name == "mts") return find_container("m2ts");
  if (name == "mod") return find_container("vob");
  // A GIF is better kept by an engine for pictures. Tape has its own sizes, and little else than its name in a SWF is
  // a film.
  if (name == "gif" || name == "dv" || name == "swf") return nullptr;
  const auto* const container = find_container(name);
  return container != nullptr && container->has_video() ? container : nullptr;
}

/// How large the picture is shown: its size, the shape of its pixels, and how players turn it.
engine::Step look_at(const std::string& input) {
  Arguments arguments{"-hide_banner",
                      "-loglevel",
                      "error",
                      "-select_streams",
                      "V:0",
                      "-show_entries",
                      "stream=width,height,sample_aspect_ratio:stream_side_data=rotation",
                      "-of",
                      "default=noprint_wrappers=1"};
  append(arguments, opening(input));
  auto step = program("ffprobe", std::move(arguments));
  step.output_file = kLook;
  return {.action = std::move(step), .weight = 1};
}

Arguments container_settings(const Container& container, const std::string& output) {
  Arguments result;
  const bool movable = container.muxer == "mp4" || container.muxer == "mov";
  if (movable) append(result, {"-movflags", "+faststart"});
  for (const auto setting : container.settings) result.emplace_back(setting);
  append(result, {"-f", std::string(container.muxer), output});
  return result;
}

Result<Arguments> conversion(const std::string& input, const Container& container, const std::string& output) {
  Options options;
  auto result = telling();
  append(result, opening(input));
  append(result, {"-protocol_whitelist", "file", "-f", "png_pipe", "-i", std::string(stamp::kPicture)});
  append(result, {"-filter_complex_script", std::string(stamp::kPlace), "-map", "[stamped]"});
  RECAST_TRY(auto picture, encode_video(std::string(container.video_codec), options, container));
  append(result, std::move(picture));
  append(result, {"-map", "0:a?", "-c:a"});
  // AMR of several frames a packet, which phones write, cannot be copied.
  if (container.name == "3gp" || container.name == "3g2")
    append(result, {"aac", "-b:a", "128k"});
  else
    result.emplace_back("copy");
  if (!container.subtitles.empty() || container.name == "vob")
    append(result, {"-map", "0:s?", "-c:s", "copy"});
  else
    result.emplace_back("-sn");
  result.emplace_back("-dn");
  append(result, container_settings(container, output));
  return result;
}

}  // namespace

std::vector<engine::Conversion> watermarked() {
  std::vector<engine::Conversion> result;
  for (const auto name : video_inputs()) {
    if (find_film(name) != nullptr) result.push_back({std::string(name), "", kRank});
  }
  return result;
}

Result<engine::Plan> plan_watermark(const engine::Request& request) {
  RECAST_TRY(auto options, schema::parse<stamp::Options>(request.options));
  const auto& container = *find_film(request.from);
  const auto& input = request.inputs.front();
  const auto output = "out/out." + request.from;
  RECAST_TRY(const auto even, picture_filters(Options{}, container));
  engine::Plan draw;
  draw.steps.push_back(look_at(input));
  const auto graph = fmt::format("[0:V:0][1:v:0]overlay={{x}}:{{y}}:format=auto,{}[stamped]", even);
  RECAST_CHECK(stamp::draw_picture(draw, request, options, kLook, graph));
  RECAST_TRY(auto arguments, conversion(input, container, output));
  auto plan = convert_with_progress(std::move(arguments), Progress(Trim{}));
  plan.steps.insert(plan.steps.begin(), std::make_move_iterator(draw.steps.begin()),
                    std::make_move_iterator(draw.steps.end()));
  plan.outputs = {output};
  return plan;
}

}  // namespace recast::engines::ffmpeg
