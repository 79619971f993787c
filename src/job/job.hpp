#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "operation/registry.hpp"

/// Jobs and tasks as values, the graph between them, and what follows when one ends. Pure: no I/O, no clock, no
/// threads.
namespace recast::job {

namespace json = boost::json;

enum class Status { waiting, processing, finished, error };
std::string_view status_name(Status status);
std::optional<Status> status_from(std::string_view name);
inline bool is_terminal(Status status) { return status == Status::finished || status == Status::error; }

/// Whether tasks of this operation bring a file along in their payload, as the string kCarriedFile. Where the file
/// itself is not kept or not shown, kCarriedSize says how long the string was.
bool carries_file(std::string_view operation);
inline constexpr std::string_view kCarriedFile = "file";
inline constexpr std::string_view kCarriedSize = "file_size";

/// Whether tasks of this operation bring in files from outside, which the sandbox looks at: all imports.
bool brings_files(std::string_view operation);

/// One stored file of a task.
struct StoredFile {
  std::string name;
  std::string dir;
  std::uint64_t size = 0;
  std::string md5;          ///< lower-case hex, empty if it was never computed
  std::string storage_key;  ///< see storage::Key
};

/// What the quotas of whoever asked for a task said of it when it was created.
struct TaskTerms {
  std::optional<std::uint64_t> largest_file;        ///< bytes of a file that it brings in
  std::optional<std::vector<std::string>> formats;  ///< that may come out of it; canonical tokens
  std::optional<std::chrono::seconds> keep;         ///< after its end; else as the server keeps all
};

struct Task {
  TaskId id;
  JobId job_id;  ///< empty for a standalone task
  UserId user{};
  std::string name;  ///< empty for a standalone task
  std::string operation;
  json::object payload;  ///< as submitted, without `name`, `operation`; `input` as sent; read only when asked for
  Status status = Status::waiting;
  bool ready = false;  ///< all inputs are there: may be claimed
  bool ignore_error = false;
  bool covered = false;            ///< its failure does not fail the job (core.md 6.6)
  std::vector<TaskId> depends_on;  ///< in the order of `input`, then references
  std::optional<int> credits;
  std::string code;
  std::string message;
  int percent = 100;
  std::string engine;
  std::string engine_version;
  std::vector<StoredFile> files;
  json::object extra;  ///< members of `result` besides files
  std::string report;  ///< JSON text of what the engines did, or empty; read only when it is asked for
  Time created{};
  std::optional<Time> started;
  std::optional<Time> ended;
  TaskId retry_of;
  int priority = 0;
  std::string host_name;
  bool sandbox = false;  ///< asked for in the API's test mode
  TaskTerms terms;
  int attempt = 0;            ///< how often it has been started
  std::int64_t position = 0;  ///< order of submission
};

struct Job {
  JobId id;
  UserId user{};
  std::string tag;     ///< empty is null
  std::string origin;  ///< where its creator reached the server, in the API's own words
  Status status = Status::waiting;
  Time created{};
  std::optional<Time> started;
  std::optional<Time> ended;
  std::vector<Task> tasks;  ///< in the order of submission
  bool failing = false;     ///< a task that was deleted had failed: the job cannot end `finished`
  bool sandbox = false;     ///< of the API's test mode, as all of its tasks
};

/// A job as a client asked for it, checked.
struct TaskSpec {
  std::string name;  ///< empty for a standalone task
  std::string operation;
  json::object payload;
  std::vector<std::string> inputs;  ///< names in the job, or ids of the caller's tasks
  bool ignore_error = false;
  int priority = 0;
  std::string engine;  ///< known at creation already, or empty
  std::string engine_version;
  std::string idempotency_key;  ///< of the request that makes a standalone task; empty: none
  KeyId key{};                  ///< of the request that makes a standalone task
  bool sandbox = false;         ///< the same
};
/// A job whose result others use, too, who ask with the same key of the same signed URL base (core.md 16).
struct SharedResult {
  std::string base;  ///< empty: it is shared with nobody
  std::string cache_key;
  std::chrono::seconds life{};
};
struct JobSpec {
  std::string tag;
  std::string webhook_url;
  std::string origin;           ///< see Job
  std::string idempotency_key;  ///< of the request that makes it; empty: none
  KeyId key{};                  ///< of that request
  bool sandbox = false;
  SharedResult shared;
  bool redirect = false;        ///< core.md 6.2
  std::vector<TaskSpec> tasks;  ///< in the order of submission
};

/// Whether an address can be called when a job changes: invalid_data on `field` for what net::Url, by which it is
/// called, does not take, and for more than 2048 bytes. Whether the outbound policy lets it through is seen when it is
/// called.
Result<> check_webhook_address(std::string_view url, std::string_view field);

struct ParseLimits {
  std::size_t tasks_per_job = 1000;
};

/// Checks a whole `POST /v2/jobs` body: names, operations, options by field table, inputs, cycles. The first thing
/// wrong ends it with invalid_data and field "tasks", "tasks.NAME.FIELD", "tag", …; messages of task problems begin
/// with "Task NAME: ". An input that is not a name of the job is left for the store to look up as a task id.
/// Payloads, which may hold whole files, are moved out of the body.
Result<JobSpec> parse_job(json::object body, const operation::Registry& operations, const engine::Catalogue& catalogue,
                          const ParseLimits& limits);
/// The same for a standalone task: `POST /v2/{operation}`. Fields are not prefixed.
Result<TaskSpec> parse_task(std::string_view operation, json::object body, const operation::Registry& operations,
                            const engine::Catalogue& catalogue);

/// A task that another one refers to, and the option that does it.
struct Reference {
  std::string field;
  std::string name;  ///< in the job, or an id
  bool operator==(const Reference&) const = default;
};
/// All tasks a payload refers to: `input` (string or array), then the operation's further references. They are in the
/// order of TaskSpec::inputs and Task::depends_on.
Result<std::vector<Reference>> references_of(const json::object& payload, const operation::Operation& operation);

/// What a change of one task means for the rest of its job: dependents that become ready or fail with INPUT_TASK_FAILED
/// (in turn), the job's own status and times. Changes `job` in place.
struct Changes {
  std::vector<TaskId> ready;   ///< may be claimed now
  std::vector<TaskId> failed;  ///< ended in error because of an input
  bool started = false;        ///< the job went from waiting to processing
  bool closed = false;         ///< the job became finished or error
};
/// What is to be known of an input outside of the job.
struct Input {
  Status status = Status::error;
  bool has_files = false;
  bool covered = false;
};
using Externals = std::map<TaskId, Input>;
/// Call after a task of `job` was changed (started, finished, failed, cancelled, removed). Idempotent. An input that is
/// neither in the job nor in `externals` is gone, which is a failure. A standalone task is a job of one task.
Changes settle(Job& job, Time now, const Externals& externals = {});

}  // namespace recast::job
