#pragma once

#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "job/job.hpp"
#include "sql/sql.hpp"
#include "store/paging.hpp"
#include "store/store.hpp"
#include "store/vault.hpp"
#include "store/writer.hpp"

/// Rows to and from jobs and tasks. For the other files of this module.
namespace recast::store {

using LoadOf = std::function<operation::Load(std::string_view operation)>;

/// Makes a classification safe: only uploads may be left to clients. A task of an operation that this build does not
/// run (any more) is claimed all the same, so that it ends in an error and its job in some state.
LoadOf claimable(LoadOf load_of);

inline constexpr std::string_view kUpload = "import/upload";
inline constexpr std::string_view kUploadMessage = "Waiting for file upload";

/// What a query about jobs or tasks adds to its condition for an owner of one mode: " AND sandbox = 1". Not a
/// parameter, since there are indexes of the sandbox alone.
std::string_view mode_condition(const Owner& owner);

/// What has to be known of a task to change it: neither its payload nor its files, which can be large.
struct Head {
  TaskId id;
  JobId job;
  UserId user{};
  job::Status status = job::Status::waiting;
  bool ignore_error = false;
  bool covered = false;
  int attempt = 0;
};
/// Which tasks a query is about; `what` follows "WHERE".
std::string select_heads(std::string_view what);
Head read_head(const sql::Rows& rows);
std::optional<Head> find_head(sql::Connection& connection, const TaskId& id);
/// not_found for a foreign one, as for one that does not exist.
Result<Head> head_of_owner(sql::Connection& connection, const Owner& owner, const TaskId& id);

std::string select_tasks(std::string_view what, const Extras& extras = {});
/// A row of select_tasks() with its inputs and files.
job::Task read_task(sql::Connection& connection, const sql::Rows& rows);
std::optional<job::Task> find_task(sql::Connection& connection, const TaskId& id, const Extras& extras = {});
Result<job::Task> task_of_owner(sql::Connection& connection, const Owner& owner, const TaskId& id,
                                const Extras& extras = {});
std::vector<job::Task> tasks_of_job(sql::Connection& connection, const JobId& id, const Extras& extras = {});

/// A payload as it is stored: JSON of what may be seen, and apart from it its secrets, and the file that an
/// import/base64 or import/raw brings along. Secrets and body are read for a claim only; the body is dropped once the
/// task has its output, the secrets are wiped when it ends.
struct StoredPayload {
  std::string text;  ///< empty for an empty object
  std::optional<boost::json::string> body;
  std::optional<std::string> sealed;
};
/// What of a payload may be seen by anyone who sees the task (core.md 7.8).
using Visible = std::function<boost::json::object(std::string_view operation, const boost::json::object& payload)>;

/// How secrets are kept apart.
struct Sealing {
  Vault vault;
  Visible visible;
  /// Shared from a payload's sealing until it is stored, so that a key is changed in between.
  std::shared_mutex change;
};
/// Done by whoever asks for a task, not by the writer, which serves all.
StoredPayload stored_payload(std::string_view operation, boost::json::object payload, const Sealing& sealing);
/// The way back. Secrets that cannot be opened are missing; the log says why.
boost::json::object whole_payload(StoredPayload stored, const Vault& vault);
StoredPayload read_payload(sql::Connection& connection, const TaskId& id);

std::string select_jobs(std::string_view what);
job::Job read_job(const sql::Rows& rows);                                        ///< without tasks
std::optional<job::Job> find_job(sql::Connection& connection, const JobId& id);  ///< without tasks

/// The webhook_url of a job as it rests; empty if it has none.
struct StoredAddress {
  std::string sealed;
  std::string target;  ///< of its deliveries: the same for the same user and address
};
StoredAddress stored_address(std::string_view url, UserId user, const Vault& vault);

/// `payloads` in the order of the job's tasks.
void insert_job(Write& write, const job::Job& job, const StoredAddress& webhook,
                const std::vector<StoredPayload>& payloads, const LoadOf& load_of);
void insert_task(Write& write, const job::Task& task, const StoredPayload& payload, const LoadOf& load_of);
void insert_files(Write& write, const TaskId& id, const std::vector<job::StoredFile>& files);

/// Files of the inputs of a task, in order; those of inputs that failed are left out.
std::vector<InputFile> input_files(sql::Connection& connection, const TaskId& id);

/// Text from outside (an engine's last words) as it may go into JSON: valid UTF-8 of a bounded length.
std::string presentable(std::string_view text);

inline Error no_such(std::string_view what) { return {ErrorCode::not_found, "No such " + std::string(what) + ".", {}}; }

}  // namespace recast::store
