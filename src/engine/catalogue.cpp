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

std::vector<Candidate> candidates(const std::vector<Installation>& installations) {
  std::set<const Engine*> seen;
  std::vector<Candidate> rows;
  for (const auto& installation : installations) {
    if (!seen.insert(installation.engine).second) continue;
    const auto info = installation.engine->info();
    auto names = info.aliases;
    names.insert(names.begin(), info.name);
    for (const auto& conversion : info.conversions) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        // An alias comes right behind its engine: one of the two is the default, never both.
        rows.push_back(
            {{std::string(conversion.from), std::string(conversion.to), installation.engine, names[i], false},
             conversion.rank * 100 + static_cast<int>(i)});
      }
    }
  }
  std::ranges::stable_sort(rows, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.pair.from, a.pair.to, a.rank) < std::tie(b.pair.from, b.pair.to, b.rank);
  });
  return rows;
}

}  // namespace

Catalogue::Catalogue(std::vector<Installation> installations) : installations_(std::move(installations)) {
  for (auto& row : candidates(installations_)) {
    row.pair.is_default = pairs_.empty() || pairs_.back().from != row.pair.from || pairs_.back().to != row.pair.to;
    pairs_.push_back(std::move(row.pair));
  }
}

std::vector<const Installation*> Catalogue::installations(std::string_view engine) const {
  std::vector<const Installation*> result;
  for (const auto& installation : installations_) {
    const auto info = installation.engine->info();
    if (info.name == engine || std::ranges::find(info.aliases, engine) != info.aliases.end()) {
      result.push_back(&installation);
    }
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
  if (version.empty() || version == "latest") return {};
  if (std::ranges::any_of(installed, [&](const auto* one) { return one->version == version; })) return {};
  return fail(ErrorCode::invalid_data,
              fmt::format("The selected engine version is invalid; {} {} is not installed.", engine, version),
              "engine_version");
}

Result<Choice> Catalogue::choose(const Wish& wish) const {
  RECAST_CHECK(check_names(wish.engine, wish.version));
  const auto from = format::canonical(wish.from);
  const auto to = format::canonical(wish.to);
  const auto same_pair = [&](const Pair& pair) {
    return pair.from == from && pair.to == to && (wish.engine.empty() || pair.reported_name == wish.engine);
  };
  const auto found = std::ranges::find_if(pairs_, same_pair);
  if (found == pairs_.end()) {
    return fail(ErrorCode::invalid_conversion_type,
                wish.engine.empty() ? fmt::format("No engine converts {} to {}.", from, to)
                                    : fmt::format("The engine {} does not convert {} to {}.", wish.engine, from, to));
  }
  const auto installed = installations(found->reported_name);
  const auto wanted = [&](const Installation* one) {
    if (wish.version.empty()) return one->is_default;
    return wish.version == "latest" ? one->latest : one->version == wish.version;
  };
  const auto version = std::ranges::find_if(installed, wanted);
  if (version == installed.end()) {
    return fail(ErrorCode::invalid_data,
                fmt::format("The selected engine version is invalid; {} {} is not installed.", found->reported_name,
                            wish.version),
                "engine_version");
  }
  return Choice{found->engine, *version, found->reported_name};
}

std::vector<std::string> Catalogue::targets(std::string_view from) const {
  std::vector<std::string> result;
  for (const auto& pair : pairs_) {
    if (pair.from == from && pair.is_default) result.push_back(pair.to);
  }
  return result;
}

}  // namespace recast::engine
