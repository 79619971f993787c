#pragma once

#include <optional>
#include <string_view>

#include "account/preset.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::sql {
class Connection;
}
namespace recast::store {

struct Database;
class Vault;
class Write;

/// Rows of presets: a part of the Store. Safe from many threads.
class Presets {
 public:
  /// A page of a list comes to about `answer_bytes` at most: options may be long.
  Presets(Database& database, std::int64_t answer_bytes) : database_(database), answer_bytes_(answer_bytes) {}

  /// Version 1; conflict if there is one of that name, invalid_data on "name" once the user has `most`.
  Result<account::Preset> create(UserId user, account::Preset preset, std::int64_t most);
  /// A further version of an existing one; invalid_data on "version" once it has `most`.
  Result<account::Preset> change(UserId user, account::Preset preset, std::int64_t most);
  Result<Listing<account::Preset>> list(UserId user, Page page);  ///< the newest version of each, by name
  Result<account::Preset> find(UserId user, const account::PresetChoice& choice);
  Result<Listing<account::Preset>> versions(UserId user, std::string_view name, Page page);  ///< newest first
  Result<> remove(UserId user, std::string_view name);                                       ///< all versions

  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  /// `what` follows "WHERE", with $1 the user and $2 the name, which `what` may leave out.
  Listing<account::Preset> page_of(sql::Connection& connection, std::string_view what, UserId user,
                                   std::string_view name, const Page& page);

  Database& database_;
  const std::int64_t answer_bytes_;
};

}  // namespace recast::store
