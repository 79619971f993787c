#include "operation/route.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "format/format.hpp"

namespace recast::operation {

namespace {

/// A format between that loses nothing a client would miss, for sources and targets of these kinds.
struct Through {
  std::string_view middle;
  std::vector<std::string_view> groups;  ///< of the source
  std::vector<std::string_view> targets;
};

/// In the order they are tried.
const std::vector<Through>& throughs() {
  static const std::vector<std::string_view> pictures{"jpg",  "webp", "gif",  "tiff", "bmp", "avif",
                                                      "heic", "ico",  "icns", "tga",  "psd", "jxl"};
  static const std::vector<std::string_view> pages{"png", "jpg", "tiff", "svg", "eps", "ps"};
  static const std::vector<std::string_view> books{"epub", "azw3", "mobi", "fb2", "md", "rst", "tex"};
  static const std::vector<std::string_view> anything_drawn{"document", "spreadsheet", "presentation", "image",
                                                            "vector",   "cad",         "ebook"};
  static const std::vector<Through> list{
      {"png", anything_drawn, pictures},
      {"pdf", {"document", "spreadsheet", "presentation", "vector", "ebook", "cad"}, pages},
      {"png", {"image"}, {"pdf"}},
      {"pdf", {"presentation"}, {"txt", "html"}},
      {"html", {"document"}, {"pdf", "png"}},
      {"docx", {"document"}, books},
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
    if (!has(groups, source->group) || !has(targets, to) || middle == from || middle == to) continue;
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
  return targets.empty() ? fmt::format(" No engine reads {}.", from)
                         : fmt::format(" It can become {}.", fmt::join(targets, ", "));
}

/// What of the task's options a leg gets. Pages and a password are for the leg that reads the file; sizes are for the
/// last one, which makes the picture.
json::object options_for(const json::object& all, bool first, bool last) {
  json::object options = all;
  if (!first) {
    for (const auto* const name : {"pages", "page_range", "password"}) options.erase(name);
  }
  if (!last) {
    for (const auto* const name : {"width", "height", "fit", "quality"}) options.erase(name);
  }
  return options;
}

}  // namespace

Result<Route> find_route(const engine::Catalogue& catalogue, const engine::Wish& wish) {
  RECAST_CHECK(catalogue.check_names(wish.engine, wish.version));
  if (is_direct(catalogue, wish.from, wish.to, wish.engine)) return Route{wish.from, wish.to};
  if (const auto middle = middle_of(catalogue, wish.from, wish.to, wish.engine); !middle.empty())
    return Route{wish.from, std::string(middle), wish.to};
  auto none = catalogue.choose(wish);
  if (none) return Route{wish.from, wish.to};
  if (none.error().code == ErrorCode::invalid_conversion_type && wish.engine.empty())
    none.error().message += reachable(catalogue, wish.from);
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
                        .engine_name = reader.reported_name});
      }
    }
  }
  return rows;
}

Result<Converted> run_route(TaskContext& context, const Route& route, const Conversion& conversion) {
  Converted total;
  Files files = conversion.inputs;
  const auto legs = static_cast<int>(route.size()) - 1;
  const int span = conversion.percent_to - conversion.percent_from;
  for (int leg = 0; leg < legs; ++leg) {
    const auto at = static_cast<std::size_t>(leg);
    // Files further back are what options speak of, such as subtitles: the reading leg gets them with its file.
    const std::size_t runs = leg == 0 ? 1 : files.size();
    std::vector<fs::path> made;
    for (std::size_t run = 0; run < runs; ++run) {
      const auto share = [&](std::size_t done) {
        return conversion.percent_from + span * (leg * 100 + static_cast<int>(done * 100 / runs)) / (legs * 100);
      };
      RECAST_TRY(
          auto one,
          run_conversion(context, {.wish = wish_for(context.catalogue(), conversion.wish, route[at], route[at + 1]),
                                   .options = options_for(conversion.options, leg == 0, leg + 1 == legs),
                                   .inputs = leg == 0 ? files : Files{files[run]},
                                   .adjust = leg == 0 ? conversion.adjust : nullptr,
                                   .percent_from = share(run),
                                   .percent_to = share(run + 1)}));
      std::ranges::move(one.files, std::back_inserter(made));
      total.answer = std::move(one.answer);
      total.output = std::move(one.output);
      if (total.note.empty()) total.note = std::move(one.note);
    }
    files.clear();
    for (const auto& path : made) files.push_back({.name = "between." + route[at + 1], .path = path});
    total.files = std::move(made);
  }
  return total;
}

Result<> check_route(const engine::Catalogue& catalogue, const Route& route, const engine::Wish& wish,
                     const json::object& options, std::size_t inputs) {
  for (std::size_t leg = 0; leg + 1 < route.size(); ++leg) {
    RECAST_CHECK(check_options(catalogue, wish_for(catalogue, wish, route[leg], route[leg + 1]),
                               options_for(options, leg == 0, leg + 2 == route.size()), leg == 0 ? inputs : 1));
  }
  return {};
}

}  // namespace recast::operation
