#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "format/format.hpp"
#include "operation/common.hpp"
#include "operation/conversion.hpp"
#include "operation/registry.hpp"
#include "operations/thumbnail/route.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

using thumbnail::Leg;
using thumbnail::Role;

constexpr std::int64_t kDefaultSize = 300;
constexpr std::int64_t kWindowHeight = 1080;

struct Options : operation::Common {
  std::string output_format;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::int64_t count = 1;
  std::string timestamp;

  static constexpr auto fields = std::tuple_cat(
      Common::common_fields,
      std::tuple{
          schema::field(&Options::output_format, "output_format", "Format of the thumbnails.",
                        {.required = true, .values = {"png", "jpg", "webp", "jpeg"}}),
          schema::field(&Options::width, "width", "Width in pixels. 300 by 300 if neither width nor height is said.",
                        {.min = 1, .max = 16'384}),
          schema::field(&Options::height, "height", "Height in pixels.", {.min = 1, .max = 16'384}),
          schema::field(
              &Options::fit, "fit",
              "max: inside width x height, never enlarged; crop: fills it, the overflow is cut; scale: exactly that.",
              {.values = {"max", "crop", "scale"}}),
          schema::field(&Options::count, "count",
                        "Number of thumbnails: the first pages, or frames spread over a film.", {.min = 1, .max = 100}),
          schema::field(&Options::timestamp, "timestamp", "Position of the (first) frame in a film, such as 00:01:30."),
      });

  std::string to() const { return format::canonical(output_format); }
};

/// "90", "1:30", "00:01:30.5" in seconds.
std::optional<double> seconds_of(std::string_view text) {
  double total = 0;
  const auto parts = split(trim(text), ':');
  if (parts.size() > 3) return std::nullopt;
  for (const auto part : parts) {
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != part.data() + part.size() || value < 0 || value > 1e6) return std::nullopt;
    total = total * 60 + value;
  }
  return total;
}

Result<> check(const Options& options, const engine::Catalogue& catalogue) {
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  if (!options.timestamp.empty() && !seconds_of(options.timestamp)) {
    return fail(ErrorCode::invalid_data, "The timestamp must be seconds or HH:MM:SS.", "timestamp");
  }
  return {};
}

/// Several pictures in one file: its first is the thumbnail, unless more are wanted.
bool has_pages(std::string_view token) {
  static constexpr std::array<std::string_view, 7> pictures{"gif", "webp", "tiff", "heic", "heif", "avif", "ico"};
  const auto* const format = format::find(token);
  if (format == nullptr || format->group == "video" || format->group == "audio") return false;
  return format->group != "image" || std::ranges::find(pictures, token) != pictures.end();
}

bool is_film(std::string_view token) {
  const auto* const format = format::find(token);
  return format != nullptr && format->group == "video";
}

json::object options_of(const Leg& leg, const Options& options, const std::string& timestamp) {
  const auto& engine = *leg.choice.engine;
  json::object out;
  if (has_pages(leg.from) && engine.has_option("convert", leg.from, leg.to, "pages")) {
    out["pages"] = options.count == 1 ? std::string("1") : fmt::format("1-{}", options.count);
  }
  if (leg.role == Role::draw && engine.has_option("convert", leg.from, leg.to, "width")) {
    const bool none = !options.width && !options.height;
    if (options.width || none) out["width"] = options.width.value_or(kDefaultSize);
    if (options.height || none) out["height"] = options.height.value_or(kDefaultSize);
    out["fit"] = options.fit;
  }
  // Of a web page what a window shows: letters of all of a long one would be less than a pixel high.
  if (leg.role == Role::draw && engine.has_option("convert", leg.from, leg.to, "screen_height")) {
    out["screen_height"] = kWindowHeight;
  }
  if (!timestamp.empty() && is_film(leg.from)) out["timestamp"] = timestamp;
  return out;
}

/// A cover of a pixel or two is one that somebody's program had to write; nobody wants to see it. The engine that sizes
/// it knows how large it was.
Result<> check_cover(const operation::Converted& sized) {
  constexpr std::int64_t kLeast = 16;
  if (sized.steps.empty()) return {};
  const auto side = [&](std::string_view name) {
    const auto* const value = sized.steps.front().answer.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : kLeast;
  };
  const auto width = side("source_width"), height = side("source_height");
  if (width >= kLeast && height >= kLeast) return {};
  return fail(ErrorCode::conversion_failed,
              fmt::format("The cover is a picture of only {} x {} pixels.", width, height));
}

/// Carries one file along its route. A leg that gives several files makes the next one run for each of them.
class Maker {
 public:
  Maker(operation::TaskContext& context, const Options& options, std::vector<Leg> route)
      : context_(context), options_(options), route_(std::move(route)) {}

  Result<std::vector<std::filesystem::path>> make(const operation::File& input, const std::string& timestamp, int from,
                                                  int to) {
    std::vector<std::filesystem::path> files{input.path};
    for (std::size_t at = 0; at < route_.size(); ++at) {
      const int begin = from + (to - from) * static_cast<int>(at) / static_cast<int>(route_.size());
      const int end = from + (to - from) * static_cast<int>(at + 1) / static_cast<int>(route_.size());
      RECAST_TRY(files, leg(route_[at], files, timestamp, begin, end));
      const auto most = static_cast<std::size_t>(options_.count);
      if (files.size() > most) files.resize(most);
    }
    return files;
  }

 private:
  Result<std::vector<std::filesystem::path>> leg(const Leg& leg, const std::vector<std::filesystem::path>& inputs,
                                                 const std::string& timestamp, int begin, int end) {
    std::vector<std::filesystem::path> all;
    const auto count = static_cast<int>(inputs.size());
    for (int at = 0; at < count; ++at) {
      const operation::Conversion conversion{
          .wish = leg.wish(),
          .options = options_of(leg, options_, timestamp),
          .inputs = {{.name = "picture." + leg.from, .path = inputs[static_cast<std::size_t>(at)]}},
          .percent_from = begin + (end - begin) * at / count,
          .percent_to = begin + (end - begin) * (at + 1) / count};
      RECAST_TRY(auto done, operation::run_conversion(context_, conversion));
      if (leg.role != Role::cover && route_.front().role == Role::cover) RECAST_CHECK(check_cover(done));
      std::ranges::move(done.files, std::back_inserter(all));
    }
    return all;
  }

  operation::TaskContext& context_;
  const Options& options_;
  std::vector<Leg> route_;
};

std::string moment(double seconds) { return fmt::format("{:.3f}", seconds); }

/// Frames spread evenly: one in the middle of each of `count` parts of what lies behind the timestamp.
Result<std::vector<std::filesystem::path>> frames(operation::TaskContext& context, const Options& options,
                                                  std::vector<Leg> route, const operation::File& input, int from,
                                                  int to) {
  const auto first = route.front();
  Maker maker(context, options, std::move(route));
  const operation::Shares shares(static_cast<std::size_t>(options.count) + 1, from, to);
  // Once for the length alone; its picture is not used.
  const operation::Conversion look{
      .wish = first.wish(),
      .options = options_of(first, options, options.timestamp.empty() ? "0" : options.timestamp),
      .inputs = {input},
      .percent_from = from,
      .percent_to = shares.end(0)};
  RECAST_TRY(const auto looked, operation::run_conversion(context, look));
  const double start = seconds_of(options.timestamp).value_or(0);
  const double rest = std::max(0.0, looked.input_seconds.value_or(0) - start);
  std::vector<std::filesystem::path> files;
  // Of a film whose length nobody knows there is one picture.
  const auto count = rest > 0 ? options.count : 1;
  for (std::int64_t at = 0; at < count; ++at) {
    const double middle = options.timestamp.empty() ? 0.5 : 0.0;
    const auto position = start + rest * (static_cast<double>(at) + middle) / static_cast<double>(options.count);
    const auto piece = static_cast<std::size_t>(at) + 1;
    auto made = maker.make(input, moment(position), shares.begin(piece), shares.end(piece));
    // The last picture begins before the film ends, and of few pictures several parts share one.
    const bool is_behind = !made && made.error().code == ErrorCode::conversion_failed;
    if (is_behind && at == 0) made = maker.make(input, moment(start), shares.begin(piece), shares.end(piece));
    if (is_behind && at > 0) break;
    if (!made) return std::unexpected(std::move(made).error());
    files.insert(files.end(), made->begin(), made->end());
  }
  return files;
}

/// A file that brings a cover along is known by it. One that does not is drawn, where that is possible.
Result<std::vector<std::filesystem::path>> pictures_of(operation::TaskContext& context, const Options& options,
                                                       const operation::File& input, const std::string& from, int begin,
                                                       int end) {
  const auto& catalogue = context.catalogue();
  auto route = thumbnail::find_route(catalogue, from, options.to(), options.engine, options.engine_version);
  auto cover = thumbnail::find_cover_route(catalogue, from, options.to(), options.engine, options.engine_version);
  if (!route && cover.empty()) return std::unexpected(route.error());
  RECAST_CHECK(operation::check_content(context, input, from));
  // Several are pages, if there are any.
  if (!cover.empty() && (options.count == 1 || !route)) {
    auto made = Maker(context, options, std::move(cover)).make(input, {}, begin, end);
    if (made || !route || made.error().code != ErrorCode::conversion_failed) return made;
  }
  const bool spread = options.count > 1 && is_film(from) && route->front().has_option("timestamp");
  if (spread) return frames(context, options, *std::move(route), input, begin, end);
  return Maker(context, options, *std::move(route)).make(input, options.timestamp, begin, end);
}

Result<operation::Outcome> make_thumbnails(operation::TaskContext& context, const Options& options) {
  RECAST_CHECK(check(options, context.catalogue()));
  const auto& inputs = context.inputs();
  operation::Outputs outputs(options.filename);
  if (inputs.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  const operation::Shares shares(inputs.size());
  std::vector<std::string> notes;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const auto& input = inputs[at];
    RECAST_TRY(const auto from, operation::input_format(input, options.input_format));
    RECAST_TRY(auto made, pictures_of(context, options, input, from, shares.begin(at), shares.end(at)));
    if (is_film(from) && std::cmp_less(made.size(), options.count))
      notes.push_back(fmt::format("{} gave {} of {} pictures.", input.name, made.size(), options.count));
    outputs.add(input, options.to(), std::move(made));
  }
  RECAST_TRY(auto files, outputs.take());
  return operation::Outcome{
      .files = std::move(files), .extra = {}, .message = fmt::format("{}", fmt::join(notes, " "))};
}

std::vector<operation::Record> records(const engine::Catalogue& catalogue) {
  const thumbnail::Reach reach(catalogue);
  std::vector<operation::Record> rows;
  for (const auto& from : reach.sources()) {
    for (const auto* const to : {"png", "jpg", "webp"}) {
      if (reach.reaches(from, to)) rows.push_back({.from = from, .to = to});
    }
  }
  return rows;
}

}  // namespace

Result<> register_thumbnail(operation::Registry& registry) {
  auto operation = operation::define<Options>({.name = "thumbnail",
                                               .summary = "Makes small pictures of files: images, pages, frames.",
                                               .load = operation::Load::cpu},
                                              &make_thumbnails, &check);
  operation.records = &records;
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
