#include "operation/route.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "format/format.hpp"
#include "format/promised.hpp"

namespace recast::operation {

namespace {

/// A format between that loses nothing a client would miss, for sources and targets of these kinds.
struct Through {
  std::string_view middle;
  std::vector<std::string_view> groups;  ///< of the source, or its own name
  std::vector<std::string_view> targets;
};

/// In the order they are tried.
const std::vector<Through>& throughs() {
  static const std::vector<std::string_view> pictures{"jpg",  "webp", "gif",  "tiff", "bmp", "avif",
                                                      "heic", "ico",  "icns", "tga",  "psd", "jxl"};
  static const std::vector<std::string_view> pages{"png", "jpg", "tiff", "svg", "eps", "ps", "cbz", "djvu"};
  static const std::vector<std::string_view> books{"epub", "azw3", "mobi", "fb2", "md", "rst", "tex"};
  static const std::vector<std::string_view> anything_drawn{"document", "spreadsheet", "presentation", "image",
                                                            "vector",   "cad",         "ebook"};
  static const std::vector<Through> list{
      {"png", anything_drawn, pictures},
      {"pdf", {"document", "spreadsheet", "presentation", "vector", "ebook", "cad"}, pages},
      {"png", {"image"}, {"pdf"}},
      {"pdf", {"image"}, {"djvu"}},
      {"pdf", {"presentation"}, {"txt", "html"}},
      {"html", {"document"}, {"pdf", "png", "jpg"}},
      {"cbz", {"ebook"}, {"pdf", "png", "epub", "mobi", "azw3", "fb2"}},  // comics in other archives
      {"epub", {"ebook"}, {"pdf", "html", "png", "svg"}},
      {"docx", {"document"}, books},
      {"svg", anything_drawn, {"svgz"}},
      {"wav", {"audio", "video"}, {"amr"}},
      {"svg", {"vector"}, {"dxf"}},
      {"pdf", {"wmf"}, {"dxf", "emf"}},
  };
  return list;
}

bool has(const std::vector<std::string_view>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_direct(const engine::Catalogue& catalogue, std::string_view from, std::string_view to,
               std::string_view engine) {
  const auto rows = catalogue.pairs("convert", from, to);
  return std::ranges::any_of(rows, [&](const auto& row) { return engine.empty() || row.reported_name == engine; });
}

/// The wish for one leg: the named engine where it has a part, any other where it has none.
engine::Wish wish_for(const engine::Catalogue& catalogue, const engine::Wish& wish, const std::string& from,
                      const std::string& to) {
  engine::Wish leg{.from = from, .to = to};
  if (!wish.engine.empty() && is_direct(catalogue, from, to, wish.engine)) {
    leg.engine = wish.engine;
    leg.version = wish.version;
  }
  return leg;
}

/// The middle for a pair, or empty.
std::string_view middle_of(const engine::Catalogue& catalogue, std::string_view from, std::string_view to,
                           std::string_view engine) {
  const auto* const source = format::find(from);
  if (source == nullptr) return {};
  for (const auto& [middle, groups, targets] : throughs()) {
    if (!has(groups, source->group) && !has(groups, from)) continue;
    if (!has(targets, to) || middle == from || middle == to) continue;
    if (!is_direct(catalogue, from, middle, {}) || !is_direct(catalogue, middle, to, {})) continue;
    if (engine.empty() || is_direct(catalogue, from, middle, engine) || is_direct(catalogue, middle, to, engine))
      return middle;
  }
  return {};
}

std::string reachable(const engine::Catalogue& catalogue, const std::string& from) {
  std::set<std::string> targets;
  for (const auto& target : catalogue.targets(from)) targets.insert(target);
  for (const auto& [middle, groups, ends] : throughs()) {
    for (const auto end : ends) {
      if (!middle_of(catalogue, from, end, {}).empty()) targets.emplace(end);
    }
  }
  if (!targets.empty()) return fmt::format(" It can become {}.", fmt::join(targets, ", "));
  const auto why = format::why_never_read(from);
  return why.empty() ? fmt::format(" No engine reads {}.", from) : fmt::format(" No engine reads {}: {}.", from, why);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// What of the task's options each leg gets. An option that reads the file is for the first leg that has it, one that
/// shapes the picture for the last; all others go wherever they are known.
std::vector<json::object> share_out(const json::object& all, const std::vector<engine::Wish>& legs,
                                    const engine::Catalogue& catalogue) {
  std::vector<json::object> shares(legs.size(), all);
  if (legs.size() == 1) return shares;
  for (const auto& member : all) {
    const std::string_view name = member.key();
    std::vector<std::size_t> knowing;
    for (std::size_t leg = 0; leg < legs.size(); ++leg) {
      const auto choice = catalogue.choose(legs[leg]);
      if (choice && choice->engine->has_option("convert", legs[leg].from, legs[leg].to, name)) knowing.push_back(leg);
    }
    const bool reads = is_one_of(name, {"pages", "page_range", "password"});
    const bool shapes = is_one_of(name, {"width", "height", "fit", "quality", "strip"});
    if (knowing.empty() || (!reads && !shapes)) continue;
    const auto keeper = reads ? knowing.front() : knowing.back();
    for (std::size_t leg = 0; leg < legs.size(); ++leg) {
      if (leg != keeper) shares[leg].erase(name);
    }
  }
  return shares;
}

std::vector<engine::Wish> wishes_of(const engine::Catalogue& catalogue, const Route& route, const engine::Wish& wish) {
  std::vector<engine::Wish> legs;
  for (std::size_t at = 0; at + 1 < route.size(); ++at)
    legs.push_back(wish_for(catalogue, wish, route[at], route[at + 1]));
  return legs;
}

}  // namespace

Result<Route> find_route(const engine::Catalogue& catalogue, const engine::Wish& wish) {
  RECAST_CHECK(catalogue.check_names(wish.engine, wish.version));
  if (is_direct(catalogue, wish.from, wish.to, wish.engine)) return Route{wish.from, wish.to};
  if (const auto middle = middle_of(catalogue, wish.from, wish.to, wish.engine); !middle.empty())
    return Route{wish.from, std::string(middle), wish.to};
  auto none = catalogue.choose(wish);
  if (none) return Route{wish.from, wish.to};
  if (none.error().code == ErrorCode::invalid_conversion_type && wish.engine.empty()) {
    if (const auto why = format::why_never_written(wish.to); !why.empty())
      none.error().message += fmt::format(" No engine writes {}: {}.", wish.to, why);
    none.error().message += reachable(catalogue, wish.from);
  }
  return std::unexpected(std::move(none).error());
}

std::vector<Record> routed_records(const engine::Catalogue& catalogue) {
  std::set<std::string_view> sources;
  for (const auto& pair : catalogue.pairs("convert")) sources.insert(pair.from);
  std::vector<Record> rows;
  for (const auto source : sources) {
    std::set<std::string_view> done;
    for (const auto& through : throughs()) {
      for (const auto target : through.targets) {
        if (target == source || is_direct(catalogue, source, target, {}) || !done.insert(target).second) continue;
        const auto middle = middle_of(catalogue, source, target, {});
        if (middle.empty()) continue;
        const auto& reader = catalogue.pairs("convert", source, middle).front();
        rows.push_back({.from = std::string(source),
                        .to = std::string(target),
                        .engine = reader.engine,
                        .engine_name = reader.reported_name,
                        .through = std::string(middle)});
      }
    }
  }
  return rows;
}

Result<Converted> run_route(TaskContext& context, const Route& route, const Conversion& conversion) {
  const auto& catalogue = context.catalogue();
  const auto wishes = wishes_of(catalogue, route, conversion.wish);
  const auto options = share_out(conversion.options, wishes, catalogue);
  const Shares legs(wishes.size(), conversion.percent_from, conversion.percent_to);
  Converted total;
  Files files = conversion.inputs;
  std::pair<std::string, std::string> reader;
  for (std::size_t leg = 0; leg < wishes.size(); ++leg) {
    // What options speak of, such as subtitles, goes with its file into the leg that reads.
    const std::size_t runs = leg == 0 ? 1 : files.size();
    const Shares shares(runs, legs.begin(leg), legs.end(leg));
    std::vector<fs::path> made;
    for (std::size_t run = 0; run < runs; ++run) {
      RECAST_TRY(auto one, run_conversion(context, {.wish = wishes[leg],
                                                    .options = options[leg],
                                                    .inputs = leg == 0 ? files : Files{files[run]},
                                                    .percent_from = shares.begin(run),
                                                    .percent_to = shares.end(run)}));
      std::ranges::move(one.files, std::back_inserter(made));
      std::ranges::move(one.steps, std::back_inserter(total.steps));
      if (total.note.empty()) total.note = std::move(one.note);
    }
    if (leg == 0) reader = context.ran_by();
    files.clear();
    for (const auto& path : made) files.push_back({.name = "between." + route[leg + 1], .path = path});
    total.files = std::move(made);
  }
  context.ran(reader.first, reader.second);  // as the catalogue has it
  return total;
}

Result<> check_route(const engine::Catalogue& catalogue, const Route& route, const engine::Wish& wish,
                     const json::object& options, std::size_t inputs) {
  const auto wishes = wishes_of(catalogue, route, wish);
  const auto shares = share_out(options, wishes, catalogue);
  for (std::size_t leg = 0; leg < wishes.size(); ++leg)
    RECAST_CHECK(check_options(catalogue, wishes[leg], shares[leg], leg == 0 ? inputs : 1));
  return {};
}

}  // namespace recast::operation
