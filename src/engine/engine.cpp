#include "engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

namespace recast::engine {

namespace {
constexpr std::size_t kLongestRequest = 56 << 10;  // what a resident worker takes is a little more
}

Engine::Engine(Info info) : info_(std::move(info)) {
  for (const auto& ability : info_.abilities) {
    for (const auto& pair : ability.conversions) pairs_.emplace(ability.operation, pair.from, pair.to);
  }
}

const Ability* Engine::ability(std::string_view operation) const {
  const auto found = std::ranges::find(info_.abilities, operation, &Ability::operation);
  return found == info_.abilities.end() ? nullptr : &*found;
}

bool Engine::does(std::string_view operation, std::string_view from, std::string_view to) const {
  return pairs_.contains(std::tuple(operation, from, to));
}

bool Engine::has_option(std::string_view operation, std::string_view name) const {
  const auto* const found = ability(operation);
  return found != nullptr && std::ranges::find(found->options, name, &schema::FieldInfo::name) != found->options.end();
}

Result<Plan> Engine::plan(const Request& request) const {
  if (!does(request.operation, request.from, request.to)) {
    return fail(ErrorCode::invalid_conversion_type,
                request.operation == "convert"
                    ? fmt::format("{} does not convert {} to {}.", info_.name, request.from, request.to)
                    : fmt::format("{} does not do {} with {}.", info_.name, request.operation,
                                  request.from.empty() ? request.to : request.from));
  }
  if (request.inputs.empty() && !request.from.empty())
    return fail(ErrorCode::invalid_data, "There is no file.", "input");
  if (const auto most = ability(request.operation)->most_inputs; request.inputs.size() > most) {
    return fail(ErrorCode::invalid_data,
                most == 1 ? fmt::format("{} takes one file at a time.", info_.name)
                          : fmt::format("{} takes at most {} files.", info_.name, most),
                "input");
  }
  RECAST_TRY(auto plan, make_plan(request));
  for (const auto& step : plan.steps) {
    const auto* const job = std::get_if<WorkerStep>(&step.action);
    if (job != nullptr && json::serialize(job->request).size() > kLongestRequest)
      return fail(ErrorCode::invalid_data, "The options are too long.");
  }
  return plan;
}

}  // namespace recast::engine
