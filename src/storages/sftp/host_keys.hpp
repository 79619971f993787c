#pragma once

#include <string>

#include "base/result.hpp"
#include "storages/sftp/handles.hpp"
#include "storages/sftp/options.hpp"

namespace recast::storages::sftp {

/// Which keys of servers are trusted (import-export.md 10.2). `state_folder` is the server's own.
class HostKeys {
 public:
  HostKeys(const Settings& settings, const Access& access, const std::string& state_folder);

  /// Where libssh looks for keys: it prefers the kinds it finds there. Before the session connects.
  Result<> prepare(ssh_session session) const;
  /// Of a session that is connected. unavailable with "host key changed" and the like.
  Result<> check(ssh_session session) const;
  /// Whether the key is named by the client, so that a server with several keys may have to show another one.
  bool is_pinned() const { return !pin_.empty(); }
  /// A session that prefers the `at`th kind of keys; false if there are no more.
  static bool prefer(ssh_session session, int at);

 private:
  Result<> check_known(ssh_session session, const std::string& fingerprint) const;

  std::string mode_;
  std::string pin_;
  std::string file_;
  std::string place_;  ///< for the log
};

}  // namespace recast::storages::sftp
