#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/unique_handle.hpp"
#include "net/policy.hpp"
#include "net/session.hpp"
#include "net/url.hpp"

namespace recast::net {

/// What every transfer of one client shares. Immutable.
struct Environment {
  Settings settings;
  Policy policy;
  std::vector<std::string> resolve;                ///< "host:port:address"
  std::shared_ptr<const std::string> authorities;  ///< PEM of the system's and the operator's; null: the system's only
  std::string task{};                              ///< for the log; empty: the server's own concerns
};

/// Tells the operator of a task's connection that the policy allows, unless it leads to the public Internet.
void note_internal(const Environment& environment, const Url& url, const sockaddr* address);

struct Head {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> fields;

  /// The value of the last field of that name (any case); empty if there is none.
  std::string find(std::string_view name) const;
};

/// One request to one place.
struct Hop {
  const Url* url = nullptr;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> fields;
  std::optional<std::string_view> body;
  const FilePart* file = nullptr;              ///< the body, streamed
  std::function<void(std::uint64_t)> on_sent;  ///< bytes of `file`, as they go
  bool trusted = false;                        ///< the policy is not asked
  std::string user;
  std::string password;
  bool decode = false;  ///< undo a Content-Encoding that was not asked for
};

enum class Appetite {
  more,
  enough,    ///< the rest of the body is not wanted; the hop is a success
  too_much,  ///< more than the caller takes
  broken,    ///< it cannot be kept
};
/// Gets the body piece by piece, with the head it belongs to.
using Sink = std::function<Appetite(const Head&, std::string_view)>;

/// How a hop ended besides an answer.
enum class Failure {
  none,
  not_allowed,
  no_connection,
  not_secure,
  cut_off,
  too_large,
  stalled,
  deadline,
  cancelled,
  sink,
  encoding,          ///< damaged, or over before its end marker
  unknown_encoding,  ///< one that cannot be undone
};

struct HopEnd {
  Failure failure = Failure::none;
  Head head;
};

/// The hops of one download or exchange, with a connection pool of their own: what one task was allowed to open is
/// never used by another. Used by one thread.
class Transfer {
 public:
  Transfer(const Environment& environment, Deadline deadline, std::stop_token stop);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  HopEnd run(const Hop& hop, const Sink& sink, std::uint64_t max_bytes);
  /// A plain connection to the host and port of `url`, through the egress proxy if there is one. `scheme` is what will
  /// be spoken over it, for the policy. The descriptor does not block.
  Failure dial(const Url& url, std::string_view scheme, UniqueFd& connection);
  /// Waits, but not beyond the deadline or a stop.
  Failure pause(std::chrono::milliseconds duration);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recast::net
