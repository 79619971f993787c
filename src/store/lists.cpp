#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "store/sql_store.hpp"

namespace recast::store {

namespace {

/// About how much an answer grows by a task: its members, its files and its inputs.
constexpr std::string_view kTaskBytes =
    "1000 + length(message) + length(extra) + 300 * file_count + 50 * (SELECT count(*) FROM task_inputs WHERE task = "
    "number)";
constexpr std::string_view kPayloadBytes = "coalesce((SELECT length(payload) FROM payloads WHERE task = number), 0)";
constexpr std::string_view kInputsBytes =
    "(SELECT coalesce(sum(1000 + length(input.extra) + 300 * input.file_count), 0) FROM task_inputs edge "
    "JOIN tasks input ON input.id = edge.input_id WHERE edge.task = tasks.number)";
constexpr std::string_view kRetriesBytes =
    "(SELECT coalesce(sum(1000 + length(again.extra) + 300 * again.file_count), 0) FROM tasks again "
    "WHERE again.retry_of = tasks.id)";
constexpr std::int64_t kLeastTask = 1000;

std::string bytes_of_task(const Extras& extras) {
  std::string bytes(kTaskBytes);
  if (extras.payload) bytes += fmt::format(" + {}", kPayloadBytes);
  if (extras.report) bytes += " + length(report)";
  if (extras.inputs) bytes += fmt::format(" + {}", kInputsBytes);
  if (extras.retries) bytes += fmt::format(" + {}", kRetriesBytes);
  return bytes;
}

template <class Tag>
std::string json_of(std::vector<Id<Tag>> ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  boost::json::array list;
  for (const auto& id : ids) list.emplace_back(id.str());
  return boost::json::serialize(list);
}

// The plus keeps the index of a user's tasks out of it, which may be long.
constexpr std::string_view kThese = "{} IN (SELECT value FROM json_each($2)) AND +user_id = $1";

void find_inputs(sql::Connection& connection, UserId user, std::span<const job::Task> tasks, Related& related) {
  std::vector<TaskId> ids;
  for (const auto& task : tasks) ids.insert(ids.end(), task.depends_on.begin(), task.depends_on.end());
  auto rows = connection.query(select_tasks(fmt::format(kThese, "id")), user, json_of(std::move(ids)));
  while (rows.next()) {
    auto task = read_task(connection, rows);
    auto id = task.id;
    related.inputs.emplace(std::move(id), std::move(task));
  }
}

void find_retries(sql::Connection& connection, UserId user, std::span<const job::Task> tasks, std::int64_t at_most,
                  Related& related) {
  std::vector<TaskId> ids;
  for (const auto& task : tasks) ids.push_back(task.id);
  const auto what = fmt::format("{} ORDER BY +number DESC LIMIT $3", fmt::format(kThese, "retry_of"));
  auto rows = connection.query(select_tasks(what), user, json_of(std::move(ids)), at_most);
  while (rows.next()) {
    auto task = read_task(connection, rows);
    related.retries[task.retry_of].push_back(std::move(task));
  }
  for (auto& [original, retries] : related.retries) std::ranges::reverse(retries);
}

void find_jobs(sql::Connection& connection, UserId user, std::span<const job::Task> tasks, Related& related) {
  std::vector<JobId> ids;
  for (const auto& task : tasks) {
    if (!task.job_id.empty()) ids.push_back(task.job_id);
  }
  auto rows = connection.query(select_jobs(fmt::format(kThese, "id")), user, json_of(std::move(ids)));
  while (rows.next()) {
    auto job = read_job(rows);
    auto id = job.id;
    related.jobs.emplace(std::move(id), std::move(job));
  }
}

}  // namespace

Result<Listing<job::Job>> SqlStore::list_jobs(const Owner& owner, const JobFilter& filter, Page page, bool with_tasks) {
  return readers_.read([&](sql::Connection& connection) -> Result<Listing<job::Job>> {
    std::string what = fmt::format("user_id = $1{}", mode_condition(owner));
    if (filter.status) what += " AND status = $2";
    if (filter.tag) what += filter.tag->empty() ? " AND tag = ''" : " AND tag = $3 AND tag <> ''";
    what += " ORDER BY number DESC LIMIT $4 OFFSET $5";
    const auto status = filter.status ? std::optional(static_cast<int>(*filter.status)) : std::nullopt;
    const auto query = [&](const std::string& text, std::int64_t count) {
      return connection.query(text, owner.user, status, filter.tag, count, offset_of(page));
    };
    const auto bytes = fmt::format("(SELECT coalesce(sum({}), 0) FROM tasks WHERE job_id = jobs.id)", kTaskBytes);
    auto weights = query(fmt::format("SELECT {} FROM jobs WHERE {}", with_tasks ? bytes : "0", what), page.size + 1);
    const auto [answered, more] = fit(std::move(weights), page, settings_.answer_bytes);
    Listing<job::Job> listing{.items = {}, .more = more, .page = answered};
    auto rows = query(select_jobs(what), answered.size);
    while (rows.next()) {
      auto job = read_job(rows);
      if (with_tasks) job.tasks = tasks_of_job(connection, job.id);
      listing.items.push_back(std::move(job));
    }
    return listing;
  });
}

Result<Listing<job::Task>> SqlStore::list_tasks(const Owner& owner, const TaskFilter& filter, Page page,
                                                const Extras& extras) {
  return readers_.read([&](sql::Connection& connection) -> Result<Listing<job::Task>> {
    std::string what = fmt::format("user_id = $1{}", mode_condition(owner));
    if (filter.status) what += " AND status = $2";
    if (filter.operation) what += " AND operation = $3";
    if (filter.job) what += " AND job_id = $4";
    what += " ORDER BY number DESC LIMIT $5 OFFSET $6";
    const auto status = filter.status ? std::optional(static_cast<int>(*filter.status)) : std::nullopt;
    const auto query = [&](const std::string& text, std::int64_t count) {
      return connection.query(text, owner.user, status, filter.operation, filter.job, count, offset_of(page));
    };
    auto weights = query(fmt::format("SELECT {} FROM tasks WHERE {}", bytes_of_task(extras), what), page.size + 1);
    const auto [answered, more] = fit(std::move(weights), page, settings_.answer_bytes);
    Listing<job::Task> listing{.items = {}, .more = more, .page = answered};
    auto rows = query(select_tasks(what, extras), answered.size);
    while (rows.next()) listing.items.push_back(read_task(connection, rows));
    return listing;
  });
}

Result<Related> SqlStore::related(UserId user, std::span<const job::Task> tasks, const Extras& extras) {
  if (!extras.inputs && !extras.retries && !extras.job) return Related();
  return readers_.read([&](sql::Connection& connection) -> Result<Related> {
    Related related;
    if (extras.inputs) find_inputs(connection, user, tasks, related);
    if (extras.retries) {
      find_retries(connection, user, tasks, std::max<std::int64_t>(settings_.answer_bytes / kLeastTask, 1), related);
    }
    if (extras.job) find_jobs(connection, user, tasks, related);
    return related;
  });
}

}  // namespace recast::store
