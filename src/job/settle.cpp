#include <algorithm>
#include <ranges>
#include <unordered_map>

#include "job/job.hpp"

namespace recast::job {

namespace {

using Index = std::unordered_map<std::string, Task*>;

/// What the inputs of a waiting task say about it.
enum class Verdict { wait, run, fail };
struct Inputs {
  Verdict verdict = Verdict::run;
  bool covered = true;  ///< all failed inputs are covered, so that this failure is one of theirs
};

Input input_of(const TaskId& id, const Index& tasks, const Externals& externals) {
  if (const auto found = tasks.find(id.str()); found != tasks.end()) {
    const auto& task = *found->second;
    return {task.status, !task.files.empty(), task.covered};
  }
  const auto found = externals.find(id);
  return found == externals.end() ? Input{Status::error, false, false} : found->second;
}

Inputs look_at_inputs(const Task& task, const Index& tasks, const Externals& externals) {
  bool waits = false;
  bool failed = false;
  bool delivered = false;
  Inputs result;
  for (const auto& id : task.depends_on) {
    const auto input = input_of(id, tasks, externals);
    waits = waits || !is_terminal(input.status);
    delivered = delivered || (input.status == Status::finished && input.has_files);
    if (input.status != Status::error) continue;
    failed = true;
    result.covered = result.covered && input.covered;
  }
  if (failed && !result.covered)
    result.verdict = Verdict::fail;  // whatever the others will deliver
  else if (waits)
    result.verdict = Verdict::wait;
  else if (failed && !delivered)
    result.verdict = Verdict::fail;
  return result;
}

void fail_by_input(Task& task, bool covered, Time now) {
  task.status = Status::error;
  task.ready = false;
  task.covered = task.ignore_error || covered;
  task.code = code_name(ErrorCode::input_task_failed);
  task.message = "Input task has failed";
  task.percent = 100;
  task.credits = 0;
  task.files.clear();
  task.extra.clear();
  if (!task.started) task.started = now;
  task.ended = now;
}

/// Settles the waiting tasks, and through each that fails the ones that depend on it.
void settle_tasks(Job& job, const Externals& externals, Time now, Changes& changes) {
  Index tasks;
  std::unordered_map<std::string, std::vector<Task*>> dependents;
  for (auto& task : job.tasks) {
    tasks.emplace(task.id.str(), &task);
    for (const auto& input : task.depends_on) dependents[input.str()].push_back(&task);
    if (task.status == Status::error && task.ignore_error) task.covered = true;
  }
  std::vector<Task*> to_do;
  for (auto& task : std::views::reverse(job.tasks)) to_do.push_back(&task);
  while (!to_do.empty()) {
    auto& task = *to_do.back();
    to_do.pop_back();
    if (task.status != Status::waiting) continue;
    const auto inputs = look_at_inputs(task, tasks, externals);
    if (inputs.verdict == Verdict::run && !task.ready) {
      task.ready = true;
      changes.ready.push_back(task.id);
    } else if (inputs.verdict == Verdict::fail) {
      fail_by_input(task, inputs.covered, now);
      changes.failed.push_back(task.id);
      const auto& next = dependents[task.id.str()];
      to_do.insert(to_do.end(), next.begin(), next.end());
    }
  }
}

std::optional<Time> first_start(const Job& job) {
  std::optional<Time> first;
  for (const auto& task : job.tasks) {
    if (task.started && (!first || *task.started < *first)) first = task.started;
  }
  return first;
}

void settle_job(Job& job, Time now, Changes& changes) {
  if (is_terminal(job.status)) return;
  const bool started = std::ranges::any_of(job.tasks, [](const auto& task) { return task.status != Status::waiting; });
  if (started && job.status == Status::waiting) {
    job.status = Status::processing;
    job.started = first_start(job).value_or(now);
    changes.started = true;
  }
  if (!std::ranges::all_of(job.tasks, [](const auto& task) { return is_terminal(task.status); })) return;
  const bool failed =
      std::ranges::any_of(job.tasks, [](const auto& task) { return task.status == Status::error && !task.covered; });
  job.status = failed || job.failing ? Status::error : Status::finished;
  if (!job.started) job.started = first_start(job).value_or(now);
  job.ended = job.started;
  for (const auto& task : job.tasks) {
    if (task.ended && *task.ended > *job.ended) job.ended = task.ended;
  }
  if (job.tasks.empty()) job.ended = now;
  changes.closed = true;
}

}  // namespace

Changes settle(Job& job, Time now, const Externals& externals) {
  Changes changes;
  settle_tasks(job, externals, now, changes);
  settle_job(job, now, changes);
  return changes;
}

}  // namespace recast::job
