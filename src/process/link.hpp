#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "process/capture.hpp"
#include "process/spawn.hpp"
#include "process/wire.hpp"
#include "process/workers.hpp"

namespace recast::process {

/// A job as its caller and the service thread share it, guarded by the one mutex of Workers. It lives on the caller's
/// stack, which takes it back (Link::withdraw) before it leaves.
struct PendingJob {
  const WorkerJob* job = nullptr;
  std::uint64_t id = 0;
  enum class State { queued, running, done } state = State::queued;
  int percent = -1;
  std::optional<EndLine> end;  ///< with state done: how it ended; none: its parent is lost
  std::condition_variable_any changed;
};

/// One resident parent as the server sees it: started, talked to, started again. Not thread-safe: Workers holds its
/// mutex around every call.
class Link {
 public:
  using Steady = std::chrono::steady_clock;
  struct Place {
    fs::path scratch;
    JailLevel level = JailLevel::full;
    unsigned first_uid = 0;
    std::chrono::milliseconds start_timeout{};
    std::chrono::milliseconds patience{};
  };
  Link(WorkerSpec spec, Place place);

  const std::string& name() const { return spec_.name; }
  const WorkerStatus& status() const { return status_; }
  /// For callers that wait for readiness.
  std::condition_variable_any& changed() { return changed_; }

  void submit(PendingJob& job);
  /// The caller waits no longer. True if the job is out at once; false if a child has been told to stop, and its end
  /// should be waited for a little.
  bool withdraw(PendingJob& job);
  /// The end did not come in time and the caller leaves without it. Until it comes the parent gets no more jobs; if it
  /// does not come at all, the parent hangs: it is killed, and started again.
  void abandon(PendingJob& job);

  void add_descriptors(std::vector<pollfd>& fds) const;  ///< always three
  void handle(const pollfd* fds);
  /// Starts, replaces and kills what is due.
  void tick();
  Steady::time_point next_tick() const;
  /// Asks the parent to end. The destructor kills what is left.
  void close();
  bool closed();

 private:
  void start();
  Result<> try_start();
  void hear(const Message& message);
  void hear_ready(std::string_view version);
  void hear_end(std::string_view message);
  void read_log();
  void lost(const std::string& why);
  void assign();
  bool send(PendingJob& job);
  void look_at_memory();
  bool takes_jobs() const;
  bool due(Steady::time_point at) const { return Steady::now() >= at; }

  const WorkerSpec spec_;
  const Place place_;
  WorkerStatus status_;
  std::condition_variable_any changed_;
  std::optional<Child> child_;
  UniqueFd control_;
  UniqueFd log_;
  std::string log_line_;
  std::string last_words_;  // its last line: often why it ended
  pid_t parent_ = 0;        // the parent proper, for its memory
  std::deque<PendingJob*> queue_;
  std::map<std::uint64_t, PendingJob*> running_;  // null: abandoned
  Steady::time_point hangs_at_ = Steady::time_point::max();
  bool retiring_ = false;  // takes no more jobs; replaced when the last one ends
  bool closing_ = false;
  unsigned failures_ = 0;  // parents in a row that died before they were ready
  Steady::time_point start_at_{};
  Steady::time_point ready_by_ = Steady::time_point::max();
  Steady::time_point look_at_ = Steady::time_point::max();
};

}  // namespace recast::process
