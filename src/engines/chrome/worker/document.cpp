#include "engines/chrome/worker/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <thread>

#include "base/text.hpp"
#include "engines/chrome/worker/paper.hpp"
#include "engines/chrome/worker/website.hpp"

namespace recast::chrome {

namespace {

// No host of this name can exist (RFC 6761), and a secure origin lets scripts use what they are used to.
constexpr std::string_view kAddress = "https://document.invalid/in.html";
constexpr std::string_view kOrigin = "https://document.invalid/";
constexpr std::chrono::seconds kPatience{60};  // for loading, and again for an element
constexpr double kLargestSide = 16384;         // the browser's own limit of a picture
constexpr double kMostPixels = 100e6;
constexpr std::int64_t kPiece = 1 << 20;

constexpr std::string_view kHeader =
    R"(<div style="font-size:8px;width:100%;margin:0 10mm;display:flex;justify-content:space-between">)"
    R"(<span class="date"></span><span class="title"></span></div>)";
constexpr std::string_view kWebsiteFooter =
    R"(<div style="font-size:8px;width:100%;margin:0 10mm;display:flex;justify-content:space-between">)"
    R"(<span class="url"></span><span><span class="pageNumber"></span>/<span class="totalPages"></span></span></div>)";
constexpr std::string_view kFooter =
    R"(<div style="font-size:8px;width:100%;margin:0 10mm;text-align:right"><span class="pageNumber"></span>/)"
    R"(<span class="totalPages"></span></div>)";

double number_of(const json::object& object, std::string_view key) {
  const auto* const value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<double>();
}

std::unexpected<Error> crash() {
  return fail(ErrorCode::conversion_failed, "The page ended its browser process; it probably needs too much memory.");
}

Deadline sooner(Deadline deadline, std::chrono::milliseconds time) {
  return Deadline(std::min(deadline.at(), Deadline::in(time).at()));
}

}  // namespace

Result<json::object> Document::call(std::string_view method, const json::object& params, Deadline deadline) {
  auto result = browser_.pipe().call(method, params, browser_.session(), deadline);
  if (!result && crashed_) return crash();
  return result;
}

Result<> Document::prepare(Deadline deadline) {
  browser_.pipe().on_event([this](const Event& event) { handle(event); });
  RECAST_CHECK(call("Page.enable", {}, deadline));
  RECAST_CHECK(call("Inspector.enable", {}, deadline));
  RECAST_CHECK(call("Page.setLifecycleEventsEnabled", {{"enabled", true}}, deadline));
  RECAST_CHECK(call("Fetch.enable", {{"patterns", json::array{{{"urlPattern", "*"}}}}}, deadline));
  RECAST_TRY(const auto tree, call("Page.getFrameTree", {}, deadline));
  main_frame_ = text_of(tree.at("frameTree").as_object().at("frame").as_object(), "id");
  return {};
}

void Document::handle(const Event& event) {
  const auto tell = [&](std::string_view method, const json::object& params) {
    // A browser that does not take it is noticed by the next call.
    (void)browser_.pipe().send(method, params, event.session, Deadline::in(kAnswer));
  };
  if (event.method == "Fetch.requestPaused") return answer_request(event);
  if (event.method == "Page.lifecycleEvent") return note_lifecycle(event);
  if (event.method == "Page.javascriptDialogOpening") tell("Page.handleJavaScriptDialog", {{"accept", false}});
  if (event.method == "Inspector.targetCrashed") crashed_ = true;
}

/// The document itself is served from memory, again too if it loads itself anew; everything else is refused, and
/// nothing is sent anywhere. A page of the web goes on to the proxy.
void Document::answer_request(const Event& event) {
  const auto id = text_of(event.params, "requestId");
  const auto* const request = event.params.if_contains("request");
  const bool main_frame = text_of(event.params, "frameId") == main_frame_;
  const bool whole_page = main_frame && text_of(event.params, "resourceType") == "Document";
  if (request == nullptr || !request->is_object()) return refuse(id, {}, whole_page, event);
  if (website_) return pass_on(id, request->get_object(), event);
  const auto url = text_of(request->get_object(), "url");
  if (!whole_page || url != kAddress) return refuse(id, url, whole_page, event);
  json::array headers{{{"name", "Content-Type"}, {"value", content_type_}}};
  (void)browser_.pipe().send("Fetch.fulfillRequest",
                             {{"requestId", id}, {"responseCode", 200}, {"responseHeaders", headers}, {"body", body_}},
                             event.session, Deadline::in(kPatience));
}

void Document::refuse(const std::string& id, const std::string& url, bool whole_page, const Event& event) {
  constexpr std::size_t kMost = 100, kLongest = 300;
  const auto name = url.substr(0, kLongest);
  const bool new_one = std::ranges::find(refused_, name) == refused_.end();
  if (!name.empty() && !name.starts_with(kOrigin) && refused_.size() < kMost && new_one) refused_.push_back(name);
  // A page that wants to go elsewhere stays what it is; BlockedByClient would put an error page in its place.
  const auto* const reason = whole_page ? "Aborted" : "BlockedByClient";
  (void)browser_.pipe().send("Fetch.failRequest", {{"requestId", id}, {"errorReason", reason}}, event.session,
                             Deadline::in(kAnswer));
}

void Document::note_lifecycle(const Event& event) {
  if (text_of(event.params, "frameId") != main_frame_) return;
  const auto name = text_of(event.params, "name"), loader = text_of(event.params, "loaderId");
  if (name == "init") {
    loads_[loader] = {};
    latest_ = loader;
    if (!loader_.empty()) loader_ = loader;  // the document loads itself anew
  }
  auto& load = loads_[loader];
  if (name == "load") load.loaded = true;
  if (name == "DOMContentLoaded") load.parsed = true;
  if (name == "networkIdle") load.idle = true;
  if (name == "networkAlmostIdle") load.almost_idle = true;
}

Result<> Document::set_screen(const Options& options, bool for_print, Deadline deadline) {
  const auto height = options.screen_height.value_or(900);
  if (!for_print || options.css_media_type == "screen") {
    RECAST_CHECK(
        call("Emulation.setDeviceMetricsOverride",
             {{"width", std::llround(static_cast<double>(options.screen_width) / (for_print ? 1 : options.zoom))},
              {"height", std::llround(static_cast<double>(height) / (for_print ? 1 : options.zoom))},
              {"deviceScaleFactor", for_print ? 1 : options.zoom},
              {"mobile", false}},
             deadline));
  }
  if (!options.css_media_type.empty()) {
    RECAST_CHECK(call("Emulation.setEmulatedMedia", {{"media", options.css_media_type}}, deadline));
  }
  return {};
}

Result<> Document::load(std::string_view html, const Options& options, bool for_print, Deadline deadline) {
  RECAST_CHECK(set_screen(options, for_print, deadline));
  body_ = to_base64(html);
  if (body_.empty()) body_ = "IA==";  // a blank: an empty document is a document too
  content_type_ = content_type(html);
  refused_.clear();
  return go(std::string(kAddress), options, deadline);
}

Result<> Document::go(const std::string& address, const Options& options, Deadline deadline) {
  loads_.clear();
  latest_.clear();
  loader_.clear();
  RECAST_TRY(const auto started, call("Page.navigate", {{"url", address}}, sooner(deadline, kPatience)));
  if (const auto problem = text_of(started, "errorText"); !problem.empty()) {
    if (website_) return std::unexpected(why_not_loaded(problem));
    return fail(ErrorCode::open_failed, fmt::format("The page could not be opened ({}).", problem));
  }
  const auto own = text_of(started, "loaderId");
  // The answer may come when the document has loaded itself anew already.
  loader_ = loads_.contains(own) && !latest_.empty() ? latest_ : own;
  RECAST_CHECK(settle(options, deadline));
  if (options.wait_until != "domcontentloaded") wait_for_pictures(deadline);
  if (!options.wait_for_element.empty()) RECAST_CHECK(wait_for_element(options.wait_for_element, deadline));
  return pause(std::chrono::milliseconds(options.wait_time), deadline);
}

Result<> Document::settle(const Options& options, Deadline deadline) {
  const auto done = [&] {
    if (crashed_) return true;
    const auto& load = loads_[loader_];
    if (options.wait_until == "domcontentloaded") return load.parsed;
    if (options.wait_until == "networkidle0") return load.loaded && load.idle;
    if (options.wait_until == "networkidle2") return load.loaded && load.almost_idle;
    return load.loaded;
  };
  const auto waited = browser_.pipe().wait(done, sooner(deadline, kPatience));
  if (crashed_) return crash();
  if (!waited && waited.error().code == ErrorCode::timeout) {
    return fail(ErrorCode::timeout, fmt::format("The page did not reach {} in time.", options.wait_until),
                "wait_until");
  }
  return waited;
}

Result<json::value> Document::evaluate(std::string_view expression, bool await, Deadline deadline) {
  RECAST_TRY(auto answer,
             call("Runtime.evaluate",
                  {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", await}, {"timeout", 5000}},
                  deadline));
  if (answer.contains("exceptionDetails")) return fail(ErrorCode::invalid_data, "A script failed.");
  auto* const result = answer.if_contains("result");
  if (result == nullptr || !result->is_object()) return json::value();
  auto* const value = result->get_object().if_contains("value");
  return value == nullptr ? json::value() : std::move(*value);
}

/// Loaded is not yet drawn: fonts and pictures are decoded when they are needed first. A page that hinders this is
/// taken as it is.
void Document::wait_for_pictures(Deadline deadline) {
  constexpr std::string_view kDrawn =
      "Promise.race([new Promise(done=>setTimeout(done,3000)),(async()=>{await document.fonts.ready;"
      "await Promise.all([...document.images].map(i=>i.decode().catch(()=>{})));})()])";
  (void)evaluate(kDrawn, true, sooner(deadline, kAnswer));
}

/// The client's paper wins over a size in the page's style, which would otherwise be laid out on it.
void Document::choose_paper(const Options& options, Deadline deadline) {
  const auto page = paper(options);
  if (!page.chosen) return;
  const auto script = fmt::format(
      "{{const s=new CSSStyleSheet();s.replaceSync('@page{{size:{:.4f}in {:.4f}in !important}}');"
      "document.adoptedStyleSheets=[...document.adoptedStyleSheets,s]}}",
      page.width, page.height);
  (void)evaluate(script, false, sooner(deadline, kAnswer));
}

Result<> Document::wait_for_element(const std::string& selector, Deadline deadline) {
  const auto limit = sooner(deadline, kPatience);
  const auto expression = fmt::format("document.querySelector({})!==null", json::serialize(json::string(selector)));
  const auto late = [](const auto& result) { return !result && result.error().code == ErrorCode::timeout; };
  while (true) {
    const auto found = evaluate(expression, false, limit);
    if (!found && found.error().code == ErrorCode::invalid_data) {
      return fail(ErrorCode::conversion_failed, "The wait_for_element is no CSS selector.", "wait_for_element");
    }
    if (found && found->is_bool() && found->get_bool()) return {};
    // A page that is just loading itself anew refuses a question; the next one it answers.
    if (!found && !late(found) && (crashed_ || found.error().code != ErrorCode::conversion_failed))
      return std::unexpected(found.error());
    const auto waited = pause(std::chrono::milliseconds(50), limit);
    if (late(found) || late(waited)) {
      return fail(ErrorCode::timeout, fmt::format("The element {} of wait_for_element did not appear.", selector),
                  "wait_for_element");
    }
    RECAST_CHECK(waited);
  }
}

/// Lets time pass while requests of the page are still answered.
Result<> Document::pause(std::chrono::milliseconds time, Deadline deadline) {
  if (time.count() == 0) return {};
  const auto end = Deadline::in(time);
  if (end.at() > deadline.at())
    return fail(ErrorCode::timeout, "The time of the task is over before wait_time.", "wait_time");
  const auto waited = browser_.pipe().wait([&] { return crashed_ || end.expired(); }, end);
  if (crashed_) return crash();
  if (!waited && waited.error().code != ErrorCode::timeout) return waited;
  return {};
}

Result<> Document::print(const Options& options, const std::function<Result<>(std::string_view)>& sink,
                         Deadline deadline) {
  choose_paper(options, deadline);
  const auto page = paper(options);
  const auto inches = [](double millimetres) { return millimetres / 25.4; };
  json::object params{{"landscape", false},
                      {"displayHeaderFooter", options.display_header_footer},
                      {"printBackground", options.print_background},
                      {"scale", options.zoom},
                      {"paperWidth", page.width},
                      {"paperHeight", page.height},
                      {"marginTop", inches(options.margin_top)},
                      {"marginBottom", inches(options.margin_bottom)},
                      {"marginLeft", inches(options.margin_left)},
                      {"marginRight", inches(options.margin_right)},
                      {"pageRanges", options.pages},
                      {"headerTemplate", options.header_template.empty() ? kHeader : options.header_template},
                      {"footerTemplate", !options.footer_template.empty() ? options.footer_template
                                         : website_                       ? kWebsiteFooter
                                                                          : kFooter},
                      {"preferCSSPageSize", true},
                      {"transferMode", "ReturnAsStream"}};
  auto printed = call("Page.printToPDF", params, deadline);
  // A browser that has just started refuses now and then although a moment later it prints the same page.
  for (int again = 0;
       again < 5 && !printed && printed.error().message.ends_with("Printing failed") && !deadline.expired(); ++again) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    printed = call("Page.printToPDF", params, deadline);
  }
  if (!printed) {
    const auto& message = printed.error().message;
    if (message.find("age range") != std::string::npos)
      return fail(ErrorCode::conversion_failed, "no such page", "pages");
    if (message.find("margin") != std::string::npos || message.find("content area is empty") != std::string::npos) {
      return fail(ErrorCode::conversion_failed, "The margins leave nothing of the page.", "margin_top");
    }
    return std::unexpected(printed.error());
  }
  const auto stream = text_of(*printed, "stream");
  for (bool more = true; more;) {
    RECAST_TRY(const auto piece, call("IO.read", {{"handle", stream}, {"size", kPiece}}, deadline));
    const auto* const encoded = piece.if_contains("base64Encoded");
    const auto data = text_of(piece, "data");
    const bool is_base64 = encoded != nullptr && encoded->is_bool() && encoded->get_bool();
    const auto bytes = is_base64 ? from_base64(data) : std::optional(data);
    if (!bytes) return fail(ErrorCode::conversion_failed, "The browser sent a damaged PDF.");
    RECAST_CHECK(sink(*bytes));
    const auto* const end = piece.if_contains("eof");
    more = end == nullptr || !end->is_bool() || !end->get_bool();
  }
  return {};
}

Result<std::string> Document::photograph(const Options& options, bool png, Deadline deadline) {
  RECAST_TRY(const auto metrics, call("Page.getLayoutMetrics", {}, deadline));
  const auto& content = metrics.at("cssContentSize").as_object();
  const auto zoom = options.zoom;
  const auto width = std::round(static_cast<double>(options.screen_width) / zoom);
  const auto height = options.screen_height ? std::round(static_cast<double>(*options.screen_height) / zoom)
                                            : std::max(1.0, std::ceil(number_of(content, "height")));
  // Sizes of the image are in its own pixels, the browser's are before zoom.
  auto shot = frame(options, width * zoom, height * zoom);
  const auto across = shot.width * shot.scale, down = shot.height * shot.scale;
  if (across > kLargestSide || down > kLargestSide || across * down > kMostPixels || height * zoom > 4 * kLargestSide) {
    return fail(ErrorCode::pixel_limit,
                fmt::format("The image would have {:.0f} x {:.0f} pixels; a screen_height cuts it.", across, down));
  }
  const bool stretched = options.fit == "scale" && options.width && options.height;
  json::object params{{"format", png || stretched ? "png" : "jpeg"},
                      {"captureBeyondViewport", true},
                      {"optimizeForSpeed", stretched},
                      {"clip",
                       {{"x", shot.x / zoom},
                        {"y", shot.y / zoom},
                        {"width", shot.width / zoom},
                        {"height", shot.height / zoom},
                        {"scale", shot.scale}}}};
  if (!png && !stretched) params["quality"] = options.quality.value_or(85);
  RECAST_TRY(auto taken, call("Page.captureScreenshot", params, deadline));
  auto data = text_of(taken, "data");
  if (stretched) {
    RECAST_TRY(data, stretch(data, options, png, deadline));
  }
  auto bytes = from_base64(data);
  if (!bytes || bytes->empty()) return fail(ErrorCode::conversion_failed, "The browser took no picture.");
  return *std::move(bytes);
}

/// The camera keeps the shape, so an exact size is drawn anew, in a blank page that knows nothing of the document.
Result<std::string> Document::stretch(const std::string& base64, const Options& options, bool png, Deadline deadline) {
  RECAST_CHECK(call("Fetch.disable", {}, deadline));
  RECAST_CHECK(call("Page.navigate", {{"url", "about:blank"}}, deadline));
  const auto expression = fmt::format(
      "(async()=>{{const i=new Image();i.src='data:image/png;base64,{}';await i.decode();"
      "const c=document.createElement('canvas');c.width={};c.height={};const g=c.getContext('2d');"
      "g.imageSmoothingQuality='high';g.drawImage(i,0,0,c.width,c.height);return c.toDataURL('image/{}',{})}})()",
      base64, *options.width, *options.height, png ? "png" : "jpeg",
      static_cast<double>(options.quality.value_or(85)) / 100);
  const auto value = evaluate(expression, true, deadline);
  if (!value && value.error().code != ErrorCode::invalid_data) return std::unexpected(value.error());
  if (!value || !value->is_string()) return fail(ErrorCode::conversion_failed, "The picture could not be stretched.");
  return std::string(value->get_string());
}

}  // namespace recast::chrome
