#pragma once

#include <functional>
#include <optional>

#include "api/context.hpp"

namespace recast::api {

enum class Patience {
  until_ended,  ///< no answer before the object has ended
  none,         ///< the server stops: the client is told of its object as it is, or it would not know what it created
};

/// Reads the store; an answer ends the wait, nothing goes on with it. Called on several threads, perhaps at once.
/// Always answers without patience.
using Attempt = std::function<std::optional<http::Response>(Patience)>;

/// An answer that comes when `attempt` has one: tried at once, after every event of the job or task, and now and then
/// in case an event of another process passed unheard. It ends with 401 when the key of `caller` is revoked or expires;
/// nullptr for what needs no key. Holds no thread.
http::Response wait_for(Context& context, const JobId& job, Attempt attempt, const account::Principal* caller);
http::Response wait_for(Context& context, const TaskId& task, Attempt attempt, const account::Principal* caller);

}  // namespace recast::api
