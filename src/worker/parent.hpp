#pragma once

#include <sys/types.h>

#include <chrono>
#include <list>
#include <optional>
#include <string>

#include "base/unique_handle.hpp"
#include "process/capture.hpp"
#include "process/report.hpp"
#include "process/wire.hpp"
#include "worker/confinement.hpp"
#include "worker/worker.hpp"

namespace recast::worker {

/// The serving half of a resident parent: keeps spare children, gives each job to one of them, watches them, and tells
/// the server how each ended. One thread.
class Parent {
 public:
  Parent(Worker& worker, Confinement& confinement, UniqueFd control, unsigned spares);
  /// Until the server is gone, or children cannot be made. In a forked child it never returns.
  void serve(const std::string& version);
  /// Tells the server why this parent ends.
  void give_up(const std::string& reason);

 private:
  using Steady = std::chrono::steady_clock;
  struct Child {
    enum class State { starting, spare, busy };
    State state = State::starting;
    pid_t pid = 0;
    unsigned slot = 0;
    UniqueFd socket;
    UniqueFd handle;  // pidfd
    UniqueFd errors;  // its standard output and error
    process::ErrorCapture captured;
    Steady::time_point born;
    std::chrono::microseconds setup{};
    std::optional<process::JobLine> job;
    Steady::time_point deadline = Steady::time_point::max();
    std::string answer;
    process::Exceeded exceeded = process::Exceeded::none;
    bool killed = false;
    int percents = 0;
  };
  using Children = std::list<Child>;

  bool poll_all();
  void look_at(Child& child, short socket_events, short error_events);
  void read_errors(Child& child);
  void read_socket(Child& child);
  void hear(Child& child, const process::Message& message);
  void hear_ready(Child& child);
  void hear_percent(Child& child, std::string_view number);
  bool hear_server();
  void start_job(process::Message message);
  void cancel(std::uint64_t id);
  void refuse(std::uint64_t id, const std::string& why);
  void kill(Child& child);
  void check_deadlines();
  bool reap_if_dead(Child& child);
  void conclude(Child& child, int status, std::chrono::microseconds cpu, std::uint64_t max_rss);
  void note_broken(const Child& child, int status);
  void refill();
  Child* spawn();
  [[noreturn]] void become_child(unsigned slot, UniqueFd socket, UniqueFd errors);
  std::optional<unsigned> free_slot() const;
  Child* pick();
  std::size_t count(Child::State state) const;
  void tell_spares();
  int timeout() const;
  void tell(const std::string& text);

  Worker& worker_;
  Confinement& confinement_;
  UniqueFd control_;
  const unsigned spares_;
  const unsigned cores_;
  Children children_;
  unsigned broken_ = 0;              // children in a row that died before any job
  Steady::time_point next_spawn_{};  // spares are not made before
  std::size_t told_spares_ = ~std::size_t{0};
  bool server_gone_ = false;
};

}  // namespace recast::worker
