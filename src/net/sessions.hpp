#pragma once

#include <memory>
#include <stop_token>

#include "net/session.hpp"
#include "net/transfer.hpp"

namespace recast::net {

/// Client::session. `environment` must outlive it.
std::unique_ptr<Session> make_session(const Environment& environment, Deadline deadline, std::stop_token stop);

/// Client::connect.
Result<UniqueFd> open_connection(const Environment& environment, const Place& place, Deadline deadline,
                                 std::stop_token stop);

}  // namespace recast::net
