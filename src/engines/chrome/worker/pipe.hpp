#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/unique_handle.hpp"

/// The Chrome DevTools Protocol over a browser's --remote-debugging-pipe: JSON messages that end with a NUL. One
/// thread.
namespace recast::chrome {

namespace json = boost::json;

/// Something the browser tells on its own.
struct Event {
  std::string method;   ///< such as "Page.loadEventFired"
  std::string session;  ///< of which page; empty: of the browser
  json::object params;
};

/// A member that is text; empty if it is not there or something else.
std::string text_of(const json::object& object, std::string_view key);

class Pipe {
 public:
  /// `to` and `from` are seen from here: commands go into `to`.
  Pipe(UniqueFd to, UniqueFd from);

  /// Gets every event while call() or wait() runs. It may send(), not call().
  void on_event(std::function<void(const Event&)> handler) { handler_ = std::move(handler); }

  /// Sends a command and waits for its answer. The browser's refusal is conversion_failed with its text; `timeout`
  /// after the deadline; worker_lost if the browser is gone.
  Result<json::object> call(std::string_view method, const json::object& params, std::string_view session,
                            Deadline deadline);
  /// Sends a command whose answer nobody needs.
  Result<> send(std::string_view method, const json::object& params, std::string_view session, Deadline deadline);
  /// Hands out events until `done` is true, at least once. `timeout` after the deadline.
  Result<> wait(const std::function<bool()>& done, Deadline deadline);

 private:
  Result<> write(std::string_view text, Deadline deadline);
  Result<json::object> read(Deadline deadline);
  Result<> fill(Deadline deadline);
  void dispatch(json::object message);

  UniqueFd to_;
  UniqueFd from_;
  std::string buffer_;
  std::size_t searched_ = 0;  ///< how far buffer_ is known to hold no NUL
  std::int64_t last_id_ = 0;
  std::function<void(const Event&)> handler_;
};

}  // namespace recast::chrome
