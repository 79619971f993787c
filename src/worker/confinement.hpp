#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "base/unique_handle.hpp"
#include "jail/landlock.hpp"
#include "jail/privileges.hpp"
#include "jail/seccomp.hpp"
#include "worker/options.hpp"
#include "worker/worker.hpp"

namespace recast::worker {

/// How a parent and its children are locked in. Made once, by a process with one thread.
class Confinement {
 public:
  static constexpr unsigned kSlots = 64;  ///< children alive at once; each has a uid of its own, as root

  /// Takes the calling process into its private root; in a full jail the process that returns is a child of the one
  /// that called, which stays outside and ends with it.
  static Result<Confinement> enter(const Options& options, Profile profile);

  const fs::path& parent_scratch() const { return parent_scratch_; }
  /// To be called when the parent has loaded its library: remembers the folders it has in its $TMPDIR.
  void remember_folders();

  /// fork(), the child in a PID namespace of its own in a full jail. -1 and errno if it fails.
  pid_t fork_child() const;

  /// In a fresh child: locks it in for good. Its writable folder; $TMPDIR and $HOME point to it.
  Result<fs::path> enter_child(unsigned slot);
  /// In a child, when its job has come: what the job's limits leave it.
  Result<> limit_child(const Limits& limits) const;

  /// In the parent, when the child of `slot` is dead: removes what it left. `alive` are the children that are to stay.
  void clean_up(unsigned slot, const std::vector<pid_t>& alive) const;

 private:
  Confinement(const Options& options, Profile profile);
  Result<> enter_private_root(const Options& options);
  Result<> enter_folders();
  Result<> prepare_scratch(const fs::path& folder, std::optional<uid_t> uid) const;
  Result<> isolate(std::optional<uid_t> uid);
  std::vector<jail::FileRule> file_rules(const fs::path& scratch) const;

  jail::Level level_;
  unsigned first_uid_ = 0;  // 0: children keep the uid
  bool own_user_ = false;   // inside a user namespace
  Profile profile_;
  fs::path outer_scratch_;
  fs::path parent_scratch_;
  fs::path temporary_;  // the parent's $TMPDIR
  std::vector<fs::path> folders_;
  UniqueFd proc_;  // the outer /proc; children close it first thing
  UniqueFd pid_namespace_;
  std::optional<jail::CallFilter> filter_;
  jail::Allowance allowance_;
};

}  // namespace recast::worker
