#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

/// For programs that only open archives: what they leave is given as files, or packed again by bsdtar.
namespace recast::engine {

/// The abilities `archive/extract` and `convert` of such a program.
std::vector<Ability> unpacking_abilities(std::initializer_list<std::string_view> from, int rank);

/// `unpack` makes the step that writes what is in the archive `input` below `folder`, which it makes if it is missing.
Plan unpacking_plan(const Request& request,
                    const std::function<ProgramStep(const std::string& input, const std::string& folder)>& unpack);

}  // namespace recast::engine
