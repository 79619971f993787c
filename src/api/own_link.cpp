#include "api/own_link.hpp"

#include "base/text.hpp"
#include "http/message.hpp"
#include "net/url.hpp"
#include "store/store.hpp"

namespace recast::api {

namespace {

/// What follows `base` + "/tasks/" in the URL; nullopt if it does not start so.
std::optional<std::string_view> below(std::string_view url, std::string_view base) {
  if (base.empty() || !url.starts_with(base)) return std::nullopt;
  url.remove_prefix(base.size());
  constexpr std::string_view tasks = "/tasks/";
  if (!url.starts_with(tasks)) return std::nullopt;
  return url.substr(tasks.size());
}

std::string full_name(const job::StoredFile& file) { return file.dir.empty() ? file.name : file.dir + "/" + file.name; }

}  // namespace

Result<std::optional<job::StoredFile>> own_link(std::string_view url, const Settings& settings,
                                                const LinkSigner& signer, store::Store& store, const Clock& clock) {
  auto rest = below(url, settings.public_storage_url);
  if (!rest) rest = below(url, settings.public_api_url);
  if (!rest) return std::optional<job::StoredFile>();
  const auto question = rest->find('?');
  const auto path = rest->substr(0, question);
  const auto slash = path.find('/');
  const auto query =
      http::Query::parse(question == std::string_view::npos ? std::string_view() : rest->substr(question + 1));
  if (slash == std::string_view::npos) return fail(ErrorCode::download_failed, "Download failed: HTTP 404");
  const TaskId task{std::string(path.substr(0, slash))};
  const auto name = percent_decode(path.substr(slash + 1));
  if (!signer.check_download(task, name, query.get("expires").value_or(""), query.get("signature").value_or(""),
                             clock.now())) {
    return fail(ErrorCode::download_failed, "Download failed: HTTP 403");
  }
  const auto found = store.task_by_id(task);
  if (found) {
    for (const auto& file : found->files) {
      if (full_name(file) == name) return std::optional(file);
    }
  }
  return fail(ErrorCode::download_failed, "Download failed: HTTP 404");
}

}  // namespace recast::api
