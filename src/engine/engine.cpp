#include "engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "schema/present.hpp"

namespace recast::engine {

namespace {
constexpr std::size_t kLongestRequest = 56 << 10;  // what a resident worker takes is a little more
}

std::vector<Conversion> pairs(std::initializer_list<std::string_view> from, std::initializer_list<std::string_view> to,
                              int rank, const std::vector<std::string>& needs) {
  std::vector<Conversion> result;
  for (const auto source : from) {
    for (const auto target : to) {
      if (source != target) result.push_back({std::string(source), std::string(target), rank, needs});
    }
  }
  return result;
}

Engine::Engine(Info info) : info_(std::move(info)) {
  for (const auto& ability : info_.abilities) {
    for (const auto& pair : ability.conversions)
      pairs_.emplace(std::tuple(ability.operation, pair.from, pair.to), &ability);
  }
}

const Ability* Engine::ability(std::string_view operation, std::string_view from, std::string_view to) const {
  const auto found = pairs_.find(std::tuple(operation, from, to));
  return found == pairs_.end() ? nullptr : found->second;
}

bool Engine::has_option(std::string_view operation, std::string_view from, std::string_view to,
                        std::string_view name) const {
  const auto* const found = ability(operation, from, to);
  return found != nullptr &&
         std::ranges::any_of(found->options, [&](const auto& option) { return schema::is_called(option, name); });
}

Result<Plan> Engine::plan(const Request& request) const {
  const auto* const own = ability(request.operation, request.from, request.to);
  if (own == nullptr) {
    return fail(ErrorCode::invalid_conversion_type,
                request.operation == "convert"
                    ? fmt::format("{} does not convert {} to {}.", info_.name, request.from, request.to)
                    : fmt::format("{} does not do {} with {}.", info_.name, request.operation,
                                  request.from.empty() ? request.to : request.from));
  }
  if (request.inputs.empty() && !request.from.empty())
    return fail(ErrorCode::invalid_data, "There is no file.", "input");
  if (const auto most = own->most_inputs; request.inputs.size() > most) {
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
