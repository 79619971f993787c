#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::server {

namespace fs = std::filesystem;

/// The data folder and what lies in it. Nobody but the server's user can look into it; where jailed processes of other
/// user ids have to walk through (root without namespaces), open_to_jails() lets them, without letting them list.
struct Folders {
  fs::path data, state, files, work, incoming, workers;

  static Folders below(const fs::path& data);
  /// Makes them, and empties those for work under way: what a killed server left.
  Result<> make() const;
  Result<> open_to_jails() const;
};

/// Held as long as the server runs: one server per data folder. conflict if another one has it.
Result<UniqueFd> lock_folder(const fs::path& data);

}  // namespace recast::server
