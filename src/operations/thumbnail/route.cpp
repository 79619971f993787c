#include "operations/thumbnail/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "format/format.hpp"

namespace recast::operations::thumbnail {

namespace {

bool is_picture(std::string_view token) { return token == "png" || token == "jpg" || token == "webp"; }

/// The ways that are tried, in order: the source, what lies between, and the target.
std::vector<std::vector<std::string>> ways(const std::string& from, const std::string& to) {
  const std::vector<std::vector<std::string>> middles{{}, {"png"}, {"jpg"}, {"pdf"}, {"pdf", "png"}, {"pdf", "jpg"}};
  std::vector<std::vector<std::string>> list;
  for (const auto& middle : middles) {
    // A format that occurs twice would be a way round in a circle.
    if (!middle.empty() && (middle.front() == from || middle.back() == to)) continue;
    auto& formats = list.emplace_back(std::vector<std::string>{from});
    formats.insert(formats.end(), middle.begin(), middle.end());
    formats.push_back(to);
  }
  return list;
}

/// The engines of a way through `formats`, or nullopt if one leg has none.
std::optional<std::vector<Leg>> legs_of(const engine::Catalogue& catalogue, const std::vector<std::string>& formats,
                                        const std::string& engine, const std::string& version) {
  std::vector<Leg> legs;
  bool drawn = false;
  for (std::size_t at = 1; at < formats.size(); ++at) {
    engine::Wish wish{.from = formats[at - 1], .to = formats[at]};
    if (at == 1) {
      wish.engine = engine;
      wish.version = version;
    }
    auto choice = catalogue.choose(wish);
    if (!choice) return std::nullopt;
    const bool picture = is_picture(wish.to);
    const auto role = !picture ? Role::pages : drawn ? Role::encode : Role::draw;
    legs.push_back({*std::move(choice), wish.from, wish.to, role});
    drawn = drawn || picture;
  }
  // An engine that cannot size what it draws needs one behind it that can.
  const auto draws = std::ranges::find(legs, Role::draw, &Leg::role);
  if (draws == legs.end()) return std::nullopt;
  if (draws->has_option("width")) return legs;
  if (std::next(draws) == legs.end()) {
    auto choice = catalogue.choose({.from = draws->to, .to = draws->to, .engine = {}, .version = {}});
    if (!choice) return std::nullopt;
    legs.push_back({*std::move(choice), formats.back(), formats.back(), Role::draw});
  }
  auto& last = legs.back();
  if (!last.has_option("width")) return std::nullopt;
  last.role = Role::draw;
  return legs;
}

}  // namespace

Result<std::vector<Leg>> find_route(const engine::Catalogue& catalogue, const std::string& from, const std::string& to,
                                    const std::string& engine, const std::string& version) {
  RECAST_CHECK(catalogue.check_names(engine, version));
  const auto source = format::canonical(from);
  for (const auto& formats : ways(source, to)) {
    if (auto legs = legs_of(catalogue, formats, engine, version)) return *std::move(legs);
  }
  return fail(ErrorCode::invalid_conversion_type,
              engine.empty() ? fmt::format("No engine makes a {} thumbnail of {}.", to, source)
                             : fmt::format("The engine {} does not make a {} thumbnail of {}.", engine, to, source));
}

Reach::Reach(const engine::Catalogue& catalogue) {
  for (const auto& pair : catalogue.pairs("convert")) {
    if (!pair.is_default) continue;
    sources_.insert(pair.from);
    pairs_[{pair.from, pair.to}].sized = pair.engine->has_option("convert", pair.from, pair.to, "width");
  }
}

bool Reach::reaches(const std::string& from, const std::string& to) const {
  for (const auto& formats : ways(from, to)) {
    bool whole = true, drawn = false, sized = false;
    for (std::size_t at = 1; at < formats.size() && whole; ++at) {
      const auto pair = pairs_.find({formats[at - 1], formats[at]});
      whole = pair != pairs_.end();
      const bool draws = is_picture(formats[at]);
      // Either the leg that draws sizes, or the last one does.
      if (whole && draws && (!drawn || at + 1 == formats.size())) sized = sized || pair->second.sized;
      drawn = drawn || draws;
    }
    if (!whole || !drawn) continue;
    if (sized) return true;
    const auto again = pairs_.find({to, to});
    const bool drawn_last = !is_picture(formats[formats.size() - 2]) || formats.size() == 2;
    if (drawn_last && again != pairs_.end() && again->second.sized) return true;
  }
  return false;
}

}  // namespace recast::operations::thumbnail
