#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "store/admission.hpp"
#include "store/notices.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

std::string text_of(const boost::json::object& object) {
  return object.empty() ? std::string() : boost::json::serialize(object);
}

void tell_of_deprecation(Write& write, const Head& task, const Ending& ending) {
  Notices::raise(write, task.user,
                 {.kind = account::NoticeKind::engine_deprecated,
                  .values = {{"engine", ending.engine},
                             {"version", ending.engine_version},
                             {"task", task.id.str()},
                             {"job", task.job.str()}},
                  .occasion = fmt::format("{} {} {}", ending.engine, ending.engine_version,
                                          format_time(write.now).substr(0, std::string_view("2026-01-31").size()))});
}

}  // namespace

Result<Head> held_task(sql::Connection& connection, const TaskId& id, int attempt) {
  auto rows = connection.query(select_heads("id = $1 AND attempt = $2 AND holder IS NOT NULL"), id, attempt);
  if (!rows.next()) return fail(ErrorCode::conflict, "The task is not held by this attempt any more.");
  return read_head(rows);
}

void end_task(Write& write, const Head& task, const Ending& ending) {
  const bool failed = ending.error.has_value();
  write.sql.execute(
      "UPDATE tasks SET status = $2, ready = 0, covered = $3, credits = 0, code = $4, message = $5, percent = 100, "
      "engine = CASE $6 WHEN '' THEN engine ELSE $6 END, engine_version = CASE $6 WHEN '' THEN engine_version ELSE $7 "
      "END, "
      "extra = $8, report = $10, started = coalesce(started, $9), ended = $9, queue = NULL, holder = NULL, lease = "
      "NULL "
      "WHERE id = $1",
      task.id, failed ? job::Status::error : job::Status::finished, failed && task.ignore_error,
      failed ? code_name(ending.error->code) : std::string_view(),
      presentable(failed ? ending.error->message : ending.message), ending.engine, ending.engine_version,
      text_of(ending.extra), write.now, text_of(ending.report));
  count_engine_time(write, task.id);
  insert_files(write, task.id, ending.files);
  const bool refused = failed && ending.error->code == ErrorCode::sandbox_file_not_allowed;
  if (refused || (!failed && !ending.files.empty())) {  // what came with the task is its output now, or unwanted
    write.sql.execute(
        "UPDATE payloads SET body = NULL WHERE task = (SELECT number FROM tasks WHERE id = $1) AND body IS NOT NULL",
        task.id);
  }
  if (ending.engine_deprecated) tell_of_deprecation(write, task, ending);
  write.event(failed ? "task.failed" : "task.finished", task.user, task.job, task.id);
  settle_after(write, {{task.id, task.job}});
}

void SqlStore::lose(Write& write, const Head& task, std::string_view why) const {
  const auto* const again =
      "UPDATE tasks SET lost = lost + 1, status = $2, ready = 0, queue = NULL, holder = NULL, lease = NULL, started = "
      "NULL, "
      "percent = 100, message = '', host_name = '' WHERE id = $1 AND lost + 1 < $3";
  if (write.sql.execute(again, task.id, job::Status::waiting, settings_.attempts) == 0) {
    end_task(write, task, {.error = Error{ErrorCode::worker_lost, std::string(why), {}}});
    return;
  }
  write.event("task.updated", task.user, task.job, task.id);
  settle_waiting(write, {task.id, task.job});
}

Result<> SqlStore::end(const TaskId& id, int attempt, const Ending& ending) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, held_task(write.sql, id, attempt));
    end_task(write, task, ending);
    if (!ending.error) ledger_.settle(write, id);
    return {};
  });
}

Result<> SqlStore::put_back(const TaskId& id, int attempt) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, held_task(write.sql, id, attempt));
    write.sql.execute(
        "UPDATE tasks SET status = $2, ready = 0, queue = NULL, holder = NULL, lease = NULL, started = NULL, percent = "
        "100, "
        "message = '', host_name = '' WHERE id = $1",
        id, job::Status::waiting);
    write.event("task.updated", task.user, task.job, id);
    settle_waiting(write, {id, task.job});
    return {};
  });
}

Result<> SqlStore::lost(const TaskId& id, int attempt, std::string_view why) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, held_task(write.sql, id, attempt));
    lose(write, task, why);
    return {};
  });
}

}  // namespace recast::store
