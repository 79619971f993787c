#include "worker/child.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <exception>
#include <new>
#include <string_view>

#include "process/wire.hpp"

namespace recast::worker {

namespace {
// By write(): no jail of a library lets it send.
bool say(int socket, std::string_view text) {
  ssize_t sent = 0;
  do sent = ::write(socket, text.data(), text.size());
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(text.size());
}

// The library's handlers in the parent are for a user at a desk; here a crash is to end the child at once.
void reset_signals() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU}) {
    ::signal(signal, SIG_DFL);
  }
  ::signal(SIGXFSZ, SIG_IGN);  // write() says EFBIG instead
  ::signal(SIGPIPE, SIG_IGN);
}

bool is_readable(int fd, int timeout) {
  pollfd poll{fd, POLLIN, 0};
  return ::poll(&poll, 1, timeout) > 0;
}

// Nothing if the parent is gone.
std::optional<process::Message> wait_for_job(int socket) {
  for (;;) {
    is_readable(socket, -1);
    auto received = process::receive_message(socket);
    if (received.state == process::Received::State::closed) return std::nullopt;
    if (received.state == process::Received::State::message) return std::move(received.message);
  }
}

Result<Job> unpack(process::Message& message, const process::JobLine& line, const fs::path& scratch, int socket) {
  boost::system::error_code error;
  auto request = json::parse(message.body(), error);
  if (error || !request.is_object()) return fail(ErrorCode::invalid_data, "The request is not a JSON object.");
  Job job{.request = std::move(request.as_object()), .scratch = scratch, .limits = line.limits};
  for (std::size_t i = 0; i < message.descriptors.size(); ++i) {
    (i < line.inputs ? job.inputs : job.outputs).push_back(message.descriptors[i].get());
  }
  job.percent = [socket, last = -1](int percent) mutable {
    percent = std::clamp(percent, 0, 100);
    if (percent > last) say(socket, fmt::format("percent {}", last = percent));
  };
  return job;
}

Result<json::object> do_job(Worker& worker, const Confinement& confinement, process::Message& message,
                            const fs::path& scratch, int socket) {
  const auto line = process::parse_job(message);
  if (!line) return fail(ErrorCode::internal, "unreadable job");
  RECAST_CHECK(confinement.limit_child(line->limits));
  RECAST_TRY(auto job, unpack(message, *line, scratch, socket));
  auto answer = worker.convert(job);
  static std::vector<std::shared_ptr<void>> kept;  // _exit() frees it
  kept = std::move(job.kept);
  return answer;
}

std::string answer_to(Worker& worker, const Confinement& confinement, process::Message& message,
                      const fs::path& scratch, int socket) {
  try {
    const auto result = do_job(worker, confinement, message, scratch, socket);
    if (!result) return process::format_error(result.error());
    auto answer = process::format_ok(json::serialize(*result));
    if (answer.size() <= process::kLongestAnswer) return answer;
    return process::format_error({ErrorCode::conversion_failed, "The engine's answer is too long.", {}});
  } catch (const std::bad_alloc&) {
    return fmt::format("error {}\nThe conversion needs more memory than allowed.",
                       static_cast<int>(ErrorCode::memory_limit));
  } catch (const std::exception& exception) {
    return process::format_error({ErrorCode::conversion_failed, exception.what(), {}});
  }
}

Result<fs::path> get_ready(Worker& worker, Confinement& confinement, unsigned slot, int socket) {
  RECAST_TRY(auto scratch, confinement.enter_child(slot));
  RECAST_CHECK(worker.prepare(scratch, [socket] { return is_readable(socket, 0); }));
  return scratch;
}
}  // namespace

int run_child(Worker& worker, Confinement& confinement, unsigned slot, UniqueFd socket) {
  reset_signals();
  const auto scratch = get_ready(worker, confinement, slot, socket.get());
  if (!scratch) {
    say(socket.get(), "broken " + scratch.error().message.substr(0, 1000));
    return 1;
  }
  if (!say(socket.get(), "jailed")) return 1;
  auto message = wait_for_job(socket.get());
  if (!message) return 0;
  return say(socket.get(), answer_to(worker, confinement, *message, *scratch, socket.get())) ? 0 : 1;
}

}  // namespace recast::worker
