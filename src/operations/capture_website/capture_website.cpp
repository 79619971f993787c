#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "net/url.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  std::string url;
  std::string output_format;
  std::map<std::string, std::string> headers;

  static constexpr auto fields = std::tuple_cat(std::tuple{
      schema::field(&Options::url, "url", "Address of the page, http or https.", {.required = true}),
      schema::field(&Options::output_format, "output_format", "What comes out.",
                    {.required = true, .values = {"pdf", "png", "jpg"}}),
      schema::field(&Options::headers, "headers",
                    "More headers for requests to the page's own origin, such as Authorization or Cookie.",
                    {.secret = true}),
      schema::field(&Options::engine, "engine", "Engine that does it; the default if nothing is said."),
      schema::field(&Options::engine_version, "engine_version", "Version of the engine, or latest."),
      schema::field(&Options::filename, "filename", "Name of the output; the host's name if nothing is said."),
      schema::field(&Options::timeout, "timeout", "Seconds after which the task is ended.", {.min = 1})});

  engine::Wish wish_for(const std::string&) const {
    return wish("capture-website", {}, format::canonical(output_format));
  }
};

Result<> check(const Options& options, const engine::Catalogue&) {
  constexpr std::size_t kMostHeaders = 100, kLongestHeader = 8192, kLongestUrl = 8192;
  RECAST_TRY(const auto url, net::Url::parse(options.url));
  if (options.url.size() > kLongestUrl) return fail(ErrorCode::invalid_data, "The url is too long.", "url");
  if (!url.user().empty() || !url.password().empty())
    return fail(ErrorCode::invalid_data, "The url must not hold a password: use an Authorization header.", "url");
  if (options.headers.size() > kMostHeaders)
    return fail(ErrorCode::invalid_data, fmt::format("There are more than {} headers.", kMostHeaders), "headers");
  for (const auto& [name, value] : options.headers) {
    const bool fine = is_token(name) && value.size() <= kLongestHeader &&
                      value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    if (!fine) return fail(ErrorCode::invalid_data, "The headers format is invalid.", "headers");
    for (const auto* const own : {"host", "content-length", "connection", "transfer-encoding", "proxy-authorization"}) {
      if (equal_ignoring_case(name, own))
        return fail(ErrorCode::invalid_data, fmt::format("The header {} cannot be set.", name), "headers");
    }
  }
  return {};
}

/// Whether the outbound policy refused the page itself; the browser only knows that nobody answered.
bool was_refused(const json::object& report, const net::Url& url) {
  const auto* const blocked = report.if_contains("blocked");
  if (blocked == nullptr || !blocked->is_array()) return false;
  const auto name = fmt::format("{}:{}", url.host(), url.port());
  return std::ranges::any_of(blocked->get_array(),
                             [&](const auto& one) { return one.is_string() && one.get_string() == name; });
}

Result<operation::Outcome> capture(operation::TaskContext& context, const Options& options,
                                   const json::object& payload) {
  RECAST_TRY(const auto url, net::Url::parse(options.url));
  const auto wish = options.wish_for({});
  auto done = operation::run_conversion(context, {.wish = wish, .options = payload, .inputs = {}});
  if (!done) {
    auto error = std::move(done).error();
    if (error.code == ErrorCode::download_failed && was_refused(context.report(), url))
      error.message = "The website could not be loaded: target address is not allowed.";
    return std::unexpected(std::move(error));
  }
  auto host = url.host();
  std::ranges::replace_if(
      host, [](char c) { return c == '[' || c == ']' || c == ':'; }, '-');
  operation::Outputs outputs(options.filename);
  // A host's last part is no extension that could be replaced.
  outputs.add({.name = host + "." + wish.to}, wish.to, std::move(done->files));
  operation::Outcome outcome{.message = done->note};
  RECAST_TRY(outcome.files, outputs.take());
  return outcome;
}

}  // namespace

Result<> register_capture_website(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>({.name = "capture-website",
                                                              .summary = "Prints or photographs a page of the web.",
                                                              .needs_input = false,
                                                              .outbound = true},
                                                             &capture, &check));
}

}  // namespace recast::operations
