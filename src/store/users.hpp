#pragma once

#include "account/login.hpp"
#include "sql/sql.hpp"
#include "store/writer.hpp"

/// Rows of users, for the other files of this module.
namespace recast::store {

/// Limits that this build wrote. Throws std::runtime_error for what it could not keep to.
account::Quota read_limits(std::string_view text);

Result<account::User> find_user(sql::Connection& connection, UserId id);

/// Whether there is a user of that name, in whatever case: one could pass for the other.
bool is_taken(sql::Connection& connection, std::string_view username);

/// Inside a transaction: makes a user and notes it. invalid_data on "username" for a name that is taken, empty or too
/// long. `credits` limit whoever is no administrator.
Result<account::User> add_user(Write& write, const account::NewAccount& wanted, std::optional<std::int64_t> credits);

/// Inside a transaction: conflict if nobody could administer the server but `without` – no other administrator has a
/// password, an identity that was used, or a key for it.
Result<> has_administrator(Write& write, UserId without = {});

/// Inside a transaction: sets the password's hash and notes it.
void put_password(Write& write, UserId user, const std::string& hash);

/// Inside a transaction: whatever was begun with keys and log-ins of that user ends after the commit, and the log-ins
/// are gone but for the one with the hash `except`. Without `with_keys` nothing of the keys ends.
void end_log_ins(Write& write, UserId user, bool with_keys, std::string_view except = {});

}  // namespace recast::store
