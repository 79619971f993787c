#include <boost/json/array.hpp>
#include <utility>

#include "store/admission.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// Settles a new standalone task by its inputs and writes it.
void insert_standalone(Write& write, job::Task& task, const StoredPayload& payload, const LoadOf& load_of) {
  job::Job alone;
  alone.tasks.push_back(task);
  const auto changes = job::settle(alone, write.now, externals_of(write.sql, alone));
  task = std::move(alone.tasks.front());
  insert_task(write, task, payload, load_of);
  write.event("task.created", task.user, {}, task.id);
  if (!changes.failed.empty()) write.event("task.failed", task.user, {}, task.id);
}

/// Of the same user, in the same mode.
Result<> inputs_exist(sql::Connection& connection, const job::Task& task) {
  for (const auto& input : task.depends_on) {
    auto rows = connection.query("SELECT 1 FROM tasks WHERE id = $1 AND user_id = $2 AND sandbox = $3", input,
                                 task.user, task.sandbox);
    if (!rows.next()) {
      return fail(ErrorCode::invalid_data, "The selected input is invalid: there is no task " + input.str() + ".",
                  "input");
    }
  }
  return {};
}

/// `input` held names in a job; a standalone task has ids there, in the form (text or list) that was sent.
void name_inputs_by_id(boost::json::object& payload, const std::vector<TaskId>& depends_on) {
  auto* const input = payload.if_contains("input");
  if (input == nullptr || depends_on.empty()) return;
  if (input->is_string()) {
    *input = depends_on.front().str();
  } else if (input->is_array()) {
    boost::json::array ids;
    for (const auto& name : input->get_array()) {
      if (name.is_string() && !name.get_string().empty() && ids.size() < depends_on.size()) {
        ids.emplace_back(depends_on[ids.size()].str());
      }
    }
    *input = std::move(ids);
  }
}

/// Gives the copy of an import the file that its original brought along. False if it is there no more.
bool copy_body(Write& write, const TaskId& from, const TaskId& to) {
  write.sql.execute(
      "UPDATE payloads SET body = (SELECT body FROM payloads JOIN tasks ON number = task WHERE id = $1) "
      "WHERE task = (SELECT number FROM tasks WHERE id = $2)",
      from, to);
  auto rows = write.sql.query(
      "SELECT body IS NOT NULL FROM payloads WHERE task = (SELECT number FROM tasks WHERE id = $1)", to);
  return rows.next() && rows.boolean(0);
}

/// Gives the copy the secrets of its original.
Result<> copy_secrets(Write& write, const TaskId& from, const TaskId& to) {
  auto rows =
      write.sql.query("SELECT sealed FROM payloads WHERE task = (SELECT number FROM tasks WHERE id = $1)", from);
  if (!rows.next() || rows.is_null(0)) return {};
  if (rows.text(0).empty()) {
    return fail(ErrorCode::invalid_data,
                "The credentials of the task were wiped when it ended: create it anew instead of retrying it.", "task");
  }
  write.sql.execute("UPDATE payloads SET sealed = $2 WHERE task = (SELECT number FROM tasks WHERE id = $1)", to,
                    rows.text(0));
  return {};
}

/// What came with the original is its output now, and that is what the copy would make of it.
Result<> end_as(Write& write, const job::Task& copy, const job::Task& original) {
  if (original.files.empty()) return fail(ErrorCode::invalid_data, "The file of the task is gone.", "file");
  end_task(write, {.id = copy.id, .job = {}, .user = copy.user},
           {.error = {}, .files = original.files, .message = original.message});
  return {};
}

}  // namespace

Result<job::Task> SqlStore::create_task(UserId user, job::TaskSpec spec) {
  const std::shared_lock sealing(sealing_.change);
  const auto payload = stored_payload(spec.operation, std::exchange(spec.payload, {}), sealing_);
  job::Task fresh;
  fresh.id = TaskId(random_.uuid());
  fresh.user = user;
  fresh.operation = spec.operation;
  fresh.ignore_error = spec.ignore_error;
  fresh.priority = spec.priority;
  fresh.engine = spec.engine;
  fresh.engine_version = spec.engine_version;
  fresh.sandbox = spec.sandbox;
  for (const auto& input : spec.inputs) fresh.depends_on.emplace_back(input);
  if (spec.operation == kUpload) fresh.message = kUploadMessage;
  return writer_.write([&](Write& write) -> Result<job::Task> {
    auto task = fresh;
    task.created = write.now;
    RECAST_TRY(const auto admission, Admission::open(write, settings_, user, {&task, 1}, spec.sandbox));
    RECAST_CHECK(inputs_exist(write.sql, task));
    insert_standalone(write, task, payload, load_of_);
    admission.stamp(write, task);
    Idempotency::made(write, user, spec.idempotency_key, task.id.str());
    return task;
  });
}

Result<job::Task> SqlStore::task(const Owner& owner, const TaskId& id, const Extras& extras) {
  return readers_.read([&](sql::Connection& connection) { return task_of_owner(connection, owner, id, extras); });
}

Result<job::Task> SqlStore::task_by_id(const TaskId& id, const Extras& extras) {
  return readers_.read([&](sql::Connection& connection) -> Result<job::Task> {
    auto task = find_task(connection, id, extras);
    if (!task) return std::unexpected(no_such("task"));
    return *std::move(task);
  });
}

Result<job::Task> SqlStore::cancel_task(const Owner& owner, const TaskId& id) {
  return writer_.write_even_if_full([&](Write& write) -> Result<job::Task> {
    RECAST_TRY(const auto task, head_of_owner(write.sql, owner, id));
    if (job::is_terminal(task.status)) {
      return fail(ErrorCode::invalid_data, "Cannot change status: task already completed.", "status");
    }
    end_task(write, task, {.error = Error{ErrorCode::cancelled, "Task has been cancelled", {}}});
    return task_of_owner(write.sql, owner, id);
  });
}

Result<job::Task> SqlStore::retry_task(const Owner& owner, const TaskId& id) {
  const auto fresh_id = TaskId(random_.uuid());
  RECAST_TRY(auto seen, task(owner, id, {.payload = true}));
  name_inputs_by_id(seen.payload, seen.depends_on);
  const bool lacks_file = job::carries_file(seen.operation) && !seen.payload.contains(job::kCarriedFile);
  const std::shared_lock sealing(sealing_.change);
  const auto payload =
      stored_payload(seen.operation, std::move(seen.payload), sealing_);  // neither it nor the inputs change
  return writer_.write([&](Write& write) -> Result<job::Task> {
    RECAST_TRY(const auto original, task_of_owner(write.sql, owner, id));
    job::Task copy;
    copy.id = fresh_id;
    copy.user = owner.user;
    copy.sandbox = original.sandbox;
    copy.operation = original.operation;
    copy.ignore_error = original.ignore_error;
    copy.depends_on = original.depends_on;
    copy.created = write.now;
    copy.retry_of = original.id;
    copy.priority = original.priority;
    if (copy.operation == kUpload) copy.message = kUploadMessage;
    RECAST_TRY(const auto admission, Admission::open(write, settings_, owner.user, {&copy, 1}, original.sandbox));
    RECAST_CHECK(inputs_exist(write.sql, copy));
    insert_standalone(write, copy, payload, load_of_);
    admission.stamp(write, copy);
    RECAST_CHECK(copy_secrets(write, original.id, copy.id));
    if (!lacks_file || copy_body(write, original.id, copy.id)) return copy;
    RECAST_CHECK(end_as(write, copy, original));
    return task_of_owner(write.sql, owner, copy.id);
  });
}

Result<> SqlStore::delete_task(const Owner& owner, const TaskId& id) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, head_of_owner(write.sql, owner, id));
    const bool ended = job::is_terminal(task.status);
    const bool failed = task.status == job::Status::error ? !task.covered : !ended && !task.ignore_error;
    if (failed && !task.job.empty()) {  // its job cannot end well any more
      write.sql.execute("UPDATE jobs SET failing = 1 WHERE id = $1 AND ended IS NULL", task.job);
    }
    write.event("task.deleted", owner.user, task.job, id);
    remove_task(write, id);
    return {};
  });
}

}  // namespace recast::store
