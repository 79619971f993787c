#pragma once

#include <stop_token>

#include "base/clock.hpp"
#include "net/transfer.hpp"

namespace recast::net {

/// For requests through a proxy, where the connecting socket shows the proxy only: looks the host up and asks the
/// policy about each of its addresses; all must pass. not_allowed, no_connection, deadline or cancelled otherwise.
Failure check_addresses(const Environment& environment, const Url& url, Deadline deadline, const std::stop_token& stop);

}  // namespace recast::net
