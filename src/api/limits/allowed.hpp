#pragma once

#include <optional>

#include "account/quota.hpp"
#include "api/context.hpp"
#include "job/job.hpp"

namespace recast::api {

/// Who asks: a user, by a key or by a signed URL of his.
struct Asker {
  UserId user{};
  std::optional<KeyId> key;

  static Asker of(const Call& call);
};

/// Whether the asker's quota allows what a job or task does, before anything is made: forbidden on
/// "tasks.NAME.operation" or "tasks.NAME.output_format", file_too_large for a file that came with it. For a standalone
/// task the fields are not prefixed. What can be told only from the files is refused when they are there
/// (execution/terms.hpp); how many there may be is the store's business.
Result<> check_allowed(const Services& services, const Asker& asker, const job::JobSpec& spec);
Result<> check_allowed(const Services& services, const Asker& asker, const job::TaskSpec& spec);
/// The same for what is to be done once more; `task` with its payload.
Result<> check_allowed(const Services& services, const Asker& asker, const job::Task& task);

/// An answer of what creates jobs or tasks with the headers of core.md 4.4, if the caller has such a limit.
http::Response rated(Call& call, http::Response response);
/// The answer to a request that was to create so many tasks and failed: when it may be sent again, if it came too
/// early.
http::Response refused(Call& call, const Error& error, std::size_t tasks);

}  // namespace recast::api
