#include "store/migrate.hpp"

#include <fmt/format.h>

#include <string>

namespace recast::store {

namespace {

std::size_t version_of(sql::Connection& connection) {
  auto rows = connection.query("SELECT coalesce(max(version), 0) FROM schema_version");
  rows.next();
  return static_cast<std::size_t>(rows.integer(0));
}

}  // namespace

Result<> migrate(sql::Connection& connection, const std::vector<Migration>& list) {
  try {
    connection.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL)");
    for (;;) {
      sql::Transaction transaction(connection, sql::Transaction::Kind::write);  // two programs may start at once
      const auto version = version_of(connection);
      if (version > list.size()) {
        return fail(ErrorCode::internal,
                    fmt::format("the database has version {}, this program knows only {}", version, list.size()));
      }
      if (version == list.size()) return {};
      connection.run(std::string(list[version].script));
      connection.execute("INSERT INTO schema_version VALUES ($1, $2)", version + 1, list[version].name);
      transaction.commit();
    }
  } catch (const sql::Failure& failure) {
    const auto full = failure.kind() == sql::Failure::Kind::full;
    return fail(full ? ErrorCode::disk_full : ErrorCode::internal, fmt::format("migration failed: {}", failure.what()));
  }
}

}  // namespace recast::store
