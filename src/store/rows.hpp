#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/job.hpp"
#include "sql/sql.hpp"
#include "store/writer.hpp"

/// Rows to and from jobs and tasks. For the other files of this module.
namespace recast::store {

using LoadOf = std::function<operation::Load(std::string_view operation)>;

/// Makes a classification safe: only uploads may be left to clients. A task of an operation that this build does not
/// run (any more) is claimed all the same, so that it ends in an error and its job in some state.
LoadOf claimable(LoadOf load_of);

inline constexpr std::string_view kUpload = "import/upload";
inline constexpr std::string_view kUploadMessage = "Waiting for file upload";

/// Which task a query is about; `what` follows "WHERE".
std::string select_tasks(std::string_view what);
/// A row of select_tasks() with its inputs and files.
job::Task read_task(sql::Connection& connection, const sql::Rows& rows);
std::optional<job::Task> find_task(sql::Connection& connection, const TaskId& id);
/// not_found for a foreign one, as for one that does not exist.
Result<job::Task> task_of_user(sql::Connection& connection, UserId user, const TaskId& id);
std::vector<job::Task> tasks_of_job(sql::Connection& connection, const JobId& id);

std::string select_jobs(std::string_view what);
job::Job read_job(const sql::Rows& rows);                                        ///< without tasks
std::optional<job::Job> find_job(sql::Connection& connection, const JobId& id);  ///< without tasks

void insert_job(Write& write, const job::Job& job, const LoadOf& load_of);
void insert_task(Write& write, const job::Task& task, const LoadOf& load_of);
void insert_files(Write& write, const TaskId& id, const std::vector<job::StoredFile>& files);

/// Files of the inputs of a task, in order; those of inputs that failed are left out.
std::vector<job::StoredFile> input_files(sql::Connection& connection, const TaskId& id);

/// Text from outside (an engine's last words) as it may go into JSON: valid UTF-8 of a bounded length.
std::string presentable(std::string_view text);

/// How many rows come before a page, whatever number a client asks for.
std::int64_t offset_of(const Page& page);

inline Error no_such(std::string_view what) { return {ErrorCode::not_found, "No such " + std::string(what) + ".", {}}; }

}  // namespace recast::store
