#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "account/preset.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

namespace recast::store {

struct Database;
class Vault;
class Write;

/// Rows of presets: a part of the Store. Safe from many threads.
class Presets {
 public:
  explicit Presets(Database& database) : database_(database) {}

  /// Version 1; conflict if there is one of that name.
  Result<account::Preset> create(UserId user, account::Preset preset);
  /// A further version of an existing one.
  Result<account::Preset> change(UserId user, account::Preset preset);
  Result<std::vector<account::Preset>> list(UserId user);  ///< the newest version of each, by name
  Result<account::Preset> find(UserId user, const account::PresetChoice& choice);
  Result<std::vector<account::Preset>> versions(UserId user, std::string_view name);  ///< newest first
  Result<> remove(UserId user, std::string_view name);                                ///< all versions

  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  Database& database_;
};

}  // namespace recast::store
