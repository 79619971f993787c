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
  std::vector<std::vector<std::string>> middles{{}, {"png"}, {"jpg"}, {"pdf"}, {"pdf", "png"}, {"pdf", "jpg"}};
  const auto* const format = format::find(from);
  const auto is = [&](std::string_view group) { return format != nullptr && format->group == group; };
  // What draws books knows fewer kinds than what converts them.
  if (is("ebook")) middles.insert(middles.end(), {{"epub"}, {"epub", "png"}, {"cbz"}, {"cbz", "png"}});
  // Letters and marked-up texts.
  if (is("document")) middles.insert(middles.end(), {{"html"}, {"html", "png"}, {"html", "pdf", "png"}});
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

/// Lets the last leg size a picture that comes as large as it is. False if its engine cannot, or there is none.
bool size_at_the_end(const engine::Catalogue& catalogue, std::vector<Leg>& legs) {
  if (legs.back().role != Role::encode) {
    const auto& format = legs.back().to;
    auto choice = catalogue.choose({.from = format, .to = format, .engine = {}, .version = {}});
    if (!choice) return false;
    legs.push_back({*std::move(choice), format, format, Role::draw});
  }
  auto& last = legs.back();
  last.role = Role::draw;
  return last.has_option("width");
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
  if (!size_at_the_end(catalogue, legs)) return std::nullopt;
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

std::vector<Leg> find_cover_route(const engine::Catalogue& catalogue, const std::string& from, const std::string& to,
                                  const std::string& engine, const std::string& version) {
  const auto source = format::canonical(from);
  for (const std::string found : {"png", "jpg"}) {
    auto choice = catalogue.choose({source, found, engine, version, "thumbnail"});
    if (!choice) continue;
    std::vector<Leg> legs{{*std::move(choice), source, found, Role::cover}};
    if (found != to) {
      auto encode = catalogue.choose({.from = found, .to = to, .engine = {}, .version = {}});
      if (!encode) continue;
      legs.push_back({*std::move(encode), found, to, Role::encode});
    }
    if (size_at_the_end(catalogue, legs)) return legs;
  }
  return {};
}

Reach::Reach(const engine::Catalogue& catalogue) {
  for (const auto& pair : catalogue.pairs("convert")) {
    if (!pair.is_default) continue;
    sources_.insert(pair.from);
    pairs_[{pair.from, pair.to}].sized = pair.engine->has_option("convert", pair.from, pair.to, "width");
  }
  for (const auto& pair : catalogue.pairs("thumbnail")) {
    sources_.insert(pair.from);
    for (const std::string to : {"png", "jpg", "webp"}) {
      if (!find_cover_route(catalogue, pair.from, to).empty()) covers_.insert({pair.from, to});
    }
  }
}

bool Reach::reaches(const std::string& from, const std::string& to) const {
  if (covers_.contains({from, to})) return true;
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
