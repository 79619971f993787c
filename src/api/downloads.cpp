#include <fmt/format.h>

#include <algorithm>

#include "api/context.hpp"
#include "base/text.hpp"
#include "format/format.hpp"
#include "storage/storage.hpp"

namespace recast::api {

namespace {

bool is_inline(const job::Task& task) {
  const auto* const value = task.payload.if_contains("inline");
  if (value == nullptr) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_int64()) return value->get_int64() != 0;
  return value->is_string() && (value->get_string() == "true" || value->get_string() == "1");
}

const job::StoredFile* find_file(const job::Task& task, std::string_view dir_and_file) {
  const auto found = std::ranges::find_if(task.files, [dir_and_file](const auto& file) {
    return (file.dir.empty() ? file.name : file.dir + "/" + file.name) == dir_and_file;
  });
  return found == task.files.end() ? nullptr : &*found;
}

void add_headers(http::Headers& headers, const job::Task& task, const job::StoredFile& file) {
  headers.set("Content-Type", std::string(format::mime_of_file_name(file.name)));
  headers.set("Content-Disposition", http::content_disposition(is_inline(task) ? "inline" : "attachment", file.name));
  headers.set("Cache-Control", "private");
  // A customer's HTML or SVG shown inline must not act as a page of this server.
  headers.set("Content-Security-Policy", "sandbox");
  headers.set("X-Content-Type-Options", "nosniff");
}

/// GET /tasks/{task}/{file}?expires=…&signature=…: no key, the signature is the right to read.
Result<http::Response> download(Call& call) {
  auto& services = call.context.services;
  const auto& query = call.request.query;
  const TaskId id(call.request.captures.at(0));
  const auto& path = call.request.captures.at(1);
  const auto expires = query.get("expires").value_or("");
  const auto signature = query.get("signature").value_or("");
  if (!call.context.signer.check_download(id, path, expires, signature, services.clock.now())) {
    return fail(ErrorCode::gone, "This link has expired or its signature is wrong.");
  }
  RECAST_TRY(const auto task, services.store.task_by_id(id, {.payload = true}));
  if (!call.request.path.starts_with(fmt::format("/{}/", bucket_of(task.sandbox))))
    return fail(ErrorCode::not_found, "No such task.");
  const auto* const file = find_file(task, path);
  if (file == nullptr) return fail(ErrorCode::not_found, "The file has been deleted.");
  RECAST_TRY(const auto key, storage::Key::parse(file->storage_key));
  RECAST_TRY(auto opened, services.storage.open(key));
  http::FileBody body;
  body.file = std::move(opened);
  body.size = file->size;
  body.etag = fmt::format("\"{}\"", file->md5.empty() ? fmt::format("{}-{}", id.str(), file->size) : file->md5);
  body.last_modified = std::chrono::floor<std::chrono::seconds>(task.ended.value_or(task.created));
  http::Response response;
  add_headers(response.headers, task, *file);
  response.body = std::move(body);
  return response;
}

}  // namespace

void add_download_routes(Routes& routes) {
  routes.get("/tasks/{task}/{file...}", Routes::kPublic, &download);
  routes.get("/tasks-sandbox/{task}/{file...}", Routes::kPublic, &download);
}

}  // namespace recast::api
