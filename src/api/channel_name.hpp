#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace recast::api {

/// What a Socket.IO client may subscribe to (core.md 15.5).
struct ChannelName {
  enum class Kind { job, job_tasks, task, user_jobs, user_tasks };
  Kind kind = Kind::job;
  std::string id;

  /// nullopt for a name of no known form. `private-jobs.` is read as `private-job.`.
  static std::optional<ChannelName> parse(std::string_view name);
  /// The same for all spellings of one channel.
  std::string topic() const;
};

}  // namespace recast::api
