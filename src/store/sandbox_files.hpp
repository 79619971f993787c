#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/sandbox.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace recast::store {

struct Database;

/// Rows of the files that may be used in the sandbox: a part of the Store. Safe from many threads.
class SandboxFiles {
 public:
  /// `for_all` may be used by everybody.
  SandboxFiles(Database& database, const std::vector<std::string>& for_all) : database_(database), for_all_(for_all) {}

  /// All of them or none, and as they are then; one that is known already gets the new name. invalid_data on "files" if
  /// they would be more than `at_most`.
  Result<std::vector<account::SandboxFile>> allow(UserId user, const std::vector<account::SandboxFile>& files,
                                                  std::int64_t at_most);
  Result<std::vector<account::SandboxFile>> list(UserId user);  ///< the user's own, by name
  Result<> remove(UserId user, std::string_view md5);

  /// How a task of the sandbox has to end because of the files that it brought in (core.md 11): with an error for the
  /// first one that is not whitelisted, and a list of all with their MD5, which each of them has to have. nullopt if
  /// all may be used.
  Result<std::optional<Ending>> refusal(UserId user, std::span<const job::StoredFile> files);

 private:
  Database& database_;
  const std::vector<std::string>& for_all_;
};

}  // namespace recast::store
