#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/format.hpp"
#include "operation/conversion.hpp"
#include "operation/registry.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options {
  std::vector<std::string> input;
  std::string input_format;
  std::string output_format;
  std::string engine;
  std::string engine_version;
  std::string filename;
  std::optional<std::int64_t> timeout;
  std::vector<std::string> subtitles;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::input, "input", "Tasks whose files are converted."),
      schema::field(&Options::input_format, "input_format",
                    "Format of the input; the extension of its name if nothing is said."),
      schema::field(&Options::output_format, "output_format", "Format to convert to.", {.required = true}),
      schema::field(&Options::engine, "engine", "Engine that converts; the pair's default if nothing is said."),
      schema::field(&Options::engine_version, "engine_version", "Version of the engine, or latest."),
      schema::field(&Options::filename, "filename",
                    "Name of the output with its extension; %d is replaced by a number."),
      schema::field(&Options::timeout, "timeout", "Seconds after which the task is ended.", {.min = 1}),
      schema::field(&Options::subtitles, "subtitles",
                    "Tasks whose file holds the subtitles of a film; see subtitles_mode."),
  };

  engine::Wish wish(std::string from) const {
    return {std::move(from), format::canonical(output_format), engine, engine_version};
  }
};

bool is_subtitles(const operation::File& file) {
  static constexpr std::array<std::string_view, 4> tokens{"srt", "vtt", "ass", "ssa"};
  return std::ranges::find(tokens, format::of_file_name(file.name)) != tokens.end();
}

/// The files of the tasks in `input` come first, those of `subtitles` after them.
operation::Files take_subtitles(operation::Files& inputs) {
  auto first = inputs.end();
  while (first != inputs.begin() && is_subtitles(*std::prev(first))) --first;
  operation::Files subtitles(first, inputs.end());
  inputs.erase(first, inputs.end());
  return subtitles;
}

Result<> check(const json::object& payload, const engine::Catalogue& catalogue) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  if (options.input_format.empty()) return {};
  const auto from = format::canonical(options.input_format);
  const auto choice = catalogue.choose(options.wish(from));
  if (!choice && choice.error().code != ErrorCode::invalid_data) return {};  // the task says it when it runs
  if (!choice) return std::unexpected(choice.error());
  return operation::check_options(*choice, from, format::canonical(options.output_format), payload,
                                  options.subtitles.empty() ? 1 : 2);
}

Result<operation::Outcome> convert(operation::TaskContext& context, const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  auto inputs = context.inputs();
  const auto subtitles = options.subtitles.empty() ? operation::Files() : take_subtitles(inputs);
  operation::Outputs outputs(options.filename);
  const auto share = [&](std::size_t number) { return static_cast<int>(number * 100 / inputs.size()); };
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const auto& input = inputs[at];
    RECAST_TRY(auto from, operation::input_format(input, options.input_format));
    RECAST_TRY(const auto choice, context.catalogue().choose(options.wish(from)));
    RECAST_CHECK(operation::check_content(context, input, from));
    operation::Conversion conversion{.choice = choice,
                                     .from = std::move(from),
                                     .to = format::canonical(options.output_format),
                                     .options = payload,
                                     .input = input.path,
                                     .further = subtitles,
                                     .percent_from = share(at),
                                     .percent_to = share(at + 1)};
    RECAST_TRY(auto results, operation::run_conversion(context, conversion));
    outputs.add(input, conversion.to, std::move(results));
  }
  RECAST_TRY(auto files, outputs.take());
  return operation::Outcome{.files = std::move(files), .credits = 1};
}

std::vector<operation::Record> records(const engine::Catalogue& catalogue) {
  std::vector<operation::Record> rows;
  for (const auto& pair : catalogue.pairs()) {
    rows.push_back({.from = pair.from,
                    .to = pair.to,
                    .engine = pair.engine,
                    .engine_name = pair.reported_name,
                    .is_default = pair.is_default});
  }
  return rows;
}

/// Known before the task runs if the pair is, or if the client chose.
std::pair<std::string, std::string> engine_of(const json::object& payload, const engine::Catalogue& catalogue) {
  const auto options = schema::parse<Options>(payload);
  if (!options || (options->input_format.empty() && options->engine.empty())) return {};
  if (!options->input_format.empty()) {
    const auto choice = catalogue.choose(options->wish(format::canonical(options->input_format)));
    if (!choice) return {};
    return {choice->reported_name, choice->installation->version};
  }
  for (const auto* const one : catalogue.installations(options->engine)) {
    const auto& version = options->engine_version;
    const bool wanted = version.empty() ? one->is_default : version == "latest" ? one->latest : version == one->version;
    if (wanted) return {options->engine, one->version};
  }
  return {};
}

}  // namespace

Result<> register_convert(operation::Registry& registry) {
  operation::Operation operation{.name = "convert",
                                 .summary = "Converts files from one format to another.",
                                 .load = operation::Load::cpu,
                                 .references = {"subtitles"},
                                 .options = schema::describe<Options>()};
  // An engine's options lie flat beside ours, so both look at the payload as it came.
  operation.check = &check;
  operation.run = &convert;
  operation.records = &records;
  operation.engine_of = &engine_of;
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
