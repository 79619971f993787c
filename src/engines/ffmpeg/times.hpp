#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::engines::ffmpeg {

/// "90", "1:30.5", "00:01:30.500" as seconds; nullopt for an empty text; invalid_data on `field` for anything else.
Result<std::optional<double>> parse_time(std::string_view text, std::string_view field);

/// The part of the input that is converted.
struct Trim {
  std::optional<double> start;
  std::optional<double> end;
  std::string_view field = "trim_start";  ///< the option that says the start
};

/// Percent of a conversion, from the output of ffprobe (which names the duration) and then of ffmpeg (which says how
/// far it is). Copies share what they learned, so one copy goes into each step of a plan.
class Progress {
 public:
  explicit Progress(Trim trim) : state_(std::make_shared<State>(State{trim, {}})) {}

  /// A line of ffprobe's "duration=12.5"; never a percentage: this step is done when it ends.
  void learn(std::string_view line) const;
  /// A line of ffmpeg's -progress.
  std::optional<int> percent(std::string_view line) const;
  /// What to say if nothing came out: whether the start lies behind the end.
  std::optional<Error> too_late() const;

 private:
  struct State {
    Trim trim;
    std::optional<double> duration;
  };
  std::shared_ptr<State> state_;
};

}  // namespace recast::engines::ffmpeg
