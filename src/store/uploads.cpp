#include "store/settling.hpp"
#include "store/sql_store.hpp"
#include "store/users.hpp"

namespace recast::store {

Result<int> SqlStore::begin_upload(const TaskId& id) {
  return writer_.write([&](Write& write) -> Result<int> {
    const auto task = find_head(write.sql, id);
    if (!task) return std::unexpected(no_such("task"));
    RECAST_TRY(const auto user, find_user(write.sql, task->user));
    if (!user.enabled) return fail(ErrorCode::forbidden, "The account that this upload is for is disabled.");
    // The task stays "waiting" for its readers until the file is there (core.md 17); only the mark says that one comes.
    const auto marked = write.sql.execute(
        "UPDATE tasks SET attempt = attempt + 1, holder = $2, lease = $3 "
        "WHERE id = $1 AND operation = $4 AND status = $5 AND ready = 1 AND holder IS NULL",
        id, host_name_, write.now + settings_.upload_time, kUpload, job::Status::waiting);
    if (marked == 0) return fail(ErrorCode::conflict, "The task is not waiting for a file.");
    return task->attempt + 1;
  });
}

Result<> SqlStore::abort_upload(const TaskId& id, int attempt) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_CHECK(held_task(write.sql, id, attempt));
    write.sql.execute("UPDATE tasks SET holder = NULL, lease = NULL WHERE id = $1", id);
    return {};
  });
}

Result<job::Task> SqlStore::finish_upload(const TaskId& id, int attempt, job::StoredFile file) {
  return writer_.write_even_if_full([&](Write& write) -> Result<job::Task> {
    RECAST_TRY(const auto task, held_task(write.sql, id, attempt));
    end_task(write, task, {.error = {}, .files = {file}});
    return task_of_owner(write.sql, task.user, id);
  });
}

}  // namespace recast::store
