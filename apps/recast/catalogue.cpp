#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/text.hpp"
#include "commands.hpp"
#include "format/format.hpp"
#include "format/promised.hpp"

namespace recast::cli {

namespace {

void print_options(const json::value& record) {
  fmt::print("{} {} -> {} with {}\n", text_of(record, "operation"), text_of(record, "input_format"),
             text_of(record, "output_format"), text_of(record, "engine"));
  for (const auto& option : record.at("options").as_array()) {
    fmt::print("    {:<24} {:<10} {:<12} {}\n", text_of(option, "name"), text_of(option, "type"),
               text_of(option, "default"), text_of(option, "description"));
  }
}

using Names = std::set<std::string>;

/// Operations with two formats have a line for each input; those with one have one line, those on PDF alone none.
void print_pairs(const json::array& records) {
  std::map<std::pair<std::string, std::string>, Names> rows;  // (operation, from) -> targets
  std::map<std::string, Names> sources;                       // of operations that name no target
  for (const auto& record : records) {
    const auto operation = text_of(record, "operation"), from = text_of(record, "input_format"),
               to = text_of(record, "output_format");
    if (to.empty()) {
      sources[operation].insert(from);
    } else {
      rows[{operation, from}].insert(to);
    }
  }
  for (const auto& [row, targets] : rows)
    fmt::print("{:<10} {:<6} -> {}\n", row.first, row.second, fmt::join(targets, " "));
  for (const auto& [operation, formats] : sources) {
    const auto list = fmt::format("{}", fmt::join(formats, " "));
    fmt::print("{}{}\n", operation, list.empty() ? "" : ": " + list);
  }
}

/// Which engine reads and which writes a format, the default ones of its pairs.
struct Known {
  Names readers, writers;
};

std::map<std::string, Known> known_formats(const json::array& records) {
  std::map<std::string, Known> known;
  for (const auto& record : records) {
    const auto from = text_of(record, "input_format"), to = text_of(record, "output_format"),
               engine = text_of(record, "engine");
    if (from.empty() || to.empty()) continue;
    known[from].readers.insert(engine);
    known[to].writers.insert(engine);
  }
  return known;
}

/// Why no operation is listed for what was asked.
Error nothing_found(const OperationsFlags& flags) {
  for (const auto& format : {flags.from, flags.to}) {
    if (!format.empty() && format::find(format) == nullptr)
      return {ErrorCode::invalid_data, fmt::format("There is no format called {}; see recast formats.", format), {}};
  }
  return {ErrorCode::invalid_conversion_type, "This server has no operation of this kind; see recast operations.", {}};
}

std::string cell(const Names& engines, std::string_view why) {
  if (!engines.empty()) return fmt::format("{}", fmt::join(engines, ", "));
  return why.empty() ? "–" : fmt::format("no: {}", why);
}

}  // namespace

int operations(const OperationsFlags& flags, const TargetFlags& target_flags) {
  const auto target = open_or_embed(target_flags, Key::optional);
  if (!target) return complain(target.error());
  std::string path = "/v2/operations?alternatives=true";
  if (flags.options) path += "&include=options,engine_versions";
  if (!flags.operation.empty()) path += "&filter[operation]=" + percent_encode(flags.operation);
  if (!flags.from.empty()) path += "&filter[input_format]=" + percent_encode(lower(flags.from));
  if (!flags.to.empty()) path += "&filter[output_format]=" + percent_encode(lower(flags.to));
  const auto answer = Client(target->endpoint).get(path);
  if (!answer) return complain(answer.error());
  const auto& records = answer->at("data").as_array();
  if (records.empty() && !flags.json) return complain(nothing_found(flags));
  if (flags.json) {
    print_json(*answer);
  } else if (flags.options) {
    for (const auto& record : records) print_options(record);
  } else {
    print_pairs(records);
  }
  return kOk;
}

int formats(const TargetFlags& target_flags) {
  const auto target = open_or_embed(target_flags, Key::optional);
  if (!target) return complain(target.error());
  const auto answer = Client(target->endpoint).get("/v2/operations?filter[operation]=convert");
  if (!answer) return complain(answer.error());
  const auto known = known_formats(answer->at("data").as_array());
  fmt::print("| format | read by | written by |\n|---|---|---|\n");
  for (const auto token : format::promised()) {
    const auto canonical = format::canonical(token);
    const auto found = known.find(canonical);
    const auto engines = found == known.end() ? Known() : found->second;
    const auto name = canonical == token ? std::string(token) : fmt::format("{} (as {})", token, canonical);
    fmt::print("| {} | {} | {} |\n", name, cell(engines.readers, format::why_never_read(canonical)),
               cell(engines.writers, format::why_never_written(canonical)));
  }
  return kOk;
}

}  // namespace recast::cli
