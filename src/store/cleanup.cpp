#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// Whoever still needs one of these as input keeps it.
constexpr std::string_view kOldJobs =
    "SELECT id FROM jobs WHERE ended <= $1 AND NOT EXISTS ("
    "  SELECT 1 FROM tasks input JOIN task_inputs edge ON edge.input_id = input.id "
    "  JOIN tasks task ON task.number = edge.task WHERE input.job_id = jobs.id AND task.ended IS NULL) "
    "ORDER BY ended LIMIT $2";
constexpr std::string_view kOldTasks =
    "SELECT id FROM tasks old WHERE ended <= $1 AND job_id IS NULL AND NOT EXISTS ("
    "  SELECT 1 FROM task_inputs edge JOIN tasks task ON task.number = edge.task "
    "  WHERE edge.input_id = old.id AND task.ended IS NULL) "
    "ORDER BY ended LIMIT $2";
constexpr std::string_view kOldEvents = "SELECT sequence FROM outbox WHERE created <= $1 ORDER BY created LIMIT $2";
constexpr std::int64_t kEventsAtOnce = 1000;

std::vector<std::string> ids_of(sql::Connection& connection, std::string_view query, Time before,
                                std::int64_t at_most) {
  std::vector<std::string> ids;
  if (at_most <= 0) return ids;
  auto rows = connection.query(query, before, at_most);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

}  // namespace

void remove_job(Write& write, const JobId& id) {
  std::vector<Node> nodes;
  {
    auto rows = write.sql.query("SELECT id FROM tasks WHERE job_id = $1", id);
    while (rows.next()) nodes.push_back({TaskId(rows.text(0)), id});
  }
  write.sql.execute(
      "INSERT INTO garbage SELECT storage_key FROM files JOIN tasks ON tasks.number = files.task "
      "WHERE tasks.job_id = $1 AND storage_key <> '' ON CONFLICT DO NOTHING",
      id);
  write.sql.execute("DELETE FROM jobs WHERE id = $1", id);
  for (const auto& node : nodes) {
    for (const auto& dependent : dependents_of(write.sql, node)) settle_waiting(write, dependent);
  }
}

void remove_task(Write& write, const TaskId& id) {
  const auto task = find_head(write.sql, id);
  if (!task) return;
  write.sql.execute(
      "INSERT INTO garbage SELECT storage_key FROM files JOIN tasks ON tasks.number = files.task "
      "WHERE tasks.id = $1 AND storage_key <> '' ON CONFLICT DO NOTHING",
      id);
  write.sql.execute("DELETE FROM tasks WHERE id = $1", id);
  settle_after(write, {{id, task->job}});
}

Result<std::size_t> SqlStore::purge(std::size_t at_most) {
  const auto before = clock_.now() - settings_.retention;
  const auto limit = static_cast<std::int64_t>(at_most);
  struct Old {
    std::vector<std::string> jobs, tasks, events;
  };
  const auto look = [&](sql::Connection& connection) -> Result<Old> {
    Old old{.jobs = ids_of(connection, kOldJobs, before, limit), .tasks = {}, .events = {}};
    old.tasks = ids_of(connection, kOldTasks, before, limit - std::ssize(old.jobs));
    old.events = ids_of(connection, kOldEvents, before, kEventsAtOnce);
    return old;
  };
  RECAST_TRY(const auto candidates, readers_.read(look));
  if (candidates.jobs.empty() && candidates.tasks.empty() && candidates.events.empty()) return 0;
  return writer_.write([&](Write& write) -> Result<std::size_t> {
    RECAST_TRY(const auto old, look(write.sql));  // again: a task may have come to need one of them
    for (const auto& id : old.jobs) remove_job(write, JobId(id));
    for (const auto& id : old.tasks) remove_task(write, TaskId(id));
    for (const auto& sequence : old.events) {
      write.sql.execute("DELETE FROM outbox WHERE sequence = $1", std::stoll(sequence));
    }
    return old.jobs.size() + old.tasks.size();
  });
}

Result<std::vector<std::string>> SqlStore::garbage(std::size_t at_most) {
  return readers_.read([&](sql::Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> keys;
    auto rows = connection.query(
        "SELECT storage_key FROM garbage WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.storage_key = "
        "garbage.storage_key) LIMIT $1",
        at_most);
    while (rows.next()) keys.push_back(rows.text(0));
    return keys;
  });
}

Result<> SqlStore::confirm_garbage(const std::vector<std::string>& keys) {
  if (keys.empty()) return {};
  return writer_.write([&](Write& write) -> Result<> {
    for (const auto& key : keys) write.sql.execute("DELETE FROM garbage WHERE storage_key = $1", key);
    return {};
  });
}

Result<bool> SqlStore::is_known_key(std::string_view key) {
  return readers_.read([&](sql::Connection& connection) -> Result<bool> {
    auto rows = connection.query("SELECT 1 FROM files WHERE storage_key = $1", key);
    return rows.next();
  });
}

}  // namespace recast::store
