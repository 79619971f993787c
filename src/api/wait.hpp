#pragma once

#include <functional>
#include <optional>

#include "api/context.hpp"

namespace recast::api {

/// Reads the store; an answer ends the wait, nothing goes on with it. Called on several threads, perhaps at once.
using Attempt = std::function<std::optional<http::Response>()>;

/// An answer that comes when `attempt` has one: tried at once, after every event of the job or task, and now and then
/// in case an event of another process passed unheard. Holds no thread.
http::Response wait_for(Context& context, const JobId& job, Attempt attempt);
http::Response wait_for(Context& context, const TaskId& task, Attempt attempt);

}  // namespace recast::api
