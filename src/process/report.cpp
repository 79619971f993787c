#include "process/report.hpp"

namespace recast::process {

std::optional<Error> limit_error(Exceeded exceeded) {
  switch (exceeded) {
    case Exceeded::none:
      return std::nullopt;
    case Exceeded::wall:
      return Error{ErrorCode::timeout, "The task ran into its time limit.", {}};
    case Exceeded::cpu:
      return Error{ErrorCode::cpu_limit, "The conversion used more processor time than allowed.", {}};
    case Exceeded::memory:
      return Error{ErrorCode::memory_limit, "The conversion needs more memory than allowed.", {}};
    case Exceeded::output:
      return Error{ErrorCode::output_limit, "The conversion wrote more data than allowed.", {}};
    case Exceeded::files:
      return Error{ErrorCode::output_limit, "The conversion wrote more files than allowed.", {}};
    case Exceeded::processes:
      return Error{ErrorCode::process_limit, "The conversion started more processes than allowed.", {}};
    case Exceeded::cancelled:
      return Error{ErrorCode::cancelled, "Task has been cancelled", {}};
  }
  return std::nullopt;
}

}  // namespace recast::process
