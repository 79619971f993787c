#pragma once

#include <string>
#include <string_view>

#include "api/settings.hpp"
#include "http/message.hpp"

namespace recast::api {

/// How a request came in (core.md 1.2), decided once before routing and kept in request headers of our own.
struct Mode {
  bool blocking = false;
  bool sandbox = false;
  std::string region;
  std::string prefix;  ///< "/sandbox" if the path said so: links keep it
};
Mode mode_of(const http::Request& request);

/// Decides the mode of a request (core.md 1.2: listener, Host labels, path prefix), takes the prefix off its path and
/// keeps the mode in a header of our own, which a client cannot set.
void decide_mode(http::Request& request, const Settings& settings);

/// Where links point, without a slash at the end.
struct Bases {
  std::string api;      ///< before "/v2/…"
  std::string storage;  ///< before "/tasks/…"
  bool sandbox = false;

  /// As it is kept with a job, for what is told of it later, and the way back. Settings win over what was kept.
  std::string text() const;
  static Bases from_text(std::string_view text, const Settings& settings);
};
/// From the settings, else from the request's Host. A `sync` label or prefix is left out: links are always those of the
/// asynchronous host.
Bases bases_of(const http::Request& request, const Settings& settings);

}  // namespace recast::api
