#include "api/uploads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "api/context.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "format/format.hpp"
#include "format/full_name.hpp"
#include "storage/storage.hpp"
#include "store/sandbox_files.hpp"

namespace recast::api {

namespace {

constexpr std::size_t kFieldBytes = 16 * 1024;  // of one form field; a policy is under 1 KiB
constexpr std::size_t kFields = 64;
constexpr std::string_view kFileName = "${filename}";

/// Where the browser goes after the upload; empty for nowhere.
std::string redirect_of(const boost::json::object& payload) {
  const auto* const value = payload.if_contains("redirect");
  if (value == nullptr || !value->is_string()) return {};
  std::string target(value->get_string());
  return target.starts_with("http://") || target.starts_with("https://") ? target : std::string();
}

}  // namespace

std::string upload_name(std::string_view in_key, const http::Part& part, std::string_view first_bytes) {
  std::string name(in_key);
  if (name.empty()) {
    name = part.has_file_name ? part.file_name : std::string();
  } else if (const auto at = name.find(kFileName); at != std::string::npos) {
    name.replace(at, kFileName.size(), part.file_name);
  }
  // A client without a name sends the placeholder back, or nothing.
  if (name == kFileName) name.clear();
  return format::full_file_name(name, first_bytes);
}

Upload::Upload(Context& context, std::string_view storage_base, bool sandbox)
    : context_(context), sandbox_(sandbox), location_base_(fmt::format("{}/{}", storage_base, bucket_of(sandbox))) {}

Result<std::unique_ptr<http::BodySink>> Upload::open(Context& context, const http::Request& request) {
  const auto bases = bases_of(request, context.services.settings);
  const bool sandbox = request.path.starts_with("/" + std::string(bucket_of(true)));
  auto upload = std::unique_ptr<Upload>(new Upload(context, bases.storage, sandbox));
  auto* const self = upload.get();
  http::MultipartParser::Events events;
  events.on_part = [self](const http::Part& part) { return self->begin_part(part); };
  events.on_data = [self](std::span<const char> bytes) { return self->take(bytes); };
  events.on_part_end = [self] { return self->end_part(); };
  RECAST_TRY(upload->parser_, http::MultipartParser::open(request.headers.get("Content-Type"), std::move(events)));
  return upload;
}

/// The client left, or something failed: nothing stays behind and the task waits for its file again.
Upload::~Upload() {
  file_.reset();
  if (!attempt_) return;
  try {
    const auto undone = context_.services.store.abort_upload(permit_.task, *attempt_);
    if (!undone)
      log::warning("an upload could not be taken back",
                   {{"task", permit_.task.str()}, {"why", undone.error().message}});
  } catch (const std::exception& error) {
    log::error("an upload could not be taken back", {{"task", permit_.task.str()}, {"why", error.what()}});
  }
}

Result<> Upload::write(std::span<const char> bytes) { return parser_->write(bytes); }

Result<> Upload::begin_part(const http::Part& part) {
  if (stage_ == Stage::after_file) return {};
  part_ = part;
  if (part.name == "file") return begin_file();
  if (fields_.size() >= kFields) return fail(ErrorCode::malformed_body, "The form has too many fields.");
  fields_[part.name].clear();
  return {};
}

Result<> Upload::begin_file() {
  auto& services = context_.services;
  RECAST_TRY(permit_, check_upload_fields(fields_, context_.signer, services.clock.now()));
  RECAST_TRY(const auto task, services.store.task_by_id(permit_.task, {.payload = true}));
  if (task.sandbox != sandbox_) return fail(ErrorCode::not_found, "No such task.");
  RECAST_TRY(attempt_, services.store.begin_upload(permit_.task));
  redirect_ = redirect_of(task.payload);
  largest_ = static_cast<std::uint64_t>(services.upload_bytes);
  if (task.terms.largest_file) largest_ = std::min(largest_, *task.terms.largest_file);
  RECAST_TRY(file_, UploadFile::create(services.incoming / fmt::format("{}-{}", permit_.task.str(), *attempt_)));
  stage_ = Stage::in_file;
  return {};
}

Result<> Upload::take(std::span<const char> bytes) {
  if (stage_ == Stage::after_file) return {};
  if (stage_ == Stage::in_file) return take_file(bytes);
  auto& value = fields_[part_.name];
  if (value.size() + bytes.size() > kFieldBytes) {
    return fail(ErrorCode::malformed_body, fmt::format("The form field {} is too long.", part_.name));
  }
  value.append(bytes.data(), bytes.size());
  return {};
}

Result<> Upload::take_file(std::span<const char> bytes) {
  if (file_->size() + bytes.size() > largest_) {
    return fail(ErrorCode::payload_too_large, "The file is too large.");
  }
  return file_->write(bytes);
}

Result<> Upload::end_part() {
  if (stage_ != Stage::in_file) return {};
  stage_ = Stage::after_file;
  return file_->close();
}

Result<http::Response> Upload::finish() {
  RECAST_CHECK(parser_->finish());
  if (stage_ != Stage::after_file) return fail(ErrorCode::malformed_body, "The form has no field called file.");
  job::StoredFile stored;
  stored.name = upload_name(permit_.file_name, part_, file_->first_bytes());
  stored.size = file_->size();
  stored.md5 = file_->md5();
  stored.storage_key = fmt::format("{}/{}-1", permit_.task.str(), *attempt_);
  RECAST_TRY(const auto refused, refuse(stored));
  if (!refused) RECAST_CHECK(keep(stored));
  return answer(stored);
}

Result<bool> Upload::refuse(const job::StoredFile& stored) {
  if (!sandbox_) return false;
  auto& store = context_.services.store;
  RECAST_TRY(const auto task, store.task_by_id(permit_.task));
  RECAST_TRY(const auto refusal, store.sandbox_files().refusal(task.user, {&stored, 1}));
  if (!refusal) return false;
  RECAST_CHECK(store.end(permit_.task, *attempt_, *refusal));
  attempt_.reset();
  return true;
}

Result<> Upload::keep(const job::StoredFile& stored) {
  auto& services = context_.services;
  RECAST_TRY(const auto key, storage::Key::parse(stored.storage_key));
  const auto kept = services.storage.put(key, file_->path());
  const auto task = kept ? services.store.finish_upload(permit_.task, *attempt_, stored)
                         : Result<job::Task>(std::unexpected(kept.error()));
  if (task) {
    attempt_.reset();
    return {};
  }
  // Cancelled or deleted meanwhile, or perhaps not kept. What cannot be removed now is removed later.
  if (!services.storage.remove(key) && !services.store.add_garbage({key.str()}))
    log::warning("an unwanted file stays until the next start", {{"key", key.str()}});
  return std::unexpected(task.error());
}

http::Response Upload::answer(const job::StoredFile& stored) const {
  const auto& task = permit_.task.str();
  const auto location = fmt::format("{}/{}/{}", location_base_, task, percent_encode(stored.name));
  if (!redirect_.empty()) return http::Response::redirect(303, redirect_);
  const auto etag = fmt::format("\"{}\"", stored.md5);
  auto response = http::Response::text(
      201,
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Bucket>{}</Bucket><Key>{}</Key>"
                  "<ETag>{}</ETag><Location>{}</Location></PostResponse>",
                  bucket_of(sandbox_), escape_markup(fmt::format("{}/{}", task, stored.name)), escape_markup(etag),
                  escape_markup(location)),
      "application/xml");
  response.headers.set("Location", location);
  response.headers.set("ETag", etag);
  return response;
}

void add_upload_routes(Routes& routes) {
  const auto handler = [context = routes.context()](http::Request& request) { return Upload::open(*context, request); };
  for (const bool sandbox : {false, true})
    routes.router().stream("POST", "/" + std::string(bucket_of(sandbox)), handler);
}

}  // namespace recast::api
