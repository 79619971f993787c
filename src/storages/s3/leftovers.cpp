#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log.hpp"
#include "storages/s3/listing.hpp"
#include "storages/s3/objects.hpp"

/// What an attempt left in the store whose server was killed.
namespace recast::storages::s3 {

namespace {

constexpr int kMostPages = 10;

/// As stores write it, so that texts can be compared; to the second, for some know no less.
std::string text_of(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

Result<std::vector<OpenUpload>> Objects::open_uploads(const std::string& name) const {
  std::vector<OpenUpload> found;
  Asked asked{.query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", name}}};
  const auto fixed = asked.query.size();
  for (int number = 0; number < kMostPages; ++number) {
    RECAST_TRY(const auto answer, call(asked));
    RECAST_TRY(auto page, read_uploads(answer.body));
    for (auto& upload : page.uploads) {
      if (upload.key == name) found.push_back(std::move(upload));
    }
    if (!page.truncated || page.next_key.empty()) break;
    asked.query.resize(fixed);
    asked.query.emplace_back("key-marker", page.next_key);
    asked.query.emplace_back("upload-id-marker", page.next_id);
  }
  return found;
}

/// Only uploads of this very object, begun since the task was made. Without the right to list them nothing happens.
void Objects::abort_leftovers(const std::string& name) const {
  const auto& origin = connection_.origin;
  if (origin.attempt < 2) return;
  const auto uploads = open_uploads(name);
  if (!uploads) {
    log::info("uploads that an earlier attempt may have left cannot be listed", {{"cause", uploads.error().message}});
    return;
  }
  const auto since = text_of(origin.created + std::chrono::seconds(clock_skew_));
  for (const auto& upload : *uploads) {
    if (upload.initiated.substr(0, since.size()) < since) continue;
    const auto aborted = call({.method = "DELETE", .key = name, .query = {{"uploadId", upload.id}}, .headers = {}});
    log::info("an upload of an earlier attempt was removed", {{"task", origin.task}, {"removed", aborted.has_value()}});
  }
}

}  // namespace recast::storages::s3
