#include "scheduler/work.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <condition_variable>

#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::scheduler {

namespace {

constexpr int kRecordTries = 60;  // a second apart: the disk may be full for a while

/// Passes on progress: the first at once, then about once a second.
class Progress {
 public:
  Progress(store::Store& store, const Attempt& attempt, RunningTasks& running)
      : store_(store), attempt_(attempt), running_(running) {}

  void operator()(int percent, std::string_view message) {
    const auto now = std::chrono::steady_clock::now();
    std::lock_guard lock(mutex_);
    if (percent == percent_ && message == message_) return;
    if (now < next_) return;
    percent_ = percent;
    message_ = message;
    next_ = now + std::chrono::seconds(1);
    try {
      const auto kept = store_.set_progress(attempt_.task, attempt_.number, percent, message);
      if (!kept && kept.error().code == ErrorCode::conflict) running_.note_gone({attempt_.task});
    } catch (const std::exception& problem) {  // the result will tell whether the store is really lost
      log::warning("progress was not kept", {{"task", attempt_.task.str()}, {"error", problem.what()}});
    }
  }

 private:
  store::Store& store_;
  const Attempt& attempt_;
  RunningTasks& running_;
  std::mutex mutex_;
  Steady next_;
  int percent_ = -1;
  std::string message_;
};

store::Ending internal_error() {
  store::Ending ending;
  ending.error = Error{ErrorCode::internal, "The task failed because of an internal error.", {}};
  return ending;
}

store::Ending run(const store::Claim& claim, Attempt& attempt, const Surroundings& around) {
  const auto progress = std::make_shared<Progress>(around.store, attempt, around.running);
  const auto deadline = Deadline::in(time_for(claim.task, around.settings));
  try {
    return around.runner.run(claim, deadline, attempt.stop.get_token(),
                             [progress](int percent, std::string_view message) { (*progress)(percent, message); });
  } catch (const std::exception& problem) {
    log::error("a task threw",
               {{"task", claim.task.id.str()}, {"operation", claim.task.operation}, {"error", problem.what()}});
  } catch (...) {
    log::error("a task threw", {{"task", claim.task.id.str()}, {"operation", claim.task.operation}});
  }
  return internal_error();
}

/// Where the ending goes: to the record, or back into the queue.
enum class Goal { end, put_back, lost };

Goal goal_of(const store::Ending& ending, Why why) {
  if (ending.error && why == Why::shutdown) return Goal::put_back;
  if (ending.error && ending.error->code == ErrorCode::worker_lost) return Goal::lost;
  return Goal::end;
}

Result<> record_once(const store::Claim& claim, const store::Ending& ending, Goal goal, store::Store& store) {
  switch (goal) {
    case Goal::put_back:
      return store.put_back(claim.task.id, claim.attempt);
    case Goal::lost:
      return store.lost(claim.task.id, claim.attempt, ending.error->message);
    case Goal::end:
      break;
  }
  return store.end(claim.task.id, claim.attempt, ending);
}

/// A second, or less if the server goes down.
void pause(const std::stop_token& closing) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, closing, std::chrono::seconds(1), [] { return false; });
}

/// Whether the files of the ending belong to a row now.
bool record(const store::Claim& claim, const store::Ending& ending, Goal goal, const Surroundings& around) {
  for (int tries = 1; tries <= kRecordTries; ++tries) {
    std::string problem;
    try {
      const auto recorded = record_once(claim, ending, goal, around.store);
      if (recorded) return goal == Goal::end;
      if (recorded.error().code == ErrorCode::conflict) return false;  // cancelled, deleted, or another attempt has it
      problem = recorded.error().message;
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
    log::error("the end of a task was not recorded",
               {{"task", claim.task.id.str()}, {"try", tries}, {"error", problem}});
    if (around.closing.stop_requested()) break;
    pause(around.closing);
  }
  return false;  // its lease will run out, and another attempt will be made
}

}  // namespace

std::chrono::seconds time_for(const job::Task& task, const Settings& settings) {
  double seconds = settings.task_seconds;
  if (const auto* const value = task.payload.if_contains("timeout")) {
    double wanted = 0;
    if (value->is_number()) {
      wanted = value->to_number<double>();
    } else if (value->is_string()) {
      const auto text = trim(value->get_string());
      if (std::from_chars(text.data(), text.data() + text.size(), wanted).ec != std::errc()) wanted = 0;
    }
    if (std::isfinite(wanted) && wanted > 0) seconds = std::min(seconds, std::ceil(wanted));
  }
  return std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

void remove_files(store::Store& store, storage::Storage& storage, const std::vector<job::StoredFile>& files) {
  if (files.empty()) return;
  std::vector<std::string> keys;
  for (const auto& file : files) keys.push_back(file.storage_key);
  const auto unknown = store.unknown_keys(keys);  // another attempt may have recorded the same ones
  if (!unknown) return;
  for (const auto& text : *unknown) {
    const auto key = storage::Key::parse(text);
    const auto removed = key ? storage.remove(*key) : Result<>(std::unexpected(key.error()));
    if (!removed) {  // found again at the next start, as a file without a row
      log::warning("a file was not removed", {{"key", text}, {"error", removed.error().message}});
    }
  }
}

void work_on(const store::Claim& claim, Attempt& attempt, const Surroundings& around) {
  const auto start = std::chrono::steady_clock::now();
  store::Ending ending;
  // Cancelled or put back before it began.
  if (attempt.why != Why::none)
    ending.error = Error{ErrorCode::cancelled, "Task has been cancelled", {}};
  else
    ending = run(claim, attempt, around);
  const auto why = attempt.why.load();
  const auto goal = goal_of(ending, why);
  if (!record(claim, ending, goal, around)) remove_files(around.store, around.storage, ending.files);
  around.running.remove(attempt);
  if (goal == Goal::put_back || !around.on_end) return;
  const auto outcome = why == Why::gone ? code_name(ErrorCode::cancelled)
                       : ending.error   ? code_name(ending.error->code)
                                        : "finished";
  const auto duration = std::chrono::steady_clock::now() - start;
  around.on_end({claim.task.operation, ending.engine, std::string(outcome),
                 std::chrono::duration_cast<std::chrono::microseconds>(duration)});
}

}  // namespace recast::scheduler
