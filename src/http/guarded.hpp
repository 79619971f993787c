#pragma once

#include <exception>
#include <string_view>

#include "base/log.hpp"
#include "http/message.hpp"

namespace recast::http {

/// The client learns nothing of a fault of ours; the log does.
inline std::unexpected<Error> fault(const Request& request, std::string_view reason) {
  log::error("a handler failed", {{"request", request.id}, {"path", request.path}, {"reason", reason}});
  return fail(ErrorCode::internal, "Server Error");
}

/// Calls what was written elsewhere: all that it can do wrong ends in an Error. `function` returns a Result.
template <class Function>
auto guarded(const Request& request, const Function& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& exception) {
    return fault(request, exception.what());
  } catch (...) {
    return fault(request, "unknown exception");
  }
}

}  // namespace recast::http
