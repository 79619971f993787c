#include "engine/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "format/format.hpp"

namespace recast::engine {

namespace {

/// A row of the pair table before defaults are chosen.
struct Candidate {
  Pair pair;
  int rank = 0;
};

/// Names of a pair that belong to an engine which takes them over from the one whose alias they are.
using Taken = std::set<std::tuple<std::string, std::string, std::string, std::string>>;

bool has_all(const Installation& installation, const Conversion& pair) {
  return std::ranges::none_of(pair.needs, [&](const std::string& program) {
    return std::ranges::find(installation.lacking, program) != installation.lacking.end();
  });
}

Taken taken_names(const std::vector<Installation>& installations) {
  Taken taken;
  for (const auto& installation : installations) {
    const auto& info = installation.engine->info();
    for (const auto& name : info.takes_over) {
      for (const auto& ability : info.abilities) {
        for (const auto& pair : ability.conversions) {
          if (has_all(installation, pair)) taken.emplace(ability.operation, pair.from, pair.to, name);
        }
      }
    }
  }
  return taken;
}

std::vector<Candidate> candidates(const std::vector<Installation>& installations) {
  std::set<const Engine*> seen;
  const auto taken = taken_names(installations);
  std::vector<Candidate> rows;
  for (const auto& installation : installations) {
    if (!seen.insert(installation.engine).second) continue;
    const auto& info = installation.engine->info();
    auto names = info.aliases;
    names.insert(names.begin(), info.name);
    names.insert(names.end(), info.takes_over.begin(), info.takes_over.end());
    for (const auto& ability : info.abilities) {
      for (const auto& pair : ability.conversions) {
        if (!has_all(installation, pair)) continue;
        for (std::size_t i = 0; i < names.size(); ++i) {
          const bool is_own_alias = std::ranges::find(info.aliases, names[i]) != info.aliases.end();
          if (is_own_alias && taken.contains({ability.operation, pair.from, pair.to, names[i]})) continue;
          // An alias comes right behind its engine: one of the two is the default, never both.
          rows.push_back({{ability.operation, pair.from, pair.to, installation.engine, names[i], false},
                          pair.rank * 100 + static_cast<int>(i)});
        }
      }
    }
  }
  std::ranges::stable_sort(rows, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.pair.operation, a.pair.from, a.pair.to, a.rank) <
           std::tie(b.pair.operation, b.pair.from, b.pair.to, b.rank);
  });
  return rows;
}

/// The part of sorted rows whose key, made by `key_of`, equals `key`.
template <class Key, class KeyOf>
std::span<const Pair> rows_of(const std::vector<Pair>& pairs, const Key& key, KeyOf key_of) {
  const auto found = std::ranges::equal_range(pairs, key, {}, key_of);
  return {found.begin(), found.end()};
}

/// An alias is the name of another product ("office" of Microsoft's), and so are the versions clients pin it to: 2019.
/// None of them is ever installed; the default is what stands in.
bool is_alias(const std::vector<const Installation*>& installed, std::string_view name) {
  return !installed.empty() && installed.front()->engine->info().name != name;
}

std::unexpected<Error> no_engine(const Wish& wish, std::string_view from, std::string_view to) {
  const bool convert = wish.operation == "convert";
  if (from.empty() && to.empty()) {
    return fail(ErrorCode::invalid_conversion_type,
                wish.engine.empty() ? fmt::format("No engine does {}.", wish.operation)
                                    : fmt::format("The engine {} does not do {}.", wish.engine, wish.operation));
  }
  if (!wish.engine.empty()) {
    return fail(ErrorCode::invalid_conversion_type,
                convert ? fmt::format("The engine {} does not convert {} to {}.", wish.engine, from, to)
                        : fmt::format("The engine {} does not do {} with {}.", wish.engine, wish.operation,
                                      from.empty() ? to : from));
  }
  return fail(ErrorCode::invalid_conversion_type,
              convert ? fmt::format("No engine converts {} to {}.", from, to)
                      : fmt::format("No engine does {} with {}.", wish.operation, from.empty() ? to : from));
}

}  // namespace

Catalogue::Catalogue(std::vector<Installation> installations) : installations_(std::move(installations)) {
  for (auto& row : candidates(installations_)) {
    const auto key = [](const Pair& pair) { return std::tie(pair.operation, pair.from, pair.to); };
    row.pair.is_default = pairs_.empty() || key(pairs_.back()) != key(row.pair);
    pairs_.push_back(std::move(row.pair));
  }
}

std::span<const Pair> Catalogue::pairs(std::string_view operation) const {
  return rows_of(pairs_, operation, [](const Pair& pair) { return std::string_view(pair.operation); });
}

std::span<const Pair> Catalogue::pairs(std::string_view operation, std::string_view from, std::string_view to) const {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view>;
  return rows_of(pairs_, Key(operation, from, to),
                 [](const Pair& pair) { return Key(pair.operation, pair.from, pair.to); });
}

std::vector<const Installation*> Catalogue::installations(std::string_view engine) const {
  std::vector<const Installation*> result;
  for (const auto& installation : installations_) {
    const auto& info = installation.engine->info();
    const auto lists = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, engine) != names.end();
    };
    if (info.name == engine || lists(info.aliases) || lists(info.takes_over)) result.push_back(&installation);
  }
  return result;
}

Result<> Catalogue::check_names(std::string_view engine, std::string_view version) const {
  if (engine.empty()) return {};
  const auto installed = installations(engine);
  if (installed.empty()) {
    return fail(ErrorCode::invalid_data, fmt::format("The selected engine is invalid; {} is not installed.", engine),
                "engine");
  }
  if (version.empty() || version == "latest" || is_alias(installed, engine)) return {};
  if (std::ranges::any_of(installed, [&](const auto* one) { return one->version == version; })) return {};
  return fail(ErrorCode::invalid_data,
              fmt::format("The selected engine version is invalid; {} {} is not installed.", engine, version),
              "engine_version");
}

Result<std::vector<Choice>> Catalogue::choices(const Wish& wish) const {
  RECAST_CHECK(check_names(wish.engine, wish.version));
  const auto from = format::canonical(wish.from);
  const auto to = format::canonical(wish.to);
  const auto wanted = [&](const Installation* one) {
    if (wish.version.empty()) return one->is_default;
    return wish.version == "latest" ? one->latest : one->version == wish.version;
  };
  std::vector<Choice> result;
  for (const auto& pair : pairs(wish.operation, from, to)) {
    if (!wish.engine.empty() && pair.reported_name != wish.engine) continue;
    const auto same = [&](const Choice& choice) { return choice.engine == pair.engine; };
    if (std::ranges::any_of(result, same)) continue;  // an alias
    auto installed = installations(pair.reported_name);
    std::erase_if(installed, [&](const auto* one) { return one->engine != pair.engine; });
    auto version = std::ranges::find_if(installed, wanted);
    if (version == installed.end() && pair.reported_name == wish.engine && is_alias(installed, wish.engine))
      version = std::ranges::find_if(installed, &Installation::is_default);
    if (version != installed.end()) result.push_back({pair.engine, *version, pair.reported_name});
  }
  if (!result.empty()) return result;
  if (!wish.engine.empty() || wish.version.empty() || pairs(wish.operation, from, to).empty())
    return no_engine(wish, from, to);
  return fail(ErrorCode::invalid_data,
              fmt::format("The selected engine version is invalid; {} is not installed.", wish.version),
              "engine_version");
}

Result<Choice> Catalogue::choose(const Wish& wish) const {
  RECAST_TRY(auto all, choices(wish));
  return std::move(all.front());
}

std::vector<std::string> Catalogue::targets(std::string_view from) const {
  std::vector<std::string> result;
  for (const auto& pair : pairs("convert")) {
    if (pair.from == from && pair.is_default) result.push_back(pair.to);
  }
  return result;
}

}  // namespace recast::engine
