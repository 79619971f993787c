#include "process/link.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::process {

namespace {
constexpr auto kFirstPause = std::chrono::milliseconds(100);
constexpr auto kLongestPause = std::chrono::milliseconds(10'000);
constexpr auto kLookEvery = std::chrono::seconds(5);
constexpr int kControl = 3;
std::atomic<std::uint64_t> g_next_job = 1;

// Proportional memory of a process in bytes: pages shared with its children count in parts. 0 if it cannot be read.
std::uint64_t proportional_memory(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/smaps_rollup", pid));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("Pss:")) return std::strtoull(line.c_str() + 4, nullptr, 10) * 1024;
  }
  return 0;
}
}  // namespace

Link::Link(WorkerSpec spec, Place place) : spec_(std::move(spec)), place_(std::move(place)) {
  status_.name = spec_.name;
  status_.problem = "starting";
}

void Link::submit(PendingJob& job) {
  job.id = g_next_job++;
  queue_.push_back(&job);
  assign();
}

bool Link::withdraw(PendingJob& job) {
  if (job.state == PendingJob::State::queued) {
    std::erase(queue_, &job);
    return true;
  }
  if (job.state == PendingJob::State::done) return true;
  if (!control_) return true;
  send_message(control_.get(), fmt::format("cancel {}", job.id), {}, Patience::none);
  return false;
}

void Link::abandon(PendingJob& job) {
  const auto found = running_.find(job.id);
  if (found == running_.end()) return;
  found->second = nullptr;
  hangs_at_ = std::min(hangs_at_, Steady::now() + place_.patience);
}

void Link::add_descriptors(std::vector<pollfd>& fds) const {
  fds.push_back({control_.get(), POLLIN, 0});
  fds.push_back({log_.get(), POLLIN, 0});
  fds.push_back({child_ ? child_->descriptor() : -1, POLLIN, 0});
}

void Link::handle(const pollfd* fds) {
  if (fds[1].revents != 0) read_log();
  while (control_ && fds[0].revents != 0) {
    const auto received = receive_message(control_.get());
    if (received.state == Received::State::nothing) break;
    if (received.state == Received::State::closed) {
      read_log();
      lost("it ended");
      break;
    }
    hear(received.message);
  }
  if (child_ && fds[2].revents != 0 && child_->reap()) {
    child_.reset();
    lost("it ended");
  }
}

void Link::hear(const Message& message) {
  Words words(message.line());
  const auto kind = words.next();
  if (kind == "pid") {
    parent_ = static_cast<pid_t>(words.number().value_or(0));
  } else if (kind == "ready") {
    hear_ready(words.rest());
  } else if (kind == "failed") {
    status_.problem = clean_text(words.rest().substr(0, 1000));
  } else if (kind == "spares") {
    status_.spares = static_cast<unsigned>(words.number().value_or(0));
  } else if (kind == "percent") {
    const auto found = running_.find(words.number().value_or(0));
    const auto percent = words.number().value_or(0);
    if (found == running_.end() || found->second == nullptr) return;
    found->second->percent = static_cast<int>(std::min<std::uint64_t>(percent, 100));
    found->second->changed.notify_all();
  } else if (kind == "end") {
    hear_end(message.text);
  }
}

void Link::hear_ready(std::string_view version) {
  status_.version = clean_text(version.substr(0, 200));
  status_.ready = true;
  status_.problem.clear();
  failures_ = 0;
  ready_by_ = Steady::time_point::max();
  look_at_ = Steady::now() + kLookEvery;
  log::info("a worker is ready", {{"worker", spec_.name}, {"version", status_.version}});
  changed_.notify_all();
  assign();
}

void Link::hear_end(std::string_view message) {
  auto end = parse_end(message);
  if (!end) return lost("it is not understood");
  const auto found = running_.find(end->id);
  if (found != running_.end()) {
    auto* const job = found->second;
    running_.erase(found);
    if (job != nullptr) {
      job->end = std::move(end);
      job->state = PendingJob::State::done;
      job->changed.notify_all();
    } else if (std::ranges::none_of(running_, [](const auto& one) { return one.second == nullptr; })) {
      hangs_at_ = Steady::time_point::max();
    }
  }
  status_.busy = static_cast<unsigned>(running_.size());
  assign();
}

// What the parent says on its standard output and error, line by line.
void Link::read_log() {
  std::array<char, 4096> buffer;
  for (int round = 0; log_ && round < 4; ++round) {
    const auto count = ::read(log_.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return log_.reset();
    log_line_.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = log_line_.find('\n'); end != std::string::npos; end = log_line_.find('\n')) {
      const auto line = clean_text(std::string_view(log_line_).substr(0, std::min<std::size_t>(end, 1000)));
      log_line_.erase(0, end + 1);
      if (line.empty()) continue;
      last_words_ = line;
      log::info("a worker says", {{"worker", spec_.name}, {"line", line}});
    }
    if (log_line_.size() > kErrorsKept) log_line_.clear();
  }
}

// The parent is gone, or has to go. Jobs that wait for it stay in line.
void Link::lost(const std::string& why) {
  if (!control_ && !child_) return;
  const bool was_ready = std::exchange(status_.ready, false);
  control_.reset();
  child_.reset();  // kills its whole group
  log_.reset();
  log_line_.clear();
  parent_ = 0;
  status_.spares = 0;
  ++status_.restarts;
  if (status_.problem.empty()) status_.problem = last_words_.empty() ? why : fmt::format("{}: {}", why, last_words_);
  last_words_.clear();
  for (auto& [id, job] : std::exchange(running_, {})) {
    if (job == nullptr) continue;
    job->state = PendingJob::State::done;
    job->changed.notify_all();
  }
  status_.busy = 0;
  retiring_ = false;
  ready_by_ = look_at_ = hangs_at_ = Steady::time_point::max();
  failures_ = was_ready ? 0 : std::min(failures_ + 1, 10U);
  start_at_ = Steady::now() + (was_ready ? kFirstPause : std::min(kLongestPause, kFirstPause * (1 << failures_)));
  if (!closing_) log::warning("a worker is gone", {{"worker", spec_.name}, {"problem", status_.problem}});
  changed_.notify_all();
}

bool Link::takes_jobs() const {
  const bool hangs = hangs_at_ != Steady::time_point::max();
  return status_.ready && !retiring_ && !hangs && running_.size() < std::max(1U, spec_.parallel);
}

void Link::assign() {
  while (takes_jobs() && !queue_.empty()) {
    auto& job = *queue_.front();
    if (!send(job)) return;  // the next tick tries again
    queue_.pop_front();
    job.state = PendingJob::State::running;
    running_[job.id] = &job;
    status_.busy = static_cast<unsigned>(running_.size());
  }
}

bool Link::send(PendingJob& job) {
  const auto& work = *job.job;
  std::vector<int> descriptors = work.inputs;
  descriptors.insert(descriptors.end(), work.outputs.begin(), work.outputs.end());
  const JobLine line{.id = job.id, .inputs = work.inputs.size(), .outputs = work.outputs.size(), .limits = work.limits};
  return send_message(control_.get(), format_job(line, work.request), descriptors, Patience::none);
}

void Link::tick() {
  if (closing_) return;
  if (!child_ && due(start_at_)) start();
  if (child_ && due(ready_by_)) {
    status_.problem = fmt::format("it was not ready after {} ms", place_.start_timeout.count());
    lost(status_.problem);
  }
  if (child_ && due(look_at_)) look_at_memory();
  if (child_ && due(hangs_at_)) {
    log::error("a worker does not answer and is started again", {{"worker", spec_.name}});
    lost("it does not answer");
  }
  if (child_ && retiring_ && running_.empty()) {
    status_.problem = "its memory grew; it is replaced";
    lost(status_.problem);
    start_at_ = {};
  }
  assign();
}

void Link::look_at_memory() {
  look_at_ = Steady::now() + kLookEvery;
  const auto memory = proportional_memory(parent_ != 0 ? parent_ : child_->pid());
  if (memory <= spec_.parent_memory) return;
  if (!retiring_)
    log::info("a worker has grown and is replaced when idle", {{"worker", spec_.name}, {"bytes", memory}});
  retiring_ = true;
}

Link::Steady::time_point Link::next_tick() const {
  if (closing_) return Steady::time_point::max();
  if (!child_) return start_at_;
  auto next = std::min({ready_by_, look_at_, hangs_at_});
  // A full socket is tried again soon.
  if (takes_jobs() && !queue_.empty()) next = std::min(next, Steady::now() + std::chrono::milliseconds(10));
  if (retiring_ && running_.empty()) next = Steady::now();
  return next;
}

void Link::start() {
  const auto started = try_start();
  if (started) {
    ready_by_ = Steady::now() + place_.start_timeout;
    return;
  }
  control_.reset();
  log_.reset();
  failures_ = std::min(failures_ + 1, 10U);
  start_at_ = Steady::now() + std::min(kLongestPause, kFirstPause * (1 << failures_));
  status_.problem = started.error().message;
  changed_.notify_all();
}

Result<> Link::try_start() {
  RECAST_TRY(auto sockets, socket_pair());
  RECAST_TRY(auto log, Pipe::make());
  Spawn spawn{
      .executable = spec_.executable.string(),
      .arguments = {spec_.executable.string(), fmt::format("--control={}", kControl),
                    fmt::format("--scratch={}", place_.scratch.string()),
                    fmt::format("--jail={}", level_name(place_.level)), fmt::format("--spares={}", spec_.spares),
                    fmt::format("--first-uid={}", place_.first_uid), fmt::format("--server={}", ::getpid())},
      .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
      .descriptors = {log.writing.get(), log.writing.get(), sockets.second.get()}};
  spawn.arguments.insert(spawn.arguments.end(), spec_.arguments.begin(), spec_.arguments.end());
  RECAST_TRY(auto child, Child::start(spawn));
  status_.problem.clear();
  control_ = std::move(sockets.first);
  log_ = std::move(log.reading);
  child_.emplace(std::move(child));
  return {};
}

void Link::close() {
  closing_ = true;
  control_.reset();  // the parent reads the end of its socket and ends
}

bool Link::closed() {
  if (child_ && child_->reap()) child_.reset();
  return !child_;
}

}  // namespace recast::process
