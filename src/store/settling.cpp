#include "store/settling.hpp"

#include <unordered_set>

#include "store/rows.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kGraphColumns =
    "SELECT number, id, job_id, user_id, status, ready, ignore_error, covered, file_count, started, ended FROM tasks "
    "WHERE ";

/// Only what settle() looks at: neither payload nor the files themselves, just whether there are any.
job::Task read_graph_task(sql::Connection& connection, const sql::Rows& rows) {
  job::Task task;
  task.id = TaskId(rows.text(1));
  task.job_id = JobId(rows.text(2));
  task.user = UserId(rows.integer(3));
  task.status = static_cast<job::Status>(rows.integer(4));
  task.ready = rows.boolean(5);
  task.ignore_error = rows.boolean(6);
  task.covered = rows.boolean(7);
  task.files.resize(rows.integer(8) > 0 ? 1 : 0);
  task.started = rows.optional_time(9);
  task.ended = rows.optional_time(10);
  auto inputs = connection.query("SELECT input_id FROM task_inputs WHERE task = $1 ORDER BY position", rows.integer(0));
  while (inputs.next()) task.depends_on.emplace_back(inputs.text(0));
  return task;
}

/// A job with its graph; a standalone task as a job without an id.
std::optional<job::Job> load_graph(sql::Connection& connection, const Node& node) {
  job::Job job;
  if (!node.job.empty()) {
    auto found = find_job(connection, node.job);
    if (!found) return std::nullopt;
    job = *std::move(found);
  }
  const auto text = std::string(kGraphColumns) + (node.job.empty() ? "id = $1" : "job_id = $1 ORDER BY position");
  auto rows = connection.query(text, node.job.empty() ? node.id.str() : node.job.str());
  while (rows.next()) job.tasks.push_back(read_graph_task(connection, rows));
  if (node.job.empty() && job.tasks.empty()) return std::nullopt;
  return job;
}

/// Most ends change nothing for the rest of the job: others are still to come, and nobody depends on the task, or it
/// went well and all who depend on it wait for somebody else too. Then the graph, which may be large, need not be read.
bool changes_nothing(sql::Connection& connection, const Node& node) {
  if (node.job.empty()) return false;
  auto rows = connection.query(
      "SELECT EXISTS (SELECT 1 FROM jobs WHERE id = $2 AND status = $3) "
      "AND EXISTS (SELECT 1 FROM tasks WHERE job_id = $2 AND ended IS NULL) "
      "AND (NOT EXISTS (SELECT 1 FROM task_inputs WHERE input_id = $1) "
      "  OR (EXISTS (SELECT 1 FROM tasks WHERE id = $1 AND status = $4)"
      "    AND NOT EXISTS (SELECT 1 FROM task_inputs edge JOIN tasks next ON next.number = edge.task"
      "      WHERE edge.input_id = $1 AND next.ended IS NULL AND NOT EXISTS ("
      "        SELECT 1 FROM task_inputs other JOIN tasks input ON input.id = other.input_id"
      "        WHERE other.task = edge.task AND input.ended IS NULL))))",
      node.id, node.job, job::Status::processing, job::Status::finished);
  return rows.next() && rows.boolean(0);
}

void store_failed(Write& write, const job::Task& task) {
  write.sql.execute(
      "UPDATE tasks SET status = $2, ready = 0, covered = $3, code = $4, message = $5, percent = $6, credits = $7, "
      "started = $8, ended = $9, queue = NULL, holder = NULL, lease = NULL WHERE id = $1",
      task.id, task.status, task.covered, task.code, task.message, task.percent, task.credits, task.started,
      task.ended);
  write.event("task.failed", task.user, task.job_id, task.id);
}

void store_job(Write& write, const job::Job& job, const job::Changes& changes) {
  if (job.id.empty() || (!changes.started && !changes.closed)) return;
  write.sql.execute("UPDATE jobs SET status = $2, started = $3, ended = $4 WHERE id = $1", job.id, job.status,
                    job.started, job.ended);
  const auto* const name = !changes.closed                       ? "job.updated"
                           : job.status == job::Status::finished ? "job.finished"
                                                                 : "job.failed";
  write.event(name, job.user, job.id, {});
}

/// Settles one job; the tasks that failed by it.
std::vector<Node> settle_one(Write& write, job::Job& job) {
  const auto changes = job::settle(job, write.now, externals_of(write.sql, job));
  const std::unordered_set<TaskId> failed(changes.failed.begin(), changes.failed.end());
  const std::unordered_set<TaskId> ready(changes.ready.begin(), changes.ready.end());
  std::vector<Node> nodes;
  for (const auto& task : job.tasks) {
    if (failed.contains(task.id)) {
      store_failed(write, task);
      nodes.push_back({task.id, task.job_id});
    } else if (ready.contains(task.id)) {
      auto rows = write.sql.query(
          "UPDATE tasks SET ready = 1, queue = CASE load WHEN $2 THEN NULL ELSE load END WHERE id = $1 RETURNING queue",
          task.id, operation::Load::none);
      while (rows.next()) {
        if (!rows.is_null(0)) write.ready(static_cast<operation::Load>(rows.integer(0)));
      }
    }
  }
  store_job(write, job, changes);
  return nodes;
}

}  // namespace

job::Externals externals_of(sql::Connection& connection, const job::Job& job) {
  std::unordered_set<TaskId> own;
  for (const auto& task : job.tasks) own.insert(task.id);
  job::Externals externals;
  for (const auto& task : job.tasks) {
    if (job::is_terminal(task.status)) continue;
    for (const auto& id : task.depends_on) {
      if (own.contains(id) || externals.contains(id)) continue;
      auto rows = connection.query("SELECT status, file_count, covered FROM tasks WHERE id = $1", id);
      if (rows.next())
        externals[id] = {static_cast<job::Status>(rows.integer(0)), rows.integer(1) > 0, rows.boolean(2)};
    }
  }
  return externals;
}

std::vector<Node> dependents_of(sql::Connection& connection, const Node& node) {
  std::vector<Node> nodes;
  auto rows = connection.query(
      "SELECT DISTINCT task.id, task.job_id FROM task_inputs edge JOIN tasks task ON task.number = edge.task "
      "WHERE edge.input_id = $1 AND task.ended IS NULL",
      node.id);
  while (rows.next()) {
    Node other{TaskId(rows.text(0)), JobId(rows.text(1))};
    if (node.job.empty() || other.job != node.job) nodes.push_back(std::move(other));
  }
  return nodes;
}

void settle_after(Write& write, const std::vector<Node>& ended) {
  for (const auto& node : ended) {
    if (!changes_nothing(write.sql, node)) settle_waiting(write, node);
    for (const auto& next : dependents_of(write.sql, node)) settle_waiting(write, next);
  }
}

void settle_waiting(Write& write, const Node& first) {
  std::vector<Node> to_do{first};
  while (!to_do.empty()) {
    const auto node = to_do.back();
    to_do.pop_back();
    auto job = load_graph(write.sql, node);
    if (!job) continue;
    for (const auto& failed : settle_one(write, *job)) {
      const auto next = dependents_of(write.sql, failed);
      to_do.insert(to_do.end(), next.begin(), next.end());
    }
  }
}

void start_job(Write& write, const JobId& id) {
  if (id.empty()) return;
  const auto changed = write.sql.execute("UPDATE jobs SET status = $2, started = $3 WHERE id = $1 AND status = $4", id,
                                         job::Status::processing, write.now, job::Status::waiting);
  if (changed == 0) return;
  const auto job = find_job(write.sql, id);
  write.event("job.updated", job->user, id, {});
}

}  // namespace recast::store
