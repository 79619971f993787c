#include "engines/chrome/worker/website.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engines/chrome/worker/document.hpp"

/// What a Document does besides when it visits a page of the web: headers of the client's, and errors of the way.
namespace recast::chrome {

namespace {

/// "https://host:port" of a web address.
std::string_view origin_of(std::string_view url) {
  const auto host = url.find("://");
  return host == std::string_view::npos ? url : url.substr(0, url.find_first_of("/?#", host + 3));
}

}  // namespace

Error why_not_loaded(std::string_view problem) {
  const auto failed = [](std::string_view why) {
    return Error{ErrorCode::download_failed, fmt::format("The website could not be loaded: {}.", why), {}};
  };
  if (problem.contains("ERR_CERT") || problem.contains("ERR_SSL")) return failed("its certificate or TLS is not valid");
  if (problem.contains("TOO_MANY_REDIRECTS")) return failed("too many redirects");
  if (problem.contains("ERR_ABORTED")) return failed("the address leads to no page, but to a download or to nothing");
  if (problem.contains("TIMED_OUT")) return failed("the server does not answer");
  if (problem.contains("UNSAFE_PORT")) return failed("its port is not allowed");
  for (const auto* const word : {"TUNNEL", "EMPTY_RESPONSE", "PROXY", "NAME_NOT_RESOLVED", "CONNECTION"}) {
    if (problem.contains(word)) return failed("could not connect to host");
  }
  return failed(problem);
}

Result<> Document::visit(const Website& website, const Options& options, bool for_print, Deadline deadline) {
  RECAST_CHECK(set_screen(options, for_print, deadline));
  website_ = website;
  RECAST_CHECK(set_headers(website, deadline));
  if (website_->headers.empty()) RECAST_CHECK(call("Fetch.disable", {}, deadline));
  return go(website.url, options, deadline);
}

/// Those that the browser sets itself it must be told of; what is left in website_ is added to requests.
Result<> Document::set_headers(const Website& website, Deadline deadline) {
  RECAST_TRY(const auto version, browser_.pipe().call("Browser.getVersion", {}, "", deadline));
  auto agent = text_of(version, "userAgent");
  // Some sites answer with an empty page to a browser that says it has no window.
  if (const auto at = agent.find("Headless"); at != std::string::npos)
    agent.erase(at, std::string_view("Headless").size());
  website_->headers.clear();
  for (const auto& [name, value] : website.headers) {
    if (equal_ignoring_case(name, "user-agent")) {
      agent = value;
    } else if (equal_ignoring_case(name, "cookie")) {
      for (const auto one : split(value, ';')) {
        const auto sign = one.find('=');
        if (trim(one).empty()) continue;
        const auto set = call("Network.setCookie",
                              {{"name", trim(one.substr(0, sign))},
                               {"value", sign == std::string_view::npos ? "" : trim(one.substr(sign + 1))},
                               {"url", website.url}},
                              deadline);
        if (!set) return fail(ErrorCode::invalid_data, "The Cookie header cannot be read.", "headers");
      }
    } else {
      website_->headers.emplace(name, value);
    }
  }
  RECAST_CHECK(call("Emulation.setUserAgentOverride", {{"userAgent", agent}}, deadline));
  return {};
}

/// The client's headers may be secrets: they go to the page's own origin.
void Document::pass_on(const std::string& id, const json::object& request, const Event& event) {
  json::object go_on{{"requestId", id}};
  if (!website_->headers.empty() && origin_of(text_of(request, "url")) == origin_of(website_->url)) {
    json::array headers;
    const auto add = [&](std::string_view name, std::string_view value) {
      headers.push_back(json::object{{"name", name}, {"value", value}});
    };
    for (const auto& [name, value] : website_->headers) add(name, value);
    if (const auto* const own = request.if_contains("headers"); own != nullptr && own->is_object()) {
      for (const auto& [name, value] : own->get_object()) {
        const auto same = [&](const auto& set) { return equal_ignoring_case(set.first, std::string_view(name)); };
        if (value.is_string() && std::ranges::none_of(website_->headers, same)) add(name, value.get_string());
      }
    }
    go_on["headers"] = std::move(headers);
  }
  (void)browser_.pipe().send("Fetch.continueRequest", go_on, event.session, Deadline::in(kAnswer));
}

}  // namespace recast::chrome
