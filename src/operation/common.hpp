#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/catalogue.hpp"
#include "format/format.hpp"
#include "schema/field.hpp"

namespace recast::operation {

/// The options that every operation with an engine has (processing.md 2.1). An operation's own struct derives from it:
///   static constexpr auto fields = std::tuple_cat(Common::common_fields, std::tuple{schema::field(&Options::…)});
struct Common {
  std::vector<std::string> input;
  std::string input_format;
  std::string engine;
  std::string engine_version;
  std::string filename;
  std::optional<std::int64_t> timeout;

  static constexpr auto common_fields = std::tuple{
      schema::field(&Common::input, "input", "Tasks whose files are taken."),
      schema::field(&Common::input_format, "input_format",
                    "Format of the input; the extension of its name if nothing is said."),
      schema::field(&Common::engine, "engine", "Engine that does it; the default if nothing is said."),
      schema::field(&Common::engine_version, "engine_version", "Version of the engine, or latest."),
      schema::field(&Common::filename, "filename",
                    "Name of the output with its extension; %d is replaced by a number."),
      schema::field(&Common::timeout, "timeout", "Seconds after which the task is ended.", {.min = 1}),
  };

  engine::Wish wish(std::string operation, std::string from, std::string to) const {
    return {std::move(from), std::move(to), engine, engine_version, std::move(operation)};
  }
  /// For operations that take and give PDF alone: engines name no formats for them, as the catalogue shows none
  /// (processing.md 13). Anything else has no engine.
  engine::Wish pdf_wish(std::string operation, std::string from) const {
    return wish(std::move(operation), from == "pdf" ? std::string() : std::move(from), {});
  }
};

}  // namespace recast::operation
