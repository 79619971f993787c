#include "engine/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/magick.hpp"

namespace recast::engine::drawing {

std::int64_t Options::covering_side() const {
  const auto longest = std::max(width.value_or(1), height.value_or(1));
  return longest + longest / 2;
}

Result<> check(const Options& options) {
  if (options.background.empty() || magick::is_colour(options.background)) return {};
  return fail(ErrorCode::invalid_data, "The background must be a colour such as #ff8000.", "background");
}

void fit_box(Plan& plan, const Options& options) {
  const auto box = fmt::format("{}x{}", options.width.value_or(1), options.height.value_or(1));
  magick::Arguments arguments{"png:tmp/out.png", "-background", "none", "-resize"};
  arguments.push_back(options.crops() ? box + "^" : box);
  if (options.crops()) arguments.insert(arguments.end(), {"-gravity", "center", "-extent", box});
  arguments.emplace_back("png:out/out.png");
  magick::add_policy(plan);
  plan.steps.push_back(magick::step(magick::Product::imagemagick, "convert", std::move(arguments)));
}

}  // namespace recast::engine::drawing
