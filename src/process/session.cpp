#include "process/session.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::process {

namespace {
constexpr auto kLookEvery = std::chrono::milliseconds(200);
constexpr auto kOrderly = std::chrono::milliseconds(500);  // for recast-jail to end its own; then everything is killed
constexpr std::uint64_t kScratchFiles = 50'000;
constexpr std::size_t kReportKept = 8192;

Deadline earlier(Deadline deadline, std::chrono::seconds wall) {
  const auto now = std::chrono::steady_clock::now();
  const auto left = std::chrono::seconds(std::max<std::int64_t>(wall.count(), 0));
  return left < std::chrono::hours(24 * 365) && now + left < deadline.at() ? Deadline(now + left) : deadline;
}

// Reads what is there; closes the descriptor at its end.
template <class Take>
void drain_one(UniqueFd& fd, Take&& take) {
  std::array<char, 65536> buffer;
  // Bounded: a program that writes without pause must not keep the clock from being looked at.
  for (int round = 0; fd && round < 16; ++round) {
    const auto count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return fd.reset();
    take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

std::int64_t word(std::string_view line, std::size_t index) {
  const auto words = split(line, ' ');
  std::int64_t value = 0;
  if (index < words.size()) std::from_chars(words[index].data(), words[index].data() + words[index].size(), value);
  return value;
}

bool mentions(const std::string& text, std::initializer_list<std::string_view> phrases) {
  const auto low = lower(text);
  return std::ranges::any_of(phrases, [&](auto phrase) { return low.find(phrase) != std::string::npos; });
}
}  // namespace

Session::Session(const Program& program, Deadline deadline)
    : program_(program),
      deadline_(earlier(deadline, program.limits.wall)),
      output_(program.on_line),
      errors_(program.keep_error),
      next_look_(Steady::now() + kLookEvery) {}

Result<ExitReport> Session::watch(Child jail, UniqueFd output, UniqueFd errors, UniqueFd report,
                                  const std::stop_token& stop) {
  RECAST_TRY(const auto stopped, Wake::make());
  const std::stop_callback on_stop(stop, [&] { stopped.wake(); });
  loop(jail, output, errors, report, stopped, stop);
  drain(output, errors, report);
  output_.finish();
  errors_.finish();
  const auto found = look_at_files();
  if (reason_ == Exceeded::none) reason_ = found;
  remove_special_files(program_.work / "out");
  return conclude(*end_);
}

void Session::loop(Child& jail, UniqueFd& output, UniqueFd& errors, UniqueFd& report, const Wake& stopped,
                   const std::stop_token& stop) {
  for (;;) {
    // poll() passes over descriptors below 0, which closed ones are.
    std::array<pollfd, 5> fds{{{output.get(), POLLIN, 0},
                               {errors.get(), POLLIN, 0},
                               {report.get(), POLLIN, 0},
                               {jail.descriptor(), POLLIN, 0},
                               {reason_ == Exceeded::none ? stopped.descriptor() : -1, POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), next_timeout());
    drain(output, errors, report);
    if ((end_ = jail.reap())) return;
    look_at_clock(jail, stop);
  }
}

void Session::drain(UniqueFd& output, UniqueFd& errors, UniqueFd& report) {
  drain_one(output, [&](std::string_view bytes) { output_.add(bytes); });
  drain_one(errors, [&](std::string_view bytes) { errors_.add(bytes); });
  drain_one(report, [&](std::string_view bytes) {
    report_.append(bytes.substr(0, kReportKept - std::min(kReportKept, report_.size())));
  });
}

void Session::look_at_clock(Child& jail, const std::stop_token& stop) {
  const auto now = Steady::now();
  if (now >= kill_at_) {
    jail.kill_group();
    kill_at_ = now + kOrderly;
  }
  if (reason_ != Exceeded::none) return;
  if (stop.stop_requested()) return end(jail, Exceeded::cancelled);
  if (deadline_.expired()) return end(jail, Exceeded::wall);
  if (now < next_look_) return;
  if (const auto found = look_at_files(); found != Exceeded::none) end(jail, found);
  // A folder that takes long to count is looked at less often.
  next_look_ = Steady::now() + std::max<Steady::duration>(kLookEvery, 10 * (Steady::now() - now));
}

Exceeded Session::look_at_files() {
  out_ = measure(program_.work / "out", program_.limits.files);
  if (out_.too_many) return Exceeded::files;
  const auto scratch = measure(program_.work / "tmp", program_.limits.files + kScratchFiles);
  out_.largest = std::max(out_.largest, scratch.largest);
  if (scratch.too_many) return Exceeded::files;
  return out_.bytes + scratch.bytes > program_.limits.output ? Exceeded::output : Exceeded::none;
}

void Session::end(Child& jail, Exceeded reason) {
  reason_ = reason;
  jail.signal(SIGTERM);
  kill_at_ = Steady::now() + kOrderly;
}

int Session::next_timeout() const {
  const auto at = reason_ == Exceeded::none ? std::min(next_look_, deadline_.at()) : kill_at_;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - Steady::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

Result<ExitReport> Session::conclude(const Child::End& end) {
  ExitReport result{.output = output_.take(), .errors = errors_.clean(), .cpu = end.cpu, .max_rss = end.max_rss};
  bool ended = false;
  for (const auto line : split(report_, '\n')) {
    if (line.starts_with("ready ")) result.setup = std::chrono::microseconds(word(line, 1));
    if (line.starts_with("error ") && reason_ == Exceeded::none) return not_started(line.substr(6));
    if (line.starts_with("exit ")) {
      ended = true;
      result.exit_code = static_cast<int>(word(line, 1));
      result.signal = static_cast<int>(word(line, 2));
      result.cpu = std::chrono::microseconds(word(line, 3));
      result.max_rss = static_cast<std::uint64_t>(word(line, 4));
    }
  }
  if (!ended && reason_ == Exceeded::none) {
    return fail(ErrorCode::worker_lost, fmt::format("{}: the jail ended without a report (status {:#x})",
                                                    program_.executable.filename().string(), end.status));
  }
  if (!ended) result.signal = SIGKILL;
  result.exceeded = classify(result);
  return result;
}

// The cause speaks of the server's folders: it is for the operator's log. Most of what can go wrong here passes (too
// few processes, a machine out of memory), so the task may be tried again.
std::unexpected<Error> Session::not_started(std::string_view report) const {
  const auto name = program_.executable.filename().string();
  const bool full = report.starts_with(code_name(ErrorCode::disk_full));
  log::error("a program could not be started", {{"program", name}, {"cause", clean_text(report)}});
  if (full) return fail(ErrorCode::disk_full, "The server's disk is full.");
  return fail(ErrorCode::worker_lost, fmt::format("{} could not be started.", name));
}

// A program sees most limits as a failed call and ends in its own way, so some of them can only be told from its words.
Exceeded Session::classify(const ExitReport& report) const {
  if (reason_ != Exceeded::none || report.ok()) return reason_;
  const auto& limits = program_.limits;
  const auto by = [&](int signal) { return report.signal == signal || report.exit_code == 128 + signal; };
  if (by(SIGXCPU) || (by(SIGKILL) && report.cpu >= limits.cpu)) return Exceeded::cpu;
  if (by(SIGXFSZ) || out_.largest >= limits.output) return Exceeded::output;
  if (report.max_rss >= limits.memory / 10 * 9) return Exceeded::memory;
  if (mentions(report.errors, {"bad_alloc", "cannot allocate memory", "out of memory", "memoryerror",
                               "virtual memory exhausted", "memory exhausted"})) {
    return Exceeded::memory;
  }
  if (mentions(report.errors, {"resource temporarily unavailable", "cannot fork"})) return Exceeded::processes;
  return Exceeded::none;
}

}  // namespace recast::process
