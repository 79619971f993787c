#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace recast::api {

/// Where files of a mode go in and out, as the first segment of a path.
constexpr std::string_view bucket_of(bool sandbox) { return sandbox ? "tasks-sandbox" : "tasks"; }

/// Signs and checks download links and upload forms: HMAC-SHA256 with the installation's own secret.
class LinkSigner {
 public:
  explicit LinkSigner(std::string secret) : secret_(std::move(secret)) {}
  /// "{base}/tasks/{task}/{dir/}{file}?expires=…&signature=…", file name percent-encoded; below bucket_of() for a task
  /// of the sandbox.
  std::string download(std::string_view base, bool sandbox, const TaskId& task, std::string_view dir,
                       std::string_view file, Time expires) const;
  /// Whether query values belong to this task and file and are not over. `path` decoded. Independent of how it was
  /// spelled.
  bool check_download(const TaskId& task, std::string_view dir_and_file, std::string_view expires,
                      std::string_view signature, Time now) const;
  std::string sign(std::string_view text) const;                         ///< hex HMAC
  bool verify(std::string_view text, std::string_view signature) const;  ///< constant time

 private:
  std::string secret_;
};

}  // namespace recast::api
