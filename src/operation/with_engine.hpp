#pragma once

#include <utility>

#include "operation/common.hpp"
#include "operation/conversion.hpp"

/// Operations that engines do. Their options struct derives from Common and says what it wishes for:
///   engine::Wish wish_for(std::string from) const;
/// The engine's options lie flat beside it in the payload.
namespace recast::operation {

/// Runs every input by itself through the best engine, its content checked first, and gives what came of it to `take`
/// with the format that the input has. What the client should know of how that went.
Result<std::string> run_each(TaskContext& context, const Common& options, const json::object& payload,
                             const std::function<engine::Wish(std::string from)>& wish_for,
                             const std::function<Result<>(const File& input, std::string_view from, Converted)>& take);

/// The usual way: every input by itself, its content checked, through the best engine; the outputs named.
Result<Outcome> each_input(TaskContext& context, const Common& options, const json::object& payload,
                           const std::function<engine::Wish(std::string from)>& wish_for);

/// What each_input() needs to be known of an operation before a task is created.
Result<> check_with_engine(const engine::Catalogue& catalogue, const Common& options, const json::object& payload,
                           const std::function<engine::Wish(std::string from)>& wish_for);

/// Fills what an Operation with an engine needs. `run` is each_input() if there is nothing else to do.
template <class Options>
Operation define_with_engine(Operation base,
                             Result<Outcome> (*run)(TaskContext&, const Options&, const json::object&) = nullptr,
                             Result<> (*check_more)(const Options&, const engine::Catalogue&) = nullptr) {
  base.options = schema::describe<Options>();
  for (const auto& option : base.options) {
    if (option.secret) base.hidden.push_back(option.name);
  }
  base.check = [check_more](const json::object& payload, const engine::Catalogue& catalogue) -> Result<> {
    RECAST_TRY(const auto options, schema::parse<Options>(payload));
    if (check_more != nullptr) RECAST_CHECK(check_more(options, catalogue));
    return check_with_engine(catalogue, options, payload,
                             [&](std::string from) { return options.wish_for(std::move(from)); });
  };
  base.run = [run](TaskContext& context, const json::object& payload) -> Result<Outcome> {
    RECAST_TRY(const auto options, schema::parse<Options>(payload));
    if (run != nullptr) return run(context, options, payload);
    return each_input(context, options, payload, [&](std::string from) { return options.wish_for(std::move(from)); });
  };
  base.records = [name = base.name](const engine::Catalogue& catalogue) { return engine_records(name, catalogue); };
  base.engine_of = [](const json::object& payload,
                      const engine::Catalogue& catalogue) -> std::pair<std::string, std::string> {
    const auto options = schema::parse<Options>(payload);
    if (!options) return {};
    return engine_known(catalogue, options->wish_for(format::canonical(options->input_format)));
  };
  return base;
}

}  // namespace recast::operation
