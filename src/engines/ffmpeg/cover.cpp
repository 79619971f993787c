#include "engines/ffmpeg/cover.hpp"

#include "engines/ffmpeg/explain.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/steps.hpp"

namespace recast::engines::ffmpeg {

namespace {

constexpr int kRank = 10;

Error explain_cover(const engine::StepEnd& end) {
  if (end.errors.find("matches no streams") != std::string_view::npos)
    return {ErrorCode::conversion_failed, "The file has sound but no cover.", {}};
  return explain(end);
}

}  // namespace

std::vector<engine::Conversion> covers() {
  std::vector<engine::Conversion> result;
  for (const auto from : audio_inputs()) result.push_back({std::string(from), "png", kRank});
  return result;
}

engine::Plan plan_cover(const engine::Request& request) {
  auto arguments = quiet();
  append(arguments, opening(request.inputs.front()));
  append(arguments, {"-map", "0:v:0", "-an", "-sn", "-dn", "-frames:v", "1", "-c:v", "png", "-update", "1", "-f",
                     "image2", "out/out.png"});
  engine::Plan plan;
  plan.steps.push_back({.action = program("ffmpeg", std::move(arguments))});
  plan.outputs = {"out/out.png"};
  plan.explain = &explain_cover;
  plan.doubt = &doubt;
  return plan;
}

}  // namespace recast::engines::ffmpeg
