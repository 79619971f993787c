#include "worker/parent.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "worker/child.hpp"

namespace recast::worker {

namespace {
constexpr unsigned kMostBroken = 5;
constexpr int kMostPercents = 101;
constexpr auto kFirstPause = std::chrono::milliseconds(100);
constexpr auto kLongestPause = std::chrono::seconds(10);

std::chrono::microseconds micros(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}
}  // namespace

Parent::Parent(Worker& worker, Confinement& confinement, UniqueFd control, unsigned spares)
    : worker_(worker),
      confinement_(confinement),
      control_(std::move(control)),
      spares_(std::min(spares, Confinement::kSlots / 2)),
      cores_(static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)))) {}

void Parent::serve(const std::string& version) {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {  // helpers a library ran while it was loaded
  }
  confinement_.remember_folders();
  tell("ready " + version.substr(0, version.find('\n')));
  while (!server_gone_ && broken_ < kMostBroken) {
    refill();
    tell_spares();
    if (!poll_all()) return;
  }
}

void Parent::give_up(const std::string& reason) { tell("failed " + reason); }

void Parent::tell(const std::string& text) {
  if (!process::send_message(control_.get(), text, {}, process::Patience::wait)) server_gone_ = true;
}

void Parent::tell_spares() {
  const auto spares = count(Child::State::spare);
  if (spares == told_spares_) return;
  told_spares_ = spares;
  tell(fmt::format("spares {}", spares));
}

// False when the server is gone.
bool Parent::poll_all() {
  std::vector<pollfd> fds{{control_.get(), POLLIN, 0}};
  std::vector<Child*> present;
  for (auto& child : children_) {
    fds.push_back({child.socket.get(), POLLIN, 0});
    fds.push_back({child.errors.get(), POLLIN, 0});
    fds.push_back({child.handle.get(), POLLIN, 0});
    present.push_back(&child);
  }
  if (::poll(fds.data(), fds.size(), timeout()) < 0 && errno != EINTR) return false;
  if (fds[0].revents != 0 && !hear_server()) return false;
  for (std::size_t i = 0; i < present.size(); ++i) {
    look_at(*present[i], fds[3 * i + 1].revents, fds[3 * i + 2].revents);
    if (fds[3 * i + 3].revents != 0 && reap_if_dead(*present[i])) {
      children_.remove_if([&](const Child& child) { return &child == present[i]; });
    }
  }
  check_deadlines();
  return true;
}

int Parent::timeout() const {
  auto next = Steady::time_point::max();
  for (const auto& child : children_) next = std::min(next, child.deadline);
  if (next_spawn_ > Steady::now()) next = std::min(next, next_spawn_);
  if (next == Steady::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Parent::look_at(Child& child, short socket_events, short error_events) {
  if (socket_events != 0) read_socket(child);
  if (error_events != 0) read_errors(child);
}

void Parent::read_errors(Child& child) {
  std::array<char, 16384> buffer;
  for (int round = 0; child.errors && round < 8; ++round) {
    const auto size = ::read(child.errors.get(), buffer.data(), buffer.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return child.errors.reset();
    child.captured.add(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
  }
}

void Parent::read_socket(Child& child) {
  for (int round = 0; child.socket && round < 16; ++round) {
    const auto received = process::receive_message(child.socket.get());  // descriptors in it are closed
    if (received.state == process::Received::State::nothing) return;
    if (received.state == process::Received::State::closed) return child.socket.reset();
    hear(child, received.message);
  }
}

// From a child, so nothing in it is believed: one answer, a bounded number of percents, and only in their time.
void Parent::hear(Child& child, const process::Message& message) {
  const auto line = message.line();
  if (line == "jailed" && child.setup.count() == 0) return hear_ready(child);
  if (child.state == Child::State::busy && child.answer.empty()) {
    if (line.starts_with("percent ")) return hear_percent(child, line.substr(8));
    if (line == "ok" || line.starts_with("error ")) {
      child.answer = message.text.substr(0, process::kLongestAnswer + 1);
      return kill(child);  // it has nothing left to do; nobody writes to the outputs once it is reaped
    }
  }
  if (line.starts_with("broken ") && child.setup.count() == 0) {
    child.captured.add(line.substr(7));
    child.captured.add("\n");
    return;
  }
  kill(child);
}

void Parent::hear_ready(Child& child) {
  child.setup = std::chrono::ceil<std::chrono::microseconds>(Steady::now() - child.born);
  if (child.state == Child::State::starting) child.state = Child::State::spare;
}

void Parent::hear_percent(Child& child, std::string_view number) {
  process::Words words(number);
  const auto percent = words.number();
  if (!percent || *percent > 100 || ++child.percents > kMostPercents) return kill(child);
  tell(fmt::format("percent {} {}", child.job->id, *percent));
}

bool Parent::hear_server() {
  for (;;) {
    auto received = process::receive_message(control_.get());
    if (received.state == process::Received::State::nothing) return true;
    if (received.state == process::Received::State::closed) return false;
    process::Words words(received.message.line());
    const auto word = words.next();
    if (word == "job") start_job(std::move(received.message));
    if (word == "cancel") cancel(words.number().value_or(0));
  }
}

void Parent::start_job(process::Message message) {
  const auto job = process::parse_job(message);
  if (!job) return tell("failed unreadable job");
  auto* child = pick();
  if (child == nullptr) child = spawn();
  if (child == nullptr) return refuse(job->id, "no child could be made");
  std::vector<int> descriptors;
  for (const auto& fd : message.descriptors) descriptors.push_back(fd.get());
  child->state = Child::State::busy;
  child->job = *job;
  child->deadline = Steady::now() + std::min<std::chrono::seconds>(job->limits.wall, std::chrono::hours(24 * 365));
  // The child has read nothing yet, so there is room. If it just died, its end is on the way.
  process::send_message(child->socket.get(), message.text, descriptors, process::Patience::none);
}

void Parent::refuse(std::uint64_t id, const std::string& why) {
  tell(process::format_end({.id = id, .report = {.exit_code = 125, .errors = why}}));
}

// The oldest spare: it had most time to prepare. One that is still starting is better than a new one.
Parent::Child* Parent::pick() {
  Child* best = nullptr;
  for (auto& child : children_) {
    if (child.state == Child::State::busy || child.killed || !child.socket) continue;
    if (best == nullptr || child.born < best->born) best = &child;
  }
  return best;
}

void Parent::cancel(std::uint64_t id) {
  for (auto& child : children_) {
    if (!child.job || child.job->id != id || child.killed) continue;
    child.exceeded = process::Exceeded::cancelled;
    kill(child);
  }
}

void Parent::check_deadlines() {
  const auto now = Steady::now();
  for (auto& child : children_) {
    if (now < child.deadline || child.killed) continue;
    child.exceeded = process::Exceeded::wall;
    kill(child);
  }
}

void Parent::kill(Child& child) {
  child.killed = true;
  child.deadline = Steady::time_point::max();
  ::kill(child.pid, SIGKILL);  // not reaped yet: the pid is still its own
}

bool Parent::reap_if_dead(Child& child) {
  // What it said last is still in the socket.
  read_socket(child);
  read_errors(child);
  int status = 0;
  struct rusage usage {};
  if (::wait4(child.pid, &status, WNOHANG, &usage) != child.pid) return false;
  conclude(child, status, micros(usage.ru_utime) + micros(usage.ru_stime),
           static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
  return true;
}

void Parent::conclude(Child& child, int status, std::chrono::microseconds cpu, std::uint64_t max_rss) {
  std::vector<pid_t> alive;
  for (const auto& other : children_) {
    if (&other != &child) alive.push_back(other.pid);
  }
  confinement_.clean_up(child.slot, alive);
  if (child.setup.count() == 0 || (!child.job && !child.killed)) {
    note_broken(child, status);
  } else if (child.job) {
    broken_ = 0;
  }
  if (!child.job) return;
  process::EndLine end{.id = child.job->id, .answer = child.answer};
  end.report = {.exceeded = child.exceeded,
                .errors = child.captured.clean(),
                .setup = child.setup,
                .cpu = cpu,
                .max_rss = max_rss};
  if (child.answer.empty()) {
    end.report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    end.report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const bool kernel = end.report.signal == SIGKILL && child.exceeded == process::Exceeded::none;
    // The first process of a PID namespace is killed at the limit; one outside gets SIGXCPU. The limit counts ticks of
    // the clock, and wait4() what the processor really gave: less, where a virtual machine lends it to others.
    const bool spent = cpu >= std::chrono::microseconds(child.job->limits.cpu) * 3 / 4;
    if (end.report.signal == SIGXCPU || (kernel && spent)) end.report.exceeded = process::Exceeded::cpu;
    // A kill from outside that had nothing to do with memory is a lost worker: the job is tried again.
    const bool large = max_rss >= child.job->limits.memory / 10 * 9;
    if (kernel && !spent && !child.killed && large) end.report.exceeded = process::Exceeded::memory;
  }
  tell(process::format_end(end));
}

// A child that died before its work: making the next one at once would only burn time.
void Parent::note_broken(const Child& child, int status) {
  ++broken_;
  next_spawn_ = Steady::now() + std::min<Steady::duration>(kLongestPause, kFirstPause * (1U << std::min(broken_, 10U)));
  if (broken_ < kMostBroken) return;
  auto errors = child.captured.clean();
  errors = errors.substr(0, errors.find('\n'));
  give_up(errors.empty() ? fmt::format("children end at once (status {:#x})", static_cast<unsigned>(status)) : errors);
}

std::size_t Parent::count(Child::State state) const {
  return static_cast<std::size_t>(std::ranges::count(children_, state, &Child::state));
}

void Parent::refill() {
  // When every core converts, a spare would only take from them.
  if (count(Child::State::busy) >= cores_ || Steady::now() < next_spawn_) return;
  auto idle = count(Child::State::spare) + count(Child::State::starting);
  while (idle < spares_ && spawn() != nullptr) ++idle;
  if (idle < spares_) next_spawn_ = Steady::now() + kFirstPause;
}

std::optional<unsigned> Parent::free_slot() const {
  for (unsigned slot = 0; slot < Confinement::kSlots; ++slot) {
    if (std::ranges::find(children_, slot, &Child::slot) == children_.end()) return slot;
  }
  return std::nullopt;
}

Parent::Child* Parent::spawn() {
  const auto slot = free_slot();
  auto sockets = process::socket_pair();
  std::array<int, 2> pipe{};
  if (!slot || !sockets || ::pipe2(pipe.data(), O_CLOEXEC) != 0) return nullptr;
  UniqueFd reading(pipe[0]);
  UniqueFd writing(pipe[1]);
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  const auto born = Steady::now();
  const auto pid = confinement_.fork_child();
  if (pid < 0) return nullptr;
  if (pid == 0) {
    sockets->first.reset();
    reading.reset();
    become_child(*slot, std::move(sockets->second), std::move(writing));
  }
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!handle) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return nullptr;
  }
  children_.push_back({.pid = pid,
                       .slot = *slot,
                       .socket = std::move(sockets->first),
                       .handle = std::move(handle),
                       .errors = std::move(reading),
                       .born = born});
  return &children_.back();
}

void Parent::become_child(unsigned slot, UniqueFd socket, UniqueFd errors) {
  // With a sibling's socket a child could forge that sibling's answer; with the server's, anything.
  children_.clear();
  control_.reset();
  ::dup2(errors.get(), STDOUT_FILENO);
  ::dup2(errors.get(), STDERR_FILENO);
  errors.reset();
  ::_exit(run_child(worker_, confinement_, slot, std::move(socket)));
}

}  // namespace recast::worker
