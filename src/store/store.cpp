#include "store/store.hpp"

#include <fcntl.h>

#include "base/unique_handle.hpp"
#include "store/migrate.hpp"
#include "store/sql_store.hpp"

namespace recast::store {

Result<std::unique_ptr<Store>> Store::open(Settings settings, const Clock& clock, Random& random,
                                           std::string host_name) {
  // SQLite would make it readable for all; its journals take the mode of the database.
  const UniqueFd file(::open(settings.file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, settings.file.string()));
  RECAST_TRY(auto connection, sql::Connection::open(settings.file, sql::Connection::Mode::read_write));
  RECAST_CHECK(migrate(connection));
  if (settings.key_file.empty()) settings.key_file = settings.file.parent_path() / "secrets.key";
  RECAST_TRY(auto vault, Vault::open(settings.key_file, random));
  Webhooks::seal_addresses(connection, vault);
  return std::unique_ptr<Store>(
      new SqlStore(std::move(settings), clock, random, std::move(host_name), std::move(connection), std::move(vault)));
}

SqlStore::SqlStore(Settings settings, const Clock& clock, Random& random, std::string host_name,
                   sql::Connection connection, Vault vault)
    : settings_(std::move(settings)),
      clock_(clock),
      random_(random),
      host_name_(std::move(host_name)),
      keys_(clock),
      sealing_{std::move(vault), {}, {}},
      load_of_(claimable({})),
      readers_(settings_.file),
      writer_(std::move(connection), clock, Reserve(settings_.file.string() + ".reserve", settings_.reserve_bytes)) {}

void SqlStore::on_events(std::function<void(const std::vector<Event>&)> listener) {
  writer_.on_events(std::move(listener));
}

Result<> SqlStore::check() {
  RECAST_CHECK(writer_.write([](Write& write) -> Result<> {
    write.sql.execute("INSERT INTO health VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET checked = excluded.checked",
                      write.now);
    return {};
  }));
  return readers_.read([](sql::Connection& connection) -> Result<> {
    auto rows = connection.query("SELECT checked FROM health WHERE id = 1");
    return rows.next() ? Result<>{} : fail(ErrorCode::internal, "the store does not keep what is written");
  });
}

}  // namespace recast::store
