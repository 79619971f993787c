#include "api/own_link.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "http/message.hpp"
#include "net/url.hpp"
#include "store/store.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kBuckets[] = {"/tasks/", "/tasks-sandbox/"};

/// What follows `base` and the bucket of either mode in the URL's path; nullopt if it lies elsewhere. Spellings of one
/// place are the same.
std::optional<std::string_view> below(const net::Url& url, std::string_view base) {
  const auto place = net::Url::parse(base);
  if (!place || !url.same_origin(*place)) return std::nullopt;
  std::string_view folder = place->path();
  while (folder.ends_with('/')) folder.remove_suffix(1);
  std::string_view path = url.path();
  if (!path.starts_with(folder)) return std::nullopt;
  path.remove_prefix(folder.size());
  for (const auto bucket : kBuckets) {
    if (path.starts_with(bucket)) return path.substr(bucket.size());
  }
  return std::nullopt;
}

/// The same under whatever name and path the server is known by: a signature of ours then proves that the link is.
std::optional<std::string_view> below_any(const net::Url& url) {
  const std::string_view path = url.path();
  for (const auto bucket : kBuckets) {
    if (const auto at = path.find(bucket); at != std::string_view::npos) return path.substr(at + bucket.size());
  }
  return std::nullopt;
}

std::unexpected<Error> failed(std::string_view cause) {
  return fail(ErrorCode::download_failed, fmt::format("Download failed: {}", cause));
}

std::string_view query_of(std::string_view url) {
  const auto question = url.find('?');
  return question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
}

std::string full_name(const job::StoredFile& file) { return file.dir.empty() ? file.name : file.dir + "/" + file.name; }

}  // namespace

Result<std::optional<job::StoredFile>> own_link(std::string_view url, const Settings& settings,
                                                const LinkSigner& signer, store::Store& store, const Clock& clock) {
  const auto parsed = net::Url::parse(url);
  if (!parsed) return std::optional<job::StoredFile>();
  auto path = below(*parsed, settings.public_storage_url);
  if (!path) path = below(*parsed, settings.public_api_url);
  const bool certain = path.has_value();
  if (!certain) path = below_any(*parsed);
  if (!path) return std::optional<job::StoredFile>();
  const auto slash = path->find('/');
  if (slash == std::string_view::npos && !certain) return std::optional<job::StoredFile>();
  if (slash == std::string_view::npos) return failed("HTTP 404");
  const TaskId task{std::string(path->substr(0, slash))};
  const auto name = percent_decode(path->substr(slash + 1));
  const auto query = http::Query::parse(query_of(parsed->str()));
  const auto expires = query.get("expires"), signature = query.get("signature");
  const bool valid = signer.check_download(task, name, expires.value_or(""), signature.value_or(""), clock.now());
  // Without a public address in the settings, a link that names a task of ours is known by that.
  if (!valid && !certain && (!expires || !signature)) return std::optional<job::StoredFile>();
  const auto found = store.task_by_id(task);
  if (!valid && !certain && !found) return std::optional<job::StoredFile>();
  if (!valid) return failed("the link to this server's own file is not valid or has expired");
  if (found) {
    for (const auto& file : found->files) {
      if (full_name(file) == name) return std::optional(file);
    }
  }
  return failed("HTTP 404");
}

}  // namespace recast::api
