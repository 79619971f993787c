#include "engines/chrome/worker/pipe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>

namespace recast::chrome {

namespace {

constexpr std::size_t kLargestMessage = 512U << 20;
constexpr std::size_t kChunk = 256U << 10;

void set_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::unexpected<Error> gone() { return fail(ErrorCode::worker_lost, "The browser ended unexpectedly."); }

Result<> wait_for(int fd, short what, Deadline deadline) {
  while (true) {
    pollfd entry{.fd = fd, .events = what, .revents = 0};
    const auto left = deadline.left(std::chrono::minutes(10));
    const int count = ::poll(&entry, 1, static_cast<int>(left.count()));
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return std::unexpected(from_errno(errno, "poll"));
    if (count == 0 && deadline.expired()) return fail(ErrorCode::timeout, "The browser did not answer in time.");
  }
}

}  // namespace

std::string text_of(const json::object& object, std::string_view key) {
  const auto* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Pipe::Pipe(UniqueFd to, UniqueFd from) : to_(std::move(to)), from_(std::move(from)) {
  set_nonblocking(to_.get());
  set_nonblocking(from_.get());
}

Result<> Pipe::write(std::string_view text, Deadline deadline) {
  while (!text.empty()) {
    const auto count = ::write(to_.get(), text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      return gone();
    } else if (errno == EAGAIN) {
      RECAST_CHECK(wait_for(to_.get(), POLLOUT, deadline));
    } else if (errno != EINTR) {
      return std::unexpected(from_errno(errno, "write to the browser"));
    }
  }
  return {};
}

Result<> Pipe::send(std::string_view method, const json::object& params, std::string_view session, Deadline deadline) {
  json::object message{{"id", ++last_id_}, {"method", method}, {"params", params}};
  if (!session.empty()) message["sessionId"] = session;
  auto text = json::serialize(message);
  text.push_back('\0');
  return write(text, deadline);
}

Result<> Pipe::fill(Deadline deadline) {
  RECAST_CHECK(wait_for(from_.get(), POLLIN, deadline));
  if (buffer_.size() > kLargestMessage) return fail(ErrorCode::output_limit, "The browser's answer is too large.");
  const auto old = buffer_.size();
  buffer_.resize(old + kChunk);
  const auto count = ::read(from_.get(), buffer_.data() + old, kChunk);
  buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count == 0) return gone();
  if (count < 0 && errno != EAGAIN && errno != EINTR)
    return std::unexpected(from_errno(errno, "read from the browser"));
  return {};
}

Result<json::object> Pipe::read(Deadline deadline) {
  auto end = buffer_.find('\0', searched_);
  while (end == std::string::npos) {
    searched_ = buffer_.size();
    RECAST_CHECK(fill(deadline));
    end = buffer_.find('\0', searched_);
  }
  boost::system::error_code problem;
  json::parse_options forgiving;
  forgiving.allow_invalid_utf8 = true;
  forgiving.max_depth = 256;
  auto value = json::parse(std::string_view(buffer_).substr(0, end), problem, {}, forgiving);
  buffer_.erase(0, end + 1);
  searched_ = 0;
  if (problem || !value.is_object())
    return fail(ErrorCode::worker_lost, "The browser sent something that is no message.");
  return std::move(value.get_object());
}

void Pipe::dispatch(json::object message) {
  if (!handler_ || !message.contains("method")) return;
  Event event{.method = text_of(message, "method"), .session = text_of(message, "sessionId"), .params = {}};
  if (auto* const params = message.if_contains("params"); params != nullptr && params->is_object()) {
    event.params = std::move(params->get_object());
  }
  handler_(event);
}

Result<json::object> Pipe::call(std::string_view method, const json::object& params, std::string_view session,
                                Deadline deadline) {
  RECAST_CHECK(send(method, params, session, deadline));
  const auto id = last_id_;
  while (true) {
    RECAST_TRY(auto message, read(deadline));
    const auto* const answered = message.if_contains("id");
    if (answered == nullptr || !answered->is_int64() || answered->get_int64() != id) {
      dispatch(std::move(message));
      continue;
    }
    if (const auto* const error = message.if_contains("error"); error != nullptr && error->is_object()) {
      return fail(ErrorCode::conversion_failed, fmt::format("{}: {}", method, text_of(error->get_object(), "message")));
    }
    auto* const result = message.if_contains("result");
    if (result == nullptr || !result->is_object()) return json::object();
    return std::move(result->get_object());
  }
}

Result<> Pipe::wait(const std::function<bool()>& done, Deadline deadline) {
  while (!done()) {
    RECAST_TRY(auto message, read(deadline));
    dispatch(std::move(message));
  }
  return {};
}

}  // namespace recast::chrome
