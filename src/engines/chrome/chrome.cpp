#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "engine/registry.hpp"
#include "engines/chrome/options.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace chrome {
namespace {

const engine::Conversion kConversions[] = {{"html", "pdf", 10}, {"html", "png", 10}, {"html", "jpg", 10}};
constexpr std::size_t kLongestTemplate = 16'384;  // a request to a worker is at most 60 KiB
constexpr std::size_t kLongestSelector = 1'024;

Result<> check_length(const std::string& text, std::size_t most, std::string_view field) {
  if (text.size() <= most) return {};
  return fail(ErrorCode::invalid_data, fmt::format("The {} must not be longer than {} bytes.", field, most),
              std::string(field));
}

Result<> check_margins(const Options& options) {
  if (!options.page_width && !options.page_height) return {};
  const auto width = options.page_width.value_or(500) * 10, height = options.page_height.value_or(500) * 10;
  if (options.margin_left + options.margin_right >= width) {
    return fail(ErrorCode::invalid_data, "The margins leave nothing of the page_width.", "margin_left");
  }
  if (options.margin_top + options.margin_bottom >= height) {
    return fail(ErrorCode::invalid_data, "The margins leave nothing of the page_height.", "margin_top");
  }
  return {};
}

/// The task's own limit, less a moment: who waits in vain shall say what for before it ends the browser.
std::optional<std::int64_t> seconds_of(const engine::json::object& options) {
  constexpr std::int64_t kMoment = 2;
  const auto* const timeout = options.if_contains("timeout");
  if (timeout == nullptr || !timeout->is_int64() || timeout->get_int64() <= kMoment) return std::nullopt;
  return timeout->get_int64() - kMoment;
}

/// A browser's failure has its own code and text already; what is left is a child that died.
Error explain(const engine::StepEnd& end) {
  if (end.signal != 0)
    return {ErrorCode::conversion_failed, fmt::format("the browser ended with signal {}", end.signal), {}};
  return {ErrorCode::conversion_failed, "The browser ended without a result.", {}};
}

engine::Info describe() {
  engine::Info info;
  info.name = "chrome";
  info.aliases = {"chromium"};
  info.summary = "Prints and photographs web pages with Chromium.";
  info.group = "document";
  info.abilities = {
      {.conversions = {std::begin(kConversions), std::end(kConversions)}, .options = schema::describe<Options>()},
      {.operation = "capture-website",
       .conversions = {{"", "pdf", 10}, {"", "png", 10}, {"", "jpg", 10}},
       .options = schema::describe<Options>()}};
  info.detection = {};  // the worker finds the browser and names its version
  info.workers = {
      {.name = "chrome", .program = "recast-worker-chrome", .arguments = {"--install={install}"}, .spares = 1}};
  info.probe = {.from = "html", .to = "pdf", .content = "<!doctype html><title>Recast</title><p>Recast", .options = {}};
  return info;
}

class Chrome final : public engine::Engine {
 public:
  Chrome() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(format::PageList::parse(options.pages));
    RECAST_CHECK(check_length(options.header_template, kLongestTemplate, "header_template"));
    RECAST_CHECK(check_length(options.footer_template, kLongestTemplate, "footer_template"));
    RECAST_CHECK(check_length(options.wait_for_element, kLongestSelector, "wait_for_element"));
    RECAST_CHECK(check_length(options.pages, kLongestSelector, "pages"));
    if (request.to == "pdf") RECAST_CHECK(check_margins(options));

    engine::WorkerStep step;
    step.worker = "chrome";
    step.request = {{"to", request.to}, {"options", schema::to_object(options)}};
    if (const auto seconds = seconds_of(request.options)) step.request["seconds"] = *seconds;
    step.inputs = request.inputs;
    if (request.operation == "capture-website") {
      RECAST_TRY(const auto website, schema::parse<Website>(request.options));
      step.request["website"] = schema::to_object(website);
      step.outbound = true;
    }
    step.outputs = {"out/out." + request.to};
    step.limits.memory = 4ULL << 30;
    step.limits.processes = 512;  // threads of a browser, its renderer and its helpers
    step.limits.descriptors = 1024;
    engine::Plan plan;
    plan.outputs = step.outputs;
    plan.steps.push_back({std::move(step), 1});
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace chrome

Result<> register_chrome(engine::Registry& registry) { return registry.add(std::make_unique<chrome::Chrome>()); }

}  // namespace recast::engines
