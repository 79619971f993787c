#include "process/workers.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "process/link.hpp"
#include "process/wake.hpp"

namespace recast::process {

namespace {
using Steady = std::chrono::steady_clock;
constexpr auto kAnswerToCancel = std::chrono::milliseconds(700);
constexpr auto kOrderlyEnd = std::chrono::milliseconds(1000);

/// Without a private root the children of another uid have to walk to their folders.
bool is_open_to_all(fs::path folder) {
  for (;; folder = folder.parent_path()) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_IXOTH) == 0) return false;
    if (!folder.has_relative_path()) return true;
  }
}

Result<> check(const WorkerJob& job) {
  if (job.request.size() > kLongestRequest) return fail(ErrorCode::invalid_data, "The options are too long.");
  if (job.inputs.size() + job.outputs.size() > kMostDescriptors) {
    return fail(ErrorCode::invalid_data, fmt::format("More than {} files at once.", kMostDescriptors));
  }
  return {};
}

bool is_full(const WorkerJob& job) {
  return std::ranges::any_of(job.outputs, [&](int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && static_cast<std::uint64_t>(status.st_size) >= job.limits.output;
  });
}

std::string not_ready(const std::string& name, const std::string& problem) {
  return fmt::format("The {} engine is not ready: {}", name, problem.empty() ? "it is starting" : problem);
}

Error lost_error(const std::string& name, const ExitReport& report) {
  const auto how =
      report.signal != 0 ? fmt::format("signal {}", report.signal) : fmt::format("status {}", report.exit_code);
  return {ErrorCode::worker_lost, fmt::format("The {} engine ended unexpectedly ({}).", name, how), {}};
}

Result<WorkerReply> conclude(const std::string& name, const WorkerJob& job, EndLine end) {
  if (!end.answer.empty()) {
    auto answer = read_answer(end.answer);
    if (!answer && is_full(job)) return std::unexpected(*limit_error(Exceeded::output));
    if (!answer) return std::unexpected(answer.error());
    return WorkerReply{.result = std::move(*answer), .report = std::move(end.report)};
  }
  if (auto error = limit_error(end.report.exceeded)) return std::unexpected(std::move(*error));
  if (is_full(job)) return std::unexpected(*limit_error(Exceeded::output));
  return std::unexpected(lost_error(name, end.report));
}

class ResidentWorkers final : public Workers {
 public:
  ResidentWorkers(Settings settings, std::vector<WorkerSpec> specs, Wake wake) : wake_(std::move(wake)) {
    unsigned uid = ::geteuid() == 0 ? settings.first_uid : 0;
    for (auto& spec : specs) {
      Link::Place place{.scratch = settings.scratch / spec.name,
                        .level = settings.level,
                        .first_uid = uid,
                        .start_timeout = settings.start_timeout,
                        .patience = settings.patience};
      links_.emplace_back(std::move(spec), std::move(place));
      if (uid != 0) uid += kUidsOfAWorker;
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  ~ResidentWorkers() override {
    thread_.request_stop();
    wake_.wake();
    thread_.join();
    for (auto& link : links_) link.close();
    const auto deadline = Deadline::in(kOrderlyEnd);
    const auto open = [](Link& link) { return !link.closed(); };
    while (!deadline.expired() && std::ranges::any_of(links_, open))
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }

  Result<WorkerReply> run(const std::string& name, const WorkerJob& job, Deadline deadline,
                          std::stop_token stop) override {
    RECAST_CHECK(check(job));
    auto* const link = find(name);
    // A plan may use another engine's worker, which need not be installed.
    if (link == nullptr)
      return fail(ErrorCode::conversion_failed, fmt::format("This needs {}, which the server does not have.", name));
    PendingJob pending;
    pending.job = &job;
    std::unique_lock lock(mutex_);
    link->submit(pending);
    wake_.wake();
    const auto done = wait(*link, pending, deadline, stop, lock);
    lock.unlock();
    if (!done) return std::unexpected(done.error());
    if (!pending.end) return fail(ErrorCode::worker_lost, fmt::format("The {} engine was lost.", name));
    return conclude(name, job, std::move(*pending.end));
  }

  std::vector<WorkerStatus> status() const override {
    const std::lock_guard lock(mutex_);
    std::vector<WorkerStatus> all;
    for (const auto& link : links_) all.push_back(link.status());
    return all;
  }

  Result<std::string> wait_ready(const std::string& name, Deadline deadline) override {
    auto* const link = find(name);
    if (link == nullptr) return fail(ErrorCode::internal, fmt::format("There is no worker \"{}\".", name));
    std::unique_lock lock(mutex_);
    const auto at = Steady::now() + deadline.left();
    if (link->changed().wait_until(lock, at, [&] { return link->status().ready; })) return link->status().version;
    return fail(ErrorCode::unavailable, not_ready(name, link->status().problem));
  }

 private:
  Link* find(const std::string& name) {
    const auto found = std::ranges::find(links_, name, &Link::name);
    return found == links_.end() ? nullptr : &*found;
  }

  // Until the job is done; else, because of the deadline or a stop request, until its child has ended or has had a
  // moment to. A child that takes longer to die writes into files nobody has any more.
  Result<> wait(Link& link, PendingJob& pending, Deadline deadline, const std::stop_token& stop,
                std::unique_lock<std::mutex>& lock) {
    const auto at = Steady::now() + deadline.left();
    int told = -1;
    const auto news = [&] { return pending.state == PendingJob::State::done || pending.percent > told; };
    while (pending.state != PendingJob::State::done) {
      if (!pending.changed.wait_until(lock, stop, at, news)) return leave(link, pending, stop, lock);
      if (pending.percent <= told) continue;
      told = pending.percent;
      if (!pending.job->on_percent) continue;
      lock.unlock();
      tell(link, pending, told, lock);
    }
    return {};
  }

  // The callback may throw; the job must not outlive this call.
  void tell(Link& link, PendingJob& pending, int percent, std::unique_lock<std::mutex>& lock) {
    try {
      pending.job->on_percent(percent);
    } catch (...) {
      lock.lock();
      static_cast<void>(leave(link, pending, {}, lock));
      throw;
    }
    lock.lock();
  }

  Result<> leave(Link& link, PendingJob& pending, const std::stop_token& stop, std::unique_lock<std::mutex>& lock) {
    const bool started = pending.state == PendingJob::State::running;
    const bool ready = link.status().ready;
    const auto problem = link.status().problem;
    if (!link.withdraw(pending)) {
      const auto done = [&] { return pending.state == PendingJob::State::done; };
      if (!pending.changed.wait_for(lock, kAnswerToCancel, done)) {
        link.abandon(pending);
        wake_.wake();
      }
    }
    if (stop.stop_requested()) return std::unexpected(*limit_error(Exceeded::cancelled));
    if (started) return std::unexpected(*limit_error(Exceeded::wall));
    if (ready) return fail(ErrorCode::busy, fmt::format("The {} engine was busy for too long.", link.name()));
    return fail(ErrorCode::unavailable, not_ready(link.name(), problem));
  }

  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> fds{{wake_.descriptor(), POLLIN, 0}};
      auto next = Steady::time_point::max();
      {
        const std::lock_guard lock(mutex_);
        for (auto& link : links_) {
          link.tick();
          link.add_descriptors(fds);
          next = std::min(next, link.next_tick());
        }
      }
      ::poll(fds.data(), fds.size(), timeout(next));
      wake_.clear();
      const std::lock_guard lock(mutex_);
      const auto* first = fds.data() + 1;
      for (auto& link : links_) {
        link.handle(first);
        first += 3;
      }
    }
  }

  static int timeout(Steady::time_point next) {
    if (next == Steady::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  const Wake wake_;
  mutable std::mutex mutex_;
  std::list<Link> links_;  // guarded by mutex_; the list itself never changes
  std::jthread thread_;    // starts all parents: they end with it
};
}  // namespace

Result<std::unique_ptr<Workers>> Workers::open(Settings settings, std::vector<WorkerSpec> specs) {
  if (!settings.scratch.is_absolute()) return fail(ErrorCode::internal, "the workers' folder needs an absolute path");
  for (const auto& spec : specs) {
    if (!spec.executable.is_absolute())
      return fail(ErrorCode::internal, fmt::format("{}: the executable needs an absolute path", spec.name));
    const bool plain = !spec.name.empty() &&
                       spec.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
    if (!plain) return fail(ErrorCode::internal, fmt::format("\"{}\" is no name for a worker", spec.name));
  }
  std::error_code error;
  fs::create_directories(settings.scratch, error);
  if (error) return std::unexpected(from_errno(error.value(), settings.scratch.string()));
  if (settings.level != JailLevel::full && ::geteuid() == 0 && settings.first_uid != 0 &&
      !is_open_to_all(settings.scratch)) {
    return fail(ErrorCode::internal,
                fmt::format("{}: without namespaces the workers' folder and all above it must be open "
                            "to other users (mode 711)",
                            settings.scratch.string()));
  }
  RECAST_TRY(auto wake, Wake::make());
  return std::make_unique<ResidentWorkers>(std::move(settings), std::move(specs), std::move(wake));
}

}  // namespace recast::process
