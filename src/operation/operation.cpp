#include "operation/operation.hpp"

namespace recast::operation {

Result<> TaskContext::go_on() const {
  if (stop().stop_requested()) return fail(ErrorCode::cancelled, "Task has been cancelled");
  if (deadline().expired()) return fail(ErrorCode::timeout, "The task ran into its time limit.");
  return {};
}

}  // namespace recast::operation
