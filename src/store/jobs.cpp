#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "store/admission.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

namespace {

bool is_own_task(sql::Connection& connection, const job::Job& job, const std::string& id) {
  auto rows = connection.query("SELECT 1 FROM tasks WHERE id = $1 AND user_id = $2 AND sandbox = $3", id, job.user,
                               job.sandbox);
  return rows.next();
}

bool belongs_to(const job::Job& job, const Owner& owner) {
  return job.user == owner.user && job.sandbox == owner.sandbox.value_or(job.sandbox);
}

/// Without payload and inputs.
job::Task task_from(const job::TaskSpec& spec, UserId user, Random& random) {
  job::Task task;
  task.id = TaskId(random.uuid());
  task.user = user;
  task.name = spec.name;
  task.operation = spec.operation;
  task.ignore_error = spec.ignore_error;
  task.priority = spec.priority;
  task.engine = spec.engine;
  task.engine_version = spec.engine_version;
  if (spec.operation == kUpload) task.message = kUploadMessage;
  return task;
}

/// Inputs that are no names of the job are ids of the user's own tasks of the same mode, or wrong.
Result<> resolve_inputs(sql::Connection& connection, job::Job& job, const job::JobSpec& spec) {
  std::unordered_map<std::string, TaskId> by_name;
  for (const auto& task : job.tasks) by_name.emplace(task.name, task.id);
  for (std::size_t i = 0; i < job.tasks.size(); ++i) {
    auto& task = job.tasks[i];
    task.depends_on.clear();
    for (const auto& input : spec.tasks[i].inputs) {
      const auto found = by_name.find(input);
      if (found == by_name.end() && !is_own_task(connection, job, input)) {
        return fail(ErrorCode::invalid_data,
                    fmt::format("Task {}: The selected input is invalid: there is no task {}.", task.name, input),
                    fmt::format("tasks.{}.input", task.name));
      }
      task.depends_on.push_back(found == by_name.end() ? TaskId(input) : found->second);
    }
  }
  return {};
}

void job_events(Write& write, const job::Job& job) {
  write.event("job.created", job.user, job.id, {});
  for (const auto& task : job.tasks) write.event("task.created", job.user, job.id, task.id);
  // An input from an earlier job may have failed already.
  for (const auto& task : job.tasks) {
    if (job::is_terminal(task.status)) write.event("task.failed", job.user, job.id, task.id);
  }
  if (job::is_terminal(job.status)) write.event("job.failed", job.user, job.id, {});
}

}  // namespace

Result<job::Job> SqlStore::create_job(UserId user, job::JobSpec spec) {
  job::Job fresh;
  fresh.id = JobId(random_.uuid());
  fresh.user = user;
  fresh.tag = spec.tag;
  fresh.origin = spec.origin;
  fresh.sandbox = spec.sandbox;
  const std::shared_lock sealing(sealing_.change);
  const auto webhook = stored_address(spec.webhook_url, user, sealing_.vault);
  std::vector<StoredPayload> payloads;
  for (auto& one : spec.tasks) {
    payloads.push_back(stored_payload(one.operation, std::exchange(one.payload, {}), sealing_));
    auto task = task_from(one, user, random_);
    task.job_id = fresh.id;
    task.sandbox = spec.sandbox;
    task.position = static_cast<std::int64_t>(fresh.tasks.size());
    fresh.tasks.push_back(std::move(task));
  }
  return writer_.write([&](Write& write) -> Result<job::Job> {
    if (const auto shared = SignedUrls::shared(write, spec.shared)) {
      auto job = find_job(write.sql, *shared);
      job->tasks = tasks_of_job(write.sql, *shared);
      return *std::move(job);
    }
    RECAST_TRY(const auto admission, Admission::open(write, settings_, user, fresh.tasks, spec.sandbox));
    auto job = fresh;
    job.created = write.now;
    for (auto& task : job.tasks) task.created = write.now;
    RECAST_CHECK(resolve_inputs(write.sql, job, spec));
    job::settle(job, write.now, externals_of(write.sql, job));
    insert_job(write, job, webhook, payloads, load_of_);
    admission.stamp(write, job);
    job_events(write, job);
    Idempotency::made(write, user, spec.idempotency_key, job.id.str());
    SignedUrls::share(write, spec.shared, job.id);
    return job;
  });
}

Result<job::Job> SqlStore::job(const Owner& owner, const JobId& id, const Extras& extras) {
  return readers_.read([&](sql::Connection& connection) -> Result<job::Job> {
    auto job = find_job(connection, id);
    if (!job || !belongs_to(*job, owner)) return std::unexpected(no_such("job"));
    job->tasks = tasks_of_job(connection, id, extras);
    return *std::move(job);
  });
}

Result<> SqlStore::delete_job(const Owner& owner, const JobId& id) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    const auto job = find_job(write.sql, id);
    if (!job || !belongs_to(*job, owner)) return std::unexpected(no_such("job"));
    write.event("job.deleted", owner.user, id, {});
    remove_job(write, id);
    return {};
  });
}

}  // namespace recast::store
