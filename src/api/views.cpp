#include "api/views.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "api/payload.hpp"
#include "api/upload_form.hpp"
#include "operation/registry.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kUpload = "import/upload";
constexpr std::string_view kExportUrl = "export/url";

json::value or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::value credits(const job::Task& task) {
  if (!job::is_terminal(task.status)) return nullptr;
  return task.status == job::Status::error ? 0 : task.credits.value_or(0);
}

json::value message(const job::Task& task) {
  if (task.message.empty() && task.operation == kUpload && task.status == job::Status::waiting) {
    return "Waiting for file upload";
  }
  return or_null(task.message);
}

}  // namespace

json::object View::job(const job::Job& job, Tasks tasks, const Include& include) const {
  json::object out;
  out["id"] = job.id.str();
  out["tag"] = or_null(job.tag);
  out["status"] = job::status_name(job.status);
  out["created_at"] = format_time(job.created);
  out["started_at"] = or_null(job.started);
  out["ended_at"] = or_null(job.ended);
  if (tasks == Tasks::with) {
    json::array list;
    for (const auto& one : job.tasks) list.push_back(task(one, include));
    out["tasks"] = std::move(list);
  }
  out["links"] = json::object{{"self", link("jobs/" + job.id.str())}};
  return out;
}

json::object View::task(const job::Task& task, const Include& include) const {
  const auto* const operation = context_.services.operations.find(task.operation);
  json::object out;
  out["id"] = task.id.str();
  if (!task.name.empty()) out["name"] = task.name;
  out["job_id"] = or_null(task.job_id.str());
  out["status"] = job::status_name(task.status);
  out["credits"] = credits(task);
  out["code"] = or_null(task.code);
  out["message"] = message(task);
  out["percent"] = task.percent;
  out["operation"] = task.operation;
  if (!task.engine.empty() || (operation != nullptr && (operation->engine_of || operation->records))) {
    out["engine"] = or_null(task.engine);
    out["engine_version"] = or_null(task.engine_version);
  }
  if (include.has("payload")) out["payload"] = visible_payload(task.operation, task.payload, operation);
  out["result"] = result(task);
  if (include.has("report")) {
    boost::system::error_code error;
    auto report = task.report.empty() ? json::value(nullptr) : json::parse(task.report, error);
    out["report"] = error ? json::value(nullptr) : std::move(report);
  }
  out["created_at"] = format_time(task.created);
  out["started_at"] = or_null(task.started);
  out["ended_at"] = or_null(task.ended);
  out["retry_of_task_id"] = or_null(task.retry_of.str());
  out["copy_of_task_id"] = or_null(task.retry_of.str());
  out["user_id"] = static_cast<std::int64_t>(task.user);
  out["priority"] = task.priority;
  out["host_name"] = or_null(task.host_name);
  out["storage"] = nullptr;
  out["region"] = context_.services.settings.region;
  json::array inputs;
  for (const auto& input : task.depends_on) inputs.push_back(json::value(input.str()));
  out["depends_on_task_ids"] = std::move(inputs);
  out["links"] = json::object{{"self", link("tasks/" + task.id.str())}};
  return out;
}

json::value View::result(const job::Task& task) const {
  switch (task.status) {
    case job::Status::waiting:
      if (task.operation != kUpload) return nullptr;
      return json::object{{"form", upload_form(task, bases_.storage, context_.services.upload_time, context_.signer)}};
    case job::Status::processing:
      return nullptr;
    case job::Status::error:
      if (task.files.empty() && task.extra.empty()) return nullptr;
      break;
    case job::Status::finished:
      break;
  }
  json::array files;
  for (const auto& one : task.files) files.push_back(file(task, one));
  json::object out{{"files", std::move(files)}};
  for (const auto& [name, value] : task.extra) out[name] = value;
  return out;
}

json::object View::file(const job::Task& task, const job::StoredFile& file) const {
  json::object out;
  if (!file.dir.empty()) out["dir"] = file.dir;
  out["filename"] = file.name;
  if (task.sandbox && job::brings_files(task.operation)) {
    out["md5"] = file.md5;  // in place of the size (core.md 7.3)
  } else {
    out["size"] = file.size;
  }
  if (task.operation == kExportUrl && task.status == job::Status::finished) out["url"] = download_url(task, file);
  return out;
}

std::string View::download_url(const job::Task& task, const job::StoredFile& file) const {
  const auto ended = task.ended.value_or(task.created);
  const std::chrono::seconds life(context_.services.settings.link_seconds);
  const auto expires = ended + std::min(life, task.terms.keep.value_or(life));
  return context_.signer.download(bases_.storage, task.sandbox, task.id, file.dir, file.name, expires);
}

std::optional<std::string> View::first_export(const job::Job& job) const {
  for (const auto& task : job.tasks) {
    const bool done = task.operation == kExportUrl && task.status == job::Status::finished;
    if (done && !task.files.empty()) return download_url(task, task.files.front());
  }
  return std::nullopt;
}

}  // namespace recast::api
