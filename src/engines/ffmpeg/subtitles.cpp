#include "engines/ffmpeg/subtitles.hpp"

#include "engine/explain.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/steps.hpp"

namespace recast::engines::ffmpeg {

namespace {

/// Two of the three are known to ffmpeg by another name.
std::string muxer_of(std::string_view format) { return format == "vtt" ? "webvtt" : std::string(format); }

Error explain_subtitles(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"matches no streams", ErrorCode::conversion_failed, "The film has no subtitles."},
       {"only possible from text to text", ErrorCode::conversion_failed, "The subtitles are pictures, not text."},
       {"Invalid data found", ErrorCode::open_failed, "The file is damaged or holds no subtitles."}},
      end, "ffmpeg");
}

}  // namespace

std::vector<engine::Step> cut_subtitles(const std::string& film, const std::string& subtitles, const Trim& part) {
  constexpr auto* kLength = "tmp/length.txt";
  constexpr auto* kWhole = "tmp/whole.srt";
  Arguments look{
      "-hide_banner", "-loglevel", "error", "-show_entries", "format=duration", "-of", "default=noprint_wrappers=1"};
  append(look, opening(film));
  auto probe = program("ffprobe", std::move(look));
  probe.output_file = kLength;
  auto unify =
      program("ffmpeg", {"-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file",
                         "-format_whitelist", "srt,webvtt,ass", "-i", subtitles, "-map", "0:s:0", "-f", "srt", kWhole});
  engine::WorkerStep cut{.worker = "ffmpeg",
                         .request = {{"start", part.start.value_or(0)}},
                         .inputs = {kLength, kWhole},
                         .outputs = {std::string(kCutSubtitles)}};
  if (part.end) cut.request["end"] = *part.end;
  cut.limits = {.cpu = std::chrono::seconds(60), .memory = 1ULL << 30, .output = 128ULL << 20, .descriptors = 64};
  std::vector<engine::Step> steps;
  steps.push_back({.action = std::move(probe)});
  steps.push_back({.action = std::move(unify)});
  steps.push_back({.action = std::move(cut)});
  return steps;
}

bool is_subtitle(std::string_view format) { return format == "srt" || format == "vtt" || format == "ass"; }

std::vector<engine::Conversion> subtitle_conversions() {
  auto result = engine::pairs({"srt", "vtt", "ass"}, {"srt", "vtt", "ass"}, 10);
  const auto tracks = engine::pairs({"mkv", "mp4", "m4v", "mov", "webm"}, {"srt", "vtt", "ass"}, 10);
  result.insert(result.end(), tracks.begin(), tracks.end());
  return result;
}

engine::Plan subtitle_plan(const engine::Request& request) {
  const auto whitelist = is_subtitle(request.from) ? std::string("srt,webvtt,ass") : std::string(demuxers());
  engine::ProgramStep step;
  step.program = "ffmpeg";
  step.arguments = {"-hide_banner",
                    "-nostdin",
                    "-loglevel",
                    "error",
                    "-protocol_whitelist",
                    "file",
                    "-format_whitelist",
                    whitelist,
                    "-i",
                    request.inputs.front(),
                    "-map",
                    "0:s:0",
                    "-f",
                    muxer_of(request.to),
                    "out/out." + request.to};
  step.limits.memory = 1ULL << 30;
  step.limits.processes = 128;
  engine::Plan plan;
  plan.steps.push_back({.action = std::move(step)});
  plan.outputs = {"out/out." + request.to};
  plan.explain = &explain_subtitles;
  return plan;
}

}  // namespace recast::engines::ffmpeg
