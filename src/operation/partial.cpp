#include "operation/partial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/nearest.hpp"
#include "format/format.hpp"
#include "format/promised.hpp"
#include "operation/conversion.hpp"
#include "schema/present.hpp"

namespace recast::operation {

namespace {

/// What the options say of who will do it.
struct Given {
  std::string from, to, engine, version;

  /// For an error's text: " with output_format png".
  std::string clause() const {
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) text += fmt::format(" {} {} {}", text.empty() ? "with" : "and", name, value);
    };
    add("input_format", from);
    add("output_format", to);
    add("engine", engine);
    return text;
  }
};

/// An engine's part in it: what it can do, and with which pair of formats.
struct Part {
  const engine::Ability* ability = nullptr;
  engine::Wish wish;
};

const schema::FieldInfo* find_option(std::span<const schema::FieldInfo> options, std::string_view name) {
  const auto found = std::ranges::find_if(options, [&](const auto& option) { return is_called(option, name); });
  return found == options.end() ? nullptr : &*found;
}

/// Of an option of the operation's own; empty if it has none of that name.
std::string text_of(const Operation& operation, const json::object& options, std::string_view name) {
  const auto* const option = find_option(operation.options, name);
  const auto* const value = option == nullptr ? nullptr : schema::detail::lookup(options, *option);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Given given_in(const Operation& operation, const json::object& options) {
  return {.from = format::canonical(text_of(operation, options, "input_format")),
          .to = format::canonical(text_of(operation, options, "output_format")),
          .engine = text_of(operation, options, "engine"),
          .version = text_of(operation, options, "engine_version")};
}

/// The legs of a row: one, or two where a format is between.
std::vector<std::pair<std::string_view, std::string_view>> legs_of(const Record& row) {
  if (row.through.empty()) return {{row.from, row.to}};
  return {{row.from, row.through}, {row.through, row.to}};
}

bool has_engine(const Operation& operation, const Record& row, std::string_view engine,
                const engine::Catalogue& catalogue) {
  if (row.engine == nullptr) return true;  // the operation chooses among several itself
  if (row.through.empty()) return row.engine_name == engine;
  return std::ranges::any_of(legs_of(row), [&](const auto& leg) {
    const auto pairs = catalogue.pairs(operation.name, leg.first, leg.second);
    return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.reported_name == engine; });
  });
}

std::unexpected<Error> nobody(std::string_view field, std::string_view what, std::string_view why = {}) {
  return fail(ErrorCode::invalid_data,
              fmt::format("The selected {} is invalid: {}{}{}.", field, what, why.empty() ? "" : ": ", why),
              std::string(field));
}

/// The rows of the operation that the options leave. An operation that takes or gives anything names no format there.
Result<std::vector<Record>> rows_left(const Operation& operation, const Given& given, std::vector<Record> rows,
                                      const engine::Catalogue& catalogue) {
  if (rows.empty()) return rows;  // nothing is installed for it, so nothing can be said of it
  RECAST_CHECK(catalogue.check_names(given.engine, given.version));
  std::erase_if(rows,
                [&](const auto& row) { return !given.from.empty() && !row.from.empty() && row.from != given.from; });
  if (rows.empty()) return nobody("input_format", "no engine reads " + given.from, format::why_never_read(given.from));
  std::erase_if(rows, [&](const auto& row) { return !given.to.empty() && !row.to.empty() && row.to != given.to; });
  if (rows.empty()) return nobody("output_format", "no engine writes " + given.to, format::why_never_written(given.to));
  std::erase_if(rows, [&](const auto& row) {
    return !given.engine.empty() && !has_engine(operation, row, given.engine, catalogue);
  });
  if (rows.empty()) {
    const Given formats{.from = given.from, .to = given.to, .engine = {}, .version = {}};
    return nobody("engine", fmt::format("{} does not do {}{}", given.engine, operation.name, formats.clause()));
  }
  return rows;
}

/// Every ability that has a part in one of the rows, with each source and each target it has there, but not with every
/// pair of them: a plan may refuse for the sake of one (no film in a 3gp has the codec of a webm), hardly of both.
/// Those of default engines first.
std::vector<Part> parts_of(const Operation& operation, std::vector<Record> rows, const engine::Catalogue& catalogue) {
  std::ranges::stable_sort(rows, std::greater(), &Record::is_default);
  std::vector<Part> parts;
  std::set<std::pair<const engine::Ability*, std::string>> sources, targets;
  const auto add = [&](const engine::Engine& engine, const std::string& name, std::string_view from,
                       std::string_view to) {
    const auto* const ability = engine.ability(operation.name, from, to);
    if (ability == nullptr) return;
    const bool new_source = sources.emplace(ability, from).second, new_target = targets.emplace(ability, to).second;
    if (new_source || new_target)
      parts.push_back({ability, {std::string(from), std::string(to), name, {}, operation.name}});
  };
  for (const auto& row : rows) {
    if (row.engine == nullptr) continue;
    if (row.through.empty()) {
      add(*row.engine, row.engine_name, row.from, row.to);
      continue;
    }
    for (const auto& [from, to] : legs_of(row)) {
      for (const auto& pair : catalogue.pairs(operation.name, from, to))
        add(*pair.engine, pair.reported_name, from, to);
    }
  }
  return parts;
}

/// Refused where every engine that knows the option refuses its value, in the words of the first.
Result<> check_value(std::string_view name, std::span<const Part> parts, const json::object& options,
                     const engine::Catalogue& catalogue) {
  Result<> first;
  for (const auto& part : parts) {
    const auto* const option = find_option(part.ability->options, name);
    if (option == nullptr) continue;
    if (schema::detail::lookup(options, *option) == nullptr) return {};  // null says nothing
    auto verdict = schema::check_field(*option, options);
    // What a table cannot say, such as the grammar of a list of pages, the engine's plan does.
    if (verdict) verdict = check_options(catalogue, part.wish, options);
    if (verdict || !is_called(*option, verdict.error().field)) return {};
    if (first) first = std::move(verdict);
  }
  return first;
}

std::unexpected<Error> unknown(std::string_view name, const Operation& operation, const Given& given,
                               std::span<const Part> parts) {
  std::set<std::string> known;
  for (const auto& option : operation.options) known.insert(option.name);
  for (const auto& part : parts) {
    for (const auto& option : part.ability->options) known.insert(option.name);
  }
  const std::vector<std::string> names(known.begin(), known.end());
  const auto meant = nearest(name, names);
  return fail(ErrorCode::invalid_data,
              fmt::format("The option {} is not known to {}{}.{}", name, operation.name, given.clause(),
                          meant.empty() ? "" : fmt::format(" Did you mean {}?", meant)),
              std::string(name));
}

/// Whether an error is about something that is there.
bool is_about(const Error& error, const Operation& operation, const json::object& options) {
  if (error.code != ErrorCode::invalid_data || error.field.empty()) return false;
  const auto* const option = find_option(operation.options, error.field);
  if (option != nullptr) return schema::detail::lookup(options, *option) != nullptr;
  const auto* const value = options.if_contains(error.field);
  const bool empty = value != nullptr && (value->is_null() || (value->is_string() && value->get_string().empty()));
  return value != nullptr && !empty;
}

}  // namespace

Result<> check_partial(const Operation& operation, const json::object& options, const engine::Catalogue& catalogue) {
  RECAST_CHECK(schema::check_present(operation.options, options));
  if (operation.check) {
    if (const auto whole = operation.check(options, catalogue); !whole && is_about(whole.error(), operation, options))
      return whole;
  }
  const auto given = given_in(operation, options);
  const bool by_engine = operation.records != nullptr;
  std::vector<Part> parts;
  if (by_engine) {
    RECAST_TRY(auto rows, rows_left(operation, given, operation.records(catalogue), catalogue));
    if (rows.empty()) return {};
    parts = parts_of(operation, std::move(rows), catalogue);
  }
  for (const auto& member : options) {
    const std::string_view name = member.key();
    if (find_option(operation.options, name) != nullptr) continue;
    const bool known = std::ranges::any_of(
        parts, [&](const auto& part) { return find_option(part.ability->options, name) != nullptr; });
    if (!known) return unknown(name, operation, given, parts);
    RECAST_CHECK(check_value(name, parts, options, catalogue));
  }
  return {};
}

}  // namespace recast::operation
