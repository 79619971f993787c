#include "engine/stamp.hpp"

#include <charconv>

#include "schema/parse.hpp"

namespace recast::engine::stamp {

namespace {

constexpr std::size_t kLongestText = 4'000;

double number(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

/// One side: `margin` counts from the edge that the position names.
double along(std::string_view position, double margin, double box, double whole) {
  if (position == "center") return (whole - box) / 2;
  return position == "left" || position == "top" ? margin : whole - margin - box;
}

Result<> check(const Request& request, Options& options) {
  if (request.inputs.size() > 1) options.text.clear();
  if (options.text.empty() && request.inputs.size() < 2)
    return fail(ErrorCode::invalid_data, "A watermark needs a text or an image.", "text");
  if (options.text.size() > kLongestText)
    return fail(ErrorCode::invalid_data, "The text must not be longer than 4000 bytes.", "text");
  if (!colour(options.font_color))
    return fail(ErrorCode::invalid_data, "The font_color must be a colour such as #ff8000.", "font_color");
  return {};
}

WorkerStep step(const Request& request, const Options& options) {
  WorkerStep result{.worker = "stamp",
                    .request = {{"options", schema::to_object(options)}, {"image", request.inputs.size() > 1}},
                    .inputs = {},
                    .outputs = {},
                    .limits = {.cpu = std::chrono::seconds(120),
                               .memory = 2ULL << 30,
                               .output = 1ULL << 30,
                               .descriptors = 64,
                               .processes = 64}};
  if (request.inputs.size() > 1) result.inputs.push_back(request.inputs[1]);
  return result;
}

}  // namespace

json::object to_object(const Measures& measures) {
  return {{"width", measures.width}, {"height", measures.height}, {"base", measures.base},    {"left", measures.left},
          {"top", measures.top},     {"right", measures.right},   {"bottom", measures.bottom}};
}

Measures measures_of(const json::object& object) {
  return {.width = number(object, "width"),
          .height = number(object, "height"),
          .base = number(object, "base"),
          .left = number(object, "left"),
          .top = number(object, "top"),
          .right = number(object, "right"),
          .bottom = number(object, "bottom")};
}

Place place(const Options& options, const Measures& measures, double width, double height) {
  Place result;
  const bool image = options.text.empty();
  const auto percent = image ? options.image_width_percent : options.font_width_percent;
  if (percent && measures.base > 0) result.scale = static_cast<double>(*percent) / 100 * width / measures.base;
  result.x = along(options.position_horizontal, static_cast<double>(options.margin_horizontal),
                   measures.width * result.scale, width);
  result.y = along(options.position_vertical, static_cast<double>(options.margin_vertical),
                   measures.height * result.scale, height);
  return result;
}

std::optional<unsigned> colour(std::string_view text) {
  constexpr std::size_t kLength = 7;
  if (text.size() != kLength || text.front() != '#') return std::nullopt;
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + 1, end, value, 16);
  return problem == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

Result<> draw_page(Plan& plan, const Request& request, Options& options) {
  RECAST_CHECK(check(request, options));
  auto draw = step(request, options);
  draw.outputs = {"tmp/stamp.pdf", "tmp/stamp.json"};
  plan.steps.push_back({.action = std::move(draw)});
  return {};
}

Result<> draw_picture(Plan& plan, const Request& request, Options& options, const std::string& look,
                      const std::string& words) {
  RECAST_CHECK(check(request, options));
  auto draw = step(request, options);
  draw.request["words"] = words;
  draw.inputs.push_back(look);
  draw.outputs = {std::string(kPicture), std::string(kPlace)};
  plan.steps.push_back({.action = std::move(draw)});
  return {};
}

}  // namespace recast::engine::stamp
