#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "format/format.hpp"
#include "operation/common.hpp"
#include "operation/registry.hpp"
#include "operation/route.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  std::string output_format;
  std::vector<std::string> subtitles;

  static constexpr auto fields = std::tuple_cat(
      Common::common_fields,
      std::tuple{
          schema::field(&Options::output_format, "output_format", "Format to convert to.", {.required = true}),
          schema::field(&Options::subtitles, "subtitles",
                        "Tasks whose file holds the subtitles of a film; see subtitles_mode."),
      });

  engine::Wish wish_from(std::string_view from) const {
    return wish("convert", format::canonical(from), format::canonical(output_format));
  }
};

/// With both formats known a pair that cannot be is refused at once; else the task says it when it runs.
Result<> check(const json::object& payload, const engine::Catalogue& catalogue) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  if (options.input_format.empty()) return {};
  const auto wish = options.wish_from(options.input_format);
  const auto route = operation::find_route(catalogue, wish);
  if (!route && route.error().code == ErrorCode::invalid_conversion_type)
    return fail(ErrorCode::invalid_data, route.error().message, "output_format");
  if (!route) return std::unexpected(route.error());
  return operation::check_route(catalogue, *route, wish, payload, options.subtitles.empty() ? 1 : 2);
}

/// Whether the texts hold nothing but blanks and ends of pages, as those of a scan do.
bool are_blank(const std::vector<std::filesystem::path>& files) {
  return std::ranges::all_of(files, [](const auto& file) {
    std::ifstream text(file, std::ios::binary);
    char first = 0;
    return !(text >> std::ws >> first);  // std::ws takes form feeds, too
  });
}

Result<operation::Outcome> convert(operation::TaskContext& context, const json::object& payload) {
  RECAST_TRY(const auto options, schema::parse<Options>(payload));
  const auto& inputs = context.inputs();
  if (inputs.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  const auto subtitles = context.inputs("subtitles");
  operation::Outputs outputs(options.filename);
  operation::Outcome outcome;
  const operation::Shares shares(inputs.size());
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const auto& input = inputs[at];
    RECAST_TRY(const auto from, operation::input_format(input, options.input_format));
    const auto wish = options.wish_from(from);
    RECAST_TRY(const auto route, operation::find_route(context.catalogue(), wish));
    RECAST_CHECK(operation::check_content(context, input, from));
    operation::Conversion conversion{.wish = wish,
                                     .options = payload,
                                     .inputs = {input},
                                     .percent_from = shares.begin(at),
                                     .percent_to = shares.end(at)};
    conversion.inputs.insert(conversion.inputs.end(), subtitles.begin(), subtitles.end());
    RECAST_TRY(auto done, operation::run_route(context, route, conversion));
    if (wish.from == "pdf" && wish.to == "txt" && done.note.empty() && are_blank(done.files))
      done.note = "The PDF has no text, its pages may be pictures: pdf/ocr recognises their words.";
    outputs.add(input, wish.to, std::move(done.files));
    if (outcome.message.empty()) outcome.message = std::move(done.note);
  }
  RECAST_TRY(outcome.files, outputs.take());
  return outcome;
}

std::vector<operation::Record> records(const engine::Catalogue& catalogue) {
  auto rows = operation::engine_records("convert", catalogue);
  auto routed = operation::routed_records(catalogue);
  rows.insert(rows.end(), std::make_move_iterator(routed.begin()), std::make_move_iterator(routed.end()));
  std::ranges::stable_sort(rows, {}, [](const auto& row) { return std::tie(row.from, row.to); });
  return rows;
}

/// Known before the task runs if the pair is, or if the client chose.
std::pair<std::string, std::string> engine_of(const json::object& payload, const engine::Catalogue& catalogue) {
  const auto options = schema::parse<Options>(payload);
  if (!options) return {};
  return operation::engine_known(catalogue, options->wish_from(options->input_format));
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
