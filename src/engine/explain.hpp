#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/plan.hpp"

/// What engines have in common when they explain a failed step.
namespace recast::engine {

/// The last line of a text that says something, at most 300 bytes: programs warn of much and say last what they gave up
/// on.
std::string_view last_line(std::string_view text);

/// If standard error holds `words` (in any case of letters), the step failed for that reason.
struct Phrase {
  std::string_view words;
  ErrorCode code;
  std::string_view message;
  std::string_view field = {};
};

/// The first phrase that is found; else conversion_failed with the last line of standard error, or with how `engine`
/// ended.
Error explain_by(std::initializer_list<Phrase> phrases, const StepEnd& end, std::string_view engine);

}  // namespace recast::engine
