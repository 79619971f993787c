#include <algorithm>
#include <tuple>
#include <utility>

#include "store/admission.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// A user with something to run: how much runs already, and the task that is next.
struct Candidate {
  UserId user{};
  std::int64_t running = 0;
  TaskId id;
  JobId job;
  std::int64_t priority = 0;
  std::int64_t number = 0;

  auto order() const { return std::tuple(running, -priority, number); }
};

/// The user's next task by priority and age; false if there is none.
bool find_next(sql::Connection& connection, operation::Load load, Candidate& candidate) {
  auto rows = connection.query(
      "SELECT id, job_id, priority, number FROM tasks WHERE queue = $1 AND user_id = $2 "
      "ORDER BY priority DESC, number LIMIT 1",
      load, candidate.user);
  if (!rows.next()) return false;
  candidate.id = TaskId(rows.text(0));
  candidate.job = JobId(rows.text(1));
  candidate.priority = rows.integer(2);
  candidate.number = rows.integer(3);
  return true;
}

/// One per user. Jumps from user to user in the index, however many tasks each has waiting.
std::vector<Candidate> find_candidates(sql::Connection& connection, operation::Load load) {
  std::vector<Candidate> candidates;
  auto rows = connection.query(
      "WITH RECURSIVE waiting (user_id) AS ("
      "  SELECT min(user_id) FROM tasks WHERE queue = $1"
      "  UNION ALL"
      "  SELECT (SELECT min(user_id) FROM tasks WHERE queue = $1 AND user_id > waiting.user_id) FROM waiting"
      "  WHERE waiting.user_id IS NOT NULL) "
      "SELECT user_id, (SELECT count(*) FROM tasks WHERE load = $1 AND user_id = waiting.user_id AND holder IS NOT "
      "NULL) "
      "FROM waiting WHERE user_id IS NOT NULL",
      load);
  while (rows.next()) {
    Candidate candidate{.user = UserId(rows.integer(0)), .running = rows.integer(1), .id = {}, .job = {}};
    if (find_next(connection, load, candidate)) candidates.push_back(std::move(candidate));
  }
  return candidates;
}

/// A claim whose payload has not been parsed yet.
struct Taken {
  Claim claim;
  StoredPayload payload;
};

bool anything_queued(sql::Connection& connection, operation::Load load) {
  auto rows = connection.query("SELECT 1 FROM tasks WHERE queue = $1 LIMIT 1", load);
  return rows.next();
}

}  // namespace

Result<std::vector<Claim>> SqlStore::claim(operation::Load load, std::size_t count, std::size_t per_user) {
  RECAST_TRY(const bool any, readers_.read([&](sql::Connection& connection) -> Result<bool> {
    return anything_queued(connection, load);  // mostly there is nothing, and then nothing is to be written
  }));
  if (!any || count == 0) return std::vector<Claim>();
  // A claim that a power cut takes leaves the task waiting; a renewal makes longer ones last.
  RECAST_TRY(auto all, writer_.write_passing([&](Write& write) -> Result<std::vector<Taken>> {
    auto candidates = find_candidates(write.sql, load);
    std::vector<Taken> taken;
    while (taken.size() < count && !candidates.empty()) {
      const auto best = std::ranges::min_element(candidates, {}, &Candidate::order);
      if (candidates.size() > 1 && std::cmp_greater_equal(best->running, per_user)) break;  // all have their share
      if (load == operation::Load::cpu) {
        if (auto over = out_of_time(write, settings_, best->id)) {
          const auto head = find_head(write.sql, best->id);
          end_task(write, *head, {.error = *std::move(over)});
          if (!find_next(write.sql, load, *best)) candidates.erase(best);
          continue;
        }
      }
      write.sql.execute(
          "UPDATE tasks SET status = $2, ready = 0, queue = NULL, attempt = attempt + 1, holder = $3, host_name = $3, "
          "lease = $4, started = $5, percent = 0, message = '' WHERE id = $1",
          best->id, job::Status::processing, host_name_, write.now + settings_.lease, write.now);
      start_job(write, best->job);
      auto task = find_task(write.sql, best->id);
      write.event("task.updated", task->user, task->job_id, task->id);
      const auto attempt = task->attempt;
      taken.push_back(
          {{*std::move(task), attempt, input_files(write.sql, best->id)}, read_payload(write.sql, best->id)});
      ++best->running;
      if (!find_next(write.sql, load, *best)) candidates.erase(best);
    }
    return taken;
  }));
  std::vector<Claim> claims;
  for (auto& one : all) {  // not by the writer, which serves all: a payload can be large
    one.claim.task.payload = whole_payload(std::move(one.payload), sealing_.vault);
    claims.push_back(std::move(one.claim));
  }
  return claims;
}

Result<std::vector<TaskId>> SqlStore::renew(const std::vector<std::pair<TaskId, int>>& running) {
  if (running.empty()) return std::vector<TaskId>();
  return writer_.write_even_if_full([&](Write& write) -> Result<std::vector<TaskId>> {
    std::vector<TaskId> gone;
    for (const auto& [id, attempt] : running) {
      const auto held =
          write.sql.execute("UPDATE tasks SET lease = $3 WHERE id = $1 AND attempt = $2 AND holder IS NOT NULL", id,
                            attempt, write.now + settings_.lease);
      if (held == 0) gone.push_back(id);
    }
    return gone;
  });
}

Result<> SqlStore::set_progress(const TaskId& id, int attempt, int percent, std::string_view message) {
  return writer_.write_passing([&](Write& write) -> Result<> {
    RECAST_TRY(const auto task, held_task(write.sql, id, attempt));
    write.sql.execute("UPDATE tasks SET percent = $2, message = $3 WHERE id = $1", id, std::clamp(percent, 0, 100),
                      presentable(message));
    write.passing_event("task.updated", task.user, task.job, id);
    return {};
  });
}

Result<std::size_t> SqlStore::reclaim(Reclaim which) {
  return writer_.write_even_if_full([&](Write& write) -> Result<std::size_t> {
    std::vector<Head> tasks;
    {
      auto rows = which == Reclaim::former_runs
                      ? write.sql.query(select_heads("holder IS NOT NULL"))
                      : write.sql.query(select_heads("holder IS NOT NULL AND lease < $1"), write.now);
      while (rows.next()) tasks.push_back(read_head(rows));
    }
    for (const auto& task : tasks) {
      if (task.status == job::Status::processing) {
        lose(write, task, "The process that ran the task was lost.");
      } else {  // an upload that broke off: the client may send the file again
        write.sql.execute("UPDATE tasks SET holder = NULL, lease = NULL WHERE id = $1", task.id);
      }
    }
    std::vector<Head> overdue;
    {
      auto rows = write.sql.query(
          select_heads("operation = 'import/upload' AND ended IS NULL AND holder IS NULL AND created < $1"),
          write.now - settings_.upload_time);
      while (rows.next()) overdue.push_back(read_head(rows));
    }
    for (const auto& task : overdue) {
      end_task(write, task, {.error = Error{ErrorCode::timeout, "No file was uploaded in time.", {}}});
    }
    return tasks.size() + overdue.size();
  });
}

Result<QueueDepth> SqlStore::depth(operation::Load load) {
  return readers_.read([&](sql::Connection& connection) -> Result<QueueDepth> {
    QueueDepth depth;
    auto waiting = connection.query("SELECT count(*) FROM tasks WHERE queue = $1", load);
    if (waiting.next()) depth.waiting = waiting.integer(0);
    auto running = connection.query("SELECT count(*) FROM tasks WHERE load = $1 AND holder IS NOT NULL", load);
    if (running.next()) depth.running = running.integer(0);
    return depth;
  });
}

Result<> SqlStore::set_load_classes(std::function<operation::Load(std::string_view operation)> load_of) {
  load_of_ = claimable(std::move(load_of));
  return writer_.write([&](Write& write) -> Result<> {
    std::vector<std::string> operations;
    {
      auto rows = write.sql.query("SELECT DISTINCT operation FROM tasks WHERE ended IS NULL");
      while (rows.next()) operations.push_back(rows.text(0));
    }
    for (const auto& operation : operations) {  // a new version may class an operation differently
      const auto load = load_of_(operation);
      const auto queue = load == operation::Load::none ? std::nullopt : std::optional(load);
      write.sql.execute(
          "UPDATE tasks SET load = $2, queue = CASE WHEN ready = 1 AND status = $4 THEN $3 END "
          "WHERE operation = $1 AND ended IS NULL AND load <> $2",
          operation, load, queue, job::Status::waiting);
    }
    return {};
  });
}

}  // namespace recast::store
