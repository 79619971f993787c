#include <boost/json/array.hpp>

#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// Settles a new standalone task by its inputs and writes it.
void insert_standalone(Write& write, job::Task& task, const LoadOf& load_of) {
  job::Job alone;
  alone.tasks.push_back(task);
  const auto changes = job::settle(alone, write.now, externals_of(write.sql, alone));
  task = std::move(alone.tasks.front());
  insert_task(write, task, load_of);
  write.event("task.created", task.user, {}, task.id);
  if (!changes.failed.empty()) write.event("task.failed", task.user, {}, task.id);
}

Result<> inputs_exist(sql::Connection& connection, UserId user, const std::vector<TaskId>& inputs) {
  for (const auto& input : inputs) {
    auto rows = connection.query("SELECT 1 FROM tasks WHERE id = $1 AND user_id = $2", input, user);
    if (!rows.next()) {
      return fail(ErrorCode::invalid_data, "The selected input is invalid: there is no task " + input.str() + ".",
                  "input");
    }
  }
  return {};
}

/// `input` held names in a job; a standalone task has ids there, in the form (text or list) that was sent.
void name_inputs_by_id(job::Task& task) {
  auto* const input = task.payload.if_contains("input");
  if (input == nullptr || task.depends_on.empty()) return;
  if (input->is_string()) {
    *input = task.depends_on.front().str();
  } else if (input->is_array()) {
    boost::json::array ids;
    for (const auto& name : input->get_array()) {
      if (name.is_string() && !name.get_string().empty() && ids.size() < task.depends_on.size()) {
        ids.emplace_back(task.depends_on[ids.size()].str());
      }
    }
    *input = std::move(ids);
  }
}

}  // namespace

Result<job::Task> SqlStore::create_task(UserId user, const job::TaskSpec& spec) {
  job::Task fresh;
  fresh.id = TaskId(random_.uuid());
  fresh.user = user;
  fresh.operation = spec.operation;
  fresh.payload = spec.payload;
  fresh.ignore_error = spec.ignore_error;
  fresh.priority = spec.priority;
  fresh.engine = spec.engine;
  fresh.engine_version = spec.engine_version;
  for (const auto& input : spec.inputs) fresh.depends_on.emplace_back(input);
  if (spec.operation == kUpload) fresh.message = kUploadMessage;
  return writer_.write([&](Write& write) -> Result<job::Task> {
    auto task = fresh;
    task.created = write.now;
    RECAST_CHECK(inputs_exist(write.sql, user, task.depends_on));
    insert_standalone(write, task, load_of_);
    return task;
  });
}

Result<job::Task> SqlStore::task(UserId user, const TaskId& id) {
  return readers_.read([&](sql::Connection& connection) { return task_of_user(connection, user, id); });
}

Result<job::Task> SqlStore::task_by_id(const TaskId& id) {
  return readers_.read([&](sql::Connection& connection) -> Result<job::Task> {
    auto task = find_task(connection, id);
    if (!task) return std::unexpected(no_such("task"));
    return *std::move(task);
  });
}

Result<Listing<job::Task>> SqlStore::list_tasks(UserId user, const TaskFilter& filter, Page page) {
  return readers_.read([&](sql::Connection& connection) -> Result<Listing<job::Task>> {
    std::string what = "user_id = $1";
    if (filter.status) what += " AND status = $2";
    if (filter.operation) what += " AND operation = $3";
    if (filter.job) what += " AND job_id = $4";
    what += " ORDER BY number DESC LIMIT $5 OFFSET $6";
    const auto status = filter.status ? std::optional(static_cast<int>(*filter.status)) : std::nullopt;
    auto rows = connection.query(select_tasks(what), user, status, filter.operation, filter.job, page.size + 1,
                                 offset_of(page));
    Listing<job::Task> listing;
    while (rows.next()) {
      if (std::ssize(listing.items) == page.size) {
        listing.more = true;
        break;
      }
      listing.items.push_back(read_task(connection, rows));
    }
    return listing;
  });
}

Result<std::vector<job::Task>> SqlStore::tasks_by_ids(UserId user, const std::vector<TaskId>& ids) {
  return readers_.read([&](sql::Connection& connection) -> Result<std::vector<job::Task>> {
    std::vector<job::Task> tasks;
    for (const auto& id : ids) {
      if (auto task = task_of_user(connection, user, id)) tasks.push_back(*std::move(task));
    }
    return tasks;
  });
}

Result<std::vector<job::Task>> SqlStore::retries_of(UserId user, const TaskId& id) {
  return readers_.read([&](sql::Connection& connection) -> Result<std::vector<job::Task>> {
    std::vector<job::Task> tasks;
    auto rows = connection.query(select_tasks("retry_of = $1 AND user_id = $2 ORDER BY number"), id, user);
    while (rows.next()) tasks.push_back(read_task(connection, rows));
    return tasks;
  });
}

Result<job::Task> SqlStore::cancel_task(UserId user, const TaskId& id) {
  return writer_.write([&](Write& write) -> Result<job::Task> {
    RECAST_TRY(const auto task, task_of_user(write.sql, user, id));
    if (job::is_terminal(task.status)) {
      return fail(ErrorCode::invalid_data, "Cannot change status: task already completed.", "status");
    }
    end_task(write, task, {.error = Error{ErrorCode::cancelled, "Task has been cancelled", {}}});
    return task_of_user(write.sql, user, id);
  });
}

Result<job::Task> SqlStore::retry_task(UserId user, const TaskId& id) {
  const auto fresh_id = TaskId(random_.uuid());
  return writer_.write([&](Write& write) -> Result<job::Task> {
    RECAST_TRY(const auto original, task_of_user(write.sql, user, id));
    job::Task copy;
    copy.id = fresh_id;
    copy.user = user;
    copy.operation = original.operation;
    copy.payload = original.payload;
    copy.ignore_error = original.ignore_error;
    copy.depends_on = original.depends_on;
    copy.created = write.now;
    copy.retry_of = original.id;
    copy.priority = original.priority;
    if (copy.operation == kUpload) copy.message = kUploadMessage;
    name_inputs_by_id(copy);
    RECAST_CHECK(inputs_exist(write.sql, user, copy.depends_on));
    insert_standalone(write, copy, load_of_);
    return copy;
  });
}

Result<> SqlStore::delete_task(UserId user, const TaskId& id) {
  return writer_.write([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, task_of_user(write.sql, user, id));
    const bool ended = job::is_terminal(task.status);
    const bool failed = task.status == job::Status::error ? !task.covered : !ended && !task.ignore_error;
    if (failed && !task.job_id.empty()) {  // its job cannot end well any more
      write.sql.execute("UPDATE jobs SET failing = 1 WHERE id = $1 AND ended IS NULL", task.job_id);
    }
    write.event("task.deleted", user, task.job_id, id);
    remove_task(write, id);
    return {};
  });
}

}  // namespace recast::store
