#include "net/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/download.hpp"
#include "net/fields.hpp"
#include "net/pauses.hpp"
#include "net/sessions.hpp"
#include "net/transfer.hpp"

namespace recast::net {

namespace {

constexpr std::size_t kMaxText = 16 << 20;       // a listing of 1,000 long names
constexpr std::size_t kMaxErrorText = 64 << 10;  // more than any store says

bool is_success(unsigned status) { return status >= 200 && status < 300; }

/// Where the bytes of one answer go.
class Body {
 public:
  explicit Body(const Call& call) : call_(call) {}

  Appetite take(const Head& head, std::string_view bytes) {
    if (!begin(head)) return Appetite::broken;
    if (space_) return write(bytes);
    const auto most = is_success(head.status) ? kMaxText : kMaxErrorText;
    if (text_.size() + bytes.size() > most) return is_success(head.status) ? Appetite::too_much : Appetite::enough;
    text_ += bytes;
    return Appetite::more;
  }
  /// False if the caller did not find a place; error() says why.
  bool begin(const Head& head) {
    if (begun_ || !is_success(head.status)) return true;
    begun_ = true;
    if (!call_.place) return true;
    auto space = call_.place({head.status, head.fields, {}});
    if (!space) {
      error_ = std::move(space).error();
      return false;
    }
    space_ = *space;
    return true;
  }
  Error error() const { return error_; }
  std::uint64_t max_bytes() const { return space_ ? space_->max_bytes : kMaxText; }
  std::string text() { return std::move(text_); }

 private:
  Appetite write(std::string_view bytes) {
    if (written_ + bytes.size() > space_->max_bytes) return Appetite::too_much;
    while (!bytes.empty()) {
      const auto at = static_cast<off_t>(space_->offset + written_);
      const auto done = ::pwrite(space_->descriptor, bytes.data(), bytes.size(), at);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) {
        error_ = from_errno(errno, "The download cannot be written");
        return Appetite::broken;
      }
      written_ += static_cast<std::uint64_t>(done);
      if (call_.on_bytes) call_.on_bytes(static_cast<std::uint64_t>(done));
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return Appetite::more;
  }

  const Call& call_;
  bool begun_ = false;
  std::optional<FileSpace> space_;
  std::uint64_t written_ = 0;
  std::string text_;
  Error error_{ErrorCode::internal, "The file cannot be read", {}};
};

class CurlSession final : public Session {
 public:
  CurlSession(const Environment& environment, Deadline deadline, std::stop_token stop)
      : environment_(environment), transfer_(environment, deadline, std::move(stop)) {}

  Result<Answer> call(const std::function<Result<Call>()>& make, const WorthAnother& another) override {
    for (int attempt = 1;; ++attempt) {
      RECAST_TRY(const auto call, make());
      std::string retry_after;
      bool again = false;
      auto answer = once(call, again);
      if (answer && (is_worth_a_retry(answer->status) || (another && another(*answer)))) {
        again = true;
        for (const auto& [name, value] : answer->headers) {
          if (name == "retry-after") retry_after = value;
        }
      }
      if (!again || attempt >= environment_.settings.attempts) return answer;
      if (const auto failure = transfer_.pause(pause_after(attempt, environment_.settings, retry_after));
          failure != Failure::none) {
        return std::unexpected(error_of_call(failure, 0));
      }
    }
  }

 private:
  Result<Answer> once(const Call& call, bool& again) {
    RECAST_CHECK(check_fields(call.headers));
    if (!is_token(call.method)) return fail(ErrorCode::invalid_data, "The method format is invalid.", "method");
    RECAST_TRY(const auto url, Url::parse(call.url));
    Hop hop{.url = &url, .method = call.method, .fields = call.headers};
    hop.trusted = call.trusted;
    if (const auto* const text = std::get_if<std::string>(&call.body)) hop.body = *text;
    if (const auto* const file = std::get_if<FilePart>(&call.body)) {
      hop.file = file;
      hop.on_sent = call.on_bytes;
    }
    Body body(call);
    auto end = transfer_.run(
        hop, [&](const Head& head, std::string_view bytes) { return body.take(head, bytes); }, UINT64_MAX);
    if (end.failure == Failure::none && !body.begin(end.head)) end.failure = Failure::sink;  // an empty body
    if (end.failure == Failure::none) return Answer{end.head.status, std::move(end.head.fields), body.text()};
    again = end.failure == Failure::no_connection || end.failure == Failure::cut_off ||
            end.failure == Failure::stalled ||
            (end.failure == Failure::sink && body.error().code == ErrorCode::unavailable);
    if (end.failure == Failure::sink) return std::unexpected(body.error());
    return std::unexpected(error_of_call(end.failure, body.max_bytes()));
  }

  static Error error_of_call(Failure failure, std::uint64_t max_bytes) {
    if (failure == Failure::too_large || failure == Failure::cancelled) return error_of(failure, "", max_bytes);
    const auto timed_out = failure == Failure::stalled || failure == Failure::deadline;
    return {timed_out ? ErrorCode::timeout : ErrorCode::unavailable, std::string(cause_of(failure)), {}};
  }

  const Environment& environment_;
  Transfer transfer_;
};

}  // namespace

std::unique_ptr<Session> make_session(const Environment& environment, Deadline deadline, std::stop_token stop) {
  return std::make_unique<CurlSession>(environment, deadline, std::move(stop));
}

Result<UniqueFd> open_connection(const Environment& environment, const Place& place, Deadline deadline,
                                 std::stop_token stop) {
  const bool bare_v6 = place.host.contains(':') && !place.host.starts_with('[');
  const auto host = bare_v6 ? "[" + place.host + "]" : place.host;
  const auto url = Url::parse("http://" + host + ":" + std::to_string(place.port) + "/");
  // Whatever a host name may not hold would have made another URL of it.
  if (!url || url->path() != "/" || !url->user().empty() || url->port() != place.port) {
    return fail(ErrorCode::unavailable, "the host is not a host name or an address");
  }
  Transfer transfer(environment, deadline, std::move(stop));
  UniqueFd connection;
  switch (const auto failure = transfer.dial(*url, place.scheme, connection)) {
    case Failure::none:
      return connection;
    case Failure::cancelled:
      return std::unexpected(error_of(failure, "", 0));
    case Failure::stalled:
    case Failure::deadline:
      return fail(ErrorCode::timeout, std::string(cause_of(failure)));
    case Failure::not_allowed:
      return fail(ErrorCode::unavailable, std::string(cause_of(failure)));
    default:  // also an egress proxy that does not want to
      return fail(ErrorCode::unavailable, std::string(cause_of(Failure::no_connection)));
  }
}

}  // namespace recast::net
