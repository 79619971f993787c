#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/plan.hpp"
#include "engines/ffmpeg/times.hpp"

namespace recast::engines::ffmpeg {

/// What of ffmpeg's lines with `-loglevel level+info` is an error, in the words of `-loglevel error`. Goes into one
/// step.
class Errors {
 public:
  explicit Errors(Progress progress) : progress_(std::move(progress)) {}
  /// Also lets the progress learn.
  std::optional<std::string> operator()(std::string_view line);

 private:
  Progress progress_;
  bool inside_ = false;  ///< the line before was an error, which may go on
};

/// The task's error for a failed step of ffprobe or ffmpeg.
Error explain(const engine::StepEnd& end);

/// ffmpeg also ends well when nothing was left to code: what -progress told says so.
std::optional<Error> doubt(const engine::StepEnd& end);

}  // namespace recast::engines::ffmpeg
