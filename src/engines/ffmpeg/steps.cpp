#include "engines/ffmpeg/steps.hpp"

#include <algorithm>
#include <iterator>

#include "engines/ffmpeg/explain.hpp"
#include "engines/ffmpeg/formats.hpp"

namespace recast::engines::ffmpeg {

namespace {
constexpr std::uint32_t kProcesses = 512;  // encoders start several threads per core
}

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

Arguments quiet() { return {"-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-progress", "pipe:1"}; }

Arguments telling() {
  return {"-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info", "-progress", "pipe:1"};
}

Arguments opening(const std::string& input) {
  return {"-protocol_whitelist", "file", "-format_whitelist", std::string(demuxers()), "-i", input};
}

engine::ProgramStep program(std::string name, Arguments arguments) {
  engine::ProgramStep step;
  step.program = std::move(name);
  step.arguments = std::move(arguments);
  step.limits.processes = kProcesses;
  return step;
}

engine::Plan convert_with_progress(Arguments arguments, const Progress& progress) {
  auto convert = program("ffmpeg", std::move(arguments));
  convert.progress = [progress](std::string_view line) { return progress.percent(line); };
  convert.keep_error = Errors(progress);
  convert.input_seconds = [progress] { return progress.duration(); };
  engine::Plan plan;
  plan.steps.push_back({.action = std::move(convert), .weight = 99});
  plan.explain = &explain;
  plan.doubt = [progress](const engine::StepEnd& end) {
    auto error = doubt(end);
    if (!error) return error;
    auto why = progress.too_late();
    return why ? why : error;
  };
  return plan;
}

}  // namespace recast::engines::ffmpeg
