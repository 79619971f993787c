#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "format/format.hpp"
#include "format/full_name.hpp"
#include "net/client.hpp"
#include "net/disposition.hpp"
#include "net/url.hpp"
#include "operation/registry.hpp"
#include "operation/request_headers.hpp"

namespace recast::operations {

namespace {

struct Options {
  std::string url;
  std::string filename;
  operation::RequestHeaders headers;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::url, "url", "Web address of the file; user-info in it becomes HTTP Basic credentials.",
                    {.required = true}),
      schema::field(&Options::filename, "filename",
                    "Name of the file, with its extension; found out if nothing is said."),
      schema::field(&Options::headers, "headers", "Headers that are sent with the request, such as Authorization."),
  };
};

/// Our own resumption uses these.
bool is_dropped(const std::string& name) { return name == "range" || name.starts_with("if-"); }

Result<> check(const Options& options, const engine::Catalogue&) {
  RECAST_CHECK(net::Url::parse(options.url));
  return operation::check_headers(options.headers);
}

/// The last part of a URL's path, if it has an extension.
std::string name_in(std::string_view text) {
  const auto url = net::Url::parse(text);
  if (!url) return {};
  const auto& path = url->path();
  const auto segment = percent_decode(std::string_view(path).substr(path.rfind('/') + 1));
  return format::extension(segment).empty() ? std::string() : segment;
}

std::string file_name(const Options& options, const net::Downloaded& answer, const std::filesystem::path& path) {
  auto name = options.filename;
  if (name.empty()) name = net::disposition_file_name(answer.content_disposition);
  if (name.empty()) name = name_in(options.url);
  if (name.empty()) name = name_in(answer.final_url);
  if (name.empty()) {
    const auto token = format::from_mime(answer.content_type);
    name = token.empty() ? "file" : "file." + token;
  }
  return format::full_file_name(name, path);
}

/// A file that one of our own links names.
operation::Outcome from_here(operation::File own, const Options& options) {
  if (!options.filename.empty()) own.name = format::full_file_name(options.filename, own.path);
  own.dir.clear();
  return {.files = {std::move(own)}};
}

Result<operation::Outcome> import_url(operation::TaskContext& context, const Options& options) {
  RECAST_CHECK(check(options, context.catalogue()));
  RECAST_TRY(auto own, context.own_file(options.url));
  if (own) return from_here(std::move(*own), options);
  net::Download request{.url = options.url, .headers = options.headers, .to = context.work() / "download"};
  std::erase_if(request.headers, [](const auto& header) { return is_dropped(lower(header.first)); });
  if (const auto largest = context.largest_file()) request.max_bytes = std::min(request.max_bytes, *largest);
  int last = 0;
  request.on_progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
    if (!total || *total == 0) return;
    const int percent = static_cast<int>(static_cast<double>(done) * 100.0 / static_cast<double>(*total));
    if (percent > last && percent <= 100) context.progress(last = percent);
  };
  request.has_already = [&](const std::string& url) -> Result<bool> {
    RECAST_TRY(own, context.own_file(url));
    return own.has_value();
  };
  RECAST_TRY(const auto answer, context.net().download(request, context.deadline(), context.stop()));
  if (own) return from_here(std::move(*own), options);
  return operation::Outcome{.files = {{file_name(options, answer, request.to), {}, answer.size, request.to}}};
}

}  // namespace

Result<> register_import_url(operation::Registry& registry) {
  return registry.add(operation::define<Options>({.name = "import/url",
                                                  .summary = "Fetches a file from a web address.",
                                                  .load = operation::Load::network,
                                                  .needs_input = false},
                                                 &import_url, &check));
}

}  // namespace recast::operations
