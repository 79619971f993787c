#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "store/admission.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// Whoever still needs one of these as input keeps it.
constexpr std::string_view kOldJobs =
    "SELECT id FROM jobs WHERE {} <= $1 AND {} AND NOT EXISTS ("
    "  SELECT 1 FROM tasks input JOIN task_inputs edge ON edge.input_id = input.id "
    "  JOIN tasks task ON task.number = edge.task WHERE input.job_id = jobs.id AND task.ended IS NULL) "
    "ORDER BY {} LIMIT $2";
constexpr std::string_view kOldTasks =
    "SELECT id FROM tasks old WHERE {} <= $1 AND job_id IS NULL AND {} AND NOT EXISTS ("
    "  SELECT 1 FROM task_inputs edge JOIN tasks task ON task.number = edge.task "
    "  WHERE edge.input_id = old.id AND task.ended IS NULL) "
    "ORDER BY {} LIMIT $2";
/// Ended so long ago; or so long that they were to be kept no longer by their owner's quota.
std::string by_age(std::string_view query) { return fmt::format(fmt::runtime(query), "ended", "1", "ended"); }
std::string by_quota(std::string_view query) {
  constexpr std::string_view until = "ended + keep";  // as the index has it
  return fmt::format(fmt::runtime(query), until, "keep IS NOT NULL AND ended IS NOT NULL", until);
}
constexpr std::string_view kAnyOldEvent = "SELECT sequence FROM outbox WHERE created <= $1 LIMIT $2";
constexpr std::string_view kRemoveOldEvents =
    "DELETE FROM outbox WHERE sequence IN (SELECT sequence FROM outbox WHERE created <= $1 ORDER BY created LIMIT $2)";
constexpr std::int64_t kEventsAtOnce = 1000;

std::vector<std::string> ids_of(sql::Connection& connection, std::string_view query, Time before,
                                std::int64_t at_most) {
  std::vector<std::string> ids;
  if (at_most <= 0) return ids;
  auto rows = connection.query(query, before, at_most);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

std::string json_of(const std::vector<std::string>& keys) {
  boost::json::array list;
  for (const auto& key : keys) list.emplace_back(key);
  return boost::json::serialize(list);
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
  count_engine_time_of_job(write, id);
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
  count_engine_time_of_removed(write, id);
  write.sql.execute("DELETE FROM tasks WHERE id = $1", id);
  settle_after(write, {{id, task->job}});
}

Result<Store::Purged> SqlStore::purge(std::size_t at_most) {
  const auto now = clock_.now();
  const auto before = now - settings_.retention;
  const auto limit = static_cast<std::int64_t>(at_most);
  RECAST_CHECK(grants_.purge(limit));
  struct Old {
    std::vector<std::string> jobs, tasks;
  };
  const auto look = [&](sql::Connection& connection) -> Result<Old> {
    Old old{.jobs = ids_of(connection, by_age(kOldJobs), before, limit), .tasks = {}};
    if (old.jobs.empty()) old.jobs = ids_of(connection, by_quota(kOldJobs), now, limit);
    old.tasks = ids_of(connection, by_age(kOldTasks), before, limit - std::ssize(old.jobs));
    if (old.tasks.empty()) old.tasks = ids_of(connection, by_quota(kOldTasks), now, limit - std::ssize(old.jobs));
    return old;
  };
  RECAST_TRY(const bool any, readers_.read([&](sql::Connection& connection) -> Result<bool> {
    RECAST_TRY(const auto old, look(connection));
    return !old.jobs.empty() || !old.tasks.empty() || !ids_of(connection, kAnyOldEvent, before, 1).empty();
  }));
  if (!any) return Purged();
  return writer_.write_even_if_full([&](Write& write) -> Result<Purged> {
    RECAST_TRY(const auto old, look(write.sql));  // again: a task may have come to need one of them
    for (const auto& id : old.jobs) remove_job(write, JobId(id));
    for (const auto& id : old.tasks) remove_task(write, TaskId(id));
    const auto events = write.sql.execute(kRemoveOldEvents, before, kEventsAtOnce);
    forget_engine_time(write);
    return Purged{.objects = old.jobs.size() + old.tasks.size(), .events = static_cast<std::size_t>(events)};
  });
}

Result<std::vector<std::string>> SqlStore::garbage(std::size_t at_most, std::string_view after) {
  return readers_.read([&](sql::Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> keys;
    auto rows = connection.query(
        "SELECT storage_key FROM garbage WHERE storage_key > $2 AND NOT EXISTS (SELECT 1 FROM files WHERE "
        "files.storage_key = garbage.storage_key) ORDER BY storage_key LIMIT $1",
        at_most, after);
    while (rows.next()) keys.push_back(rows.text(0));
    return keys;
  });
}

Result<> SqlStore::confirm_garbage(const std::vector<std::string>& keys) {
  if (keys.empty()) return {};
  const auto text = json_of(keys);
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    write.sql.execute("DELETE FROM garbage WHERE storage_key IN (SELECT value FROM json_each($1))", text);
    return {};
  });
}

Result<std::vector<std::string>> SqlStore::unknown_keys(const std::vector<std::string>& keys) {
  const auto text = json_of(keys);
  return readers_.read([&](sql::Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> unknown;
    auto rows = connection.query(
        "SELECT value FROM json_each($1) WHERE NOT EXISTS (SELECT 1 FROM files WHERE storage_key = value)", text);
    while (rows.next()) unknown.push_back(rows.text(0));
    return unknown;
  });
}

Result<> SqlStore::add_garbage(const std::vector<std::string>& keys) {
  if (keys.empty()) return {};
  const auto text = json_of(keys);
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    write.sql.execute("INSERT INTO garbage SELECT value FROM json_each($1) WHERE true ON CONFLICT DO NOTHING", text);
    return {};
  });
}

}  // namespace recast::store
