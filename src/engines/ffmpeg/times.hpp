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

/// Percent of a conversion, from what ffmpeg says: first of its input (which names the duration), then how far it is.
/// Copies share what they learned.
class Progress {
 public:
  explicit Progress(Trim trim) : state_(std::make_shared<State>(State{trim, {}, false})) {}

  /// A line of what ffmpeg says of its inputs; the first "  Duration: 00:00:12.50, …" counts.
  void learn(std::string_view line) const;
  /// A line of ffmpeg's -progress.
  std::optional<int> percent(std::string_view line) const;
  /// Seconds of the first input, as far as its lines said.
  std::optional<double> duration() const { return state_->duration; }
  /// What to say if nothing came out: whether the start lies behind the end.
  std::optional<Error> too_late() const;

 private:
  struct State {
    Trim trim;
    std::optional<double> duration;
    bool told = false;  ///< the first input's duration, be it unknown
  };
  std::shared_ptr<State> state_;
};

}  // namespace recast::engines::ffmpeg
