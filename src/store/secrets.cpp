#include <mutex>

#include "store/sql_store.hpp"

namespace recast::store {

namespace {

constexpr std::size_t kSecretLength = 43;  // of 62 characters: 256 bits

struct Row {
  std::string key;
  std::string sealed;
};

std::vector<Row> rows_of(sql::Connection& connection, std::string_view query) {
  std::vector<Row> list;
  auto rows = connection.query(query);
  while (rows.next()) list.push_back({rows.text(0), rows.text(1)});
  return list;
}

/// What cannot be opened is left as it is: nobody can read it any more.
std::size_t seal_anew(Write& write, const Vault& vault, const std::vector<Row>& list, std::string_view update) {
  std::size_t count = 0;
  for (const auto& row : list) {
    const auto secret = vault.unseal(row.sealed);
    if (!secret) continue;
    write.sql.execute(update, row.key, vault.seal(*secret));
    ++count;
  }
  return count;
}

}  // namespace

Result<std::string> SqlStore::secret(std::string_view name) {
  const std::shared_lock sealing(sealing_.change);
  const auto fresh = random_.token(kSecretLength);
  const auto sealed = sealing_.vault.seal(fresh);
  RECAST_TRY(auto stored, writer_.write([&](Write& write) -> Result<std::string> {
    write.sql.execute("INSERT INTO secrets VALUES ($1, $2) ON CONFLICT DO NOTHING", name, sealed);
    auto rows = write.sql.query("SELECT value FROM secrets WHERE name = $1", name);
    rows.next();
    return rows.text(0);
  }));
  if (stored.find(':') != std::string::npos) return sealing_.vault.unseal(stored);
  // Of a version that kept it in the clear.
  return writer_.write([&](Write& write) -> Result<std::string> {
    write.sql.execute("UPDATE secrets SET value = $2 WHERE name = $1", name, sealing_.vault.seal(stored));
    return stored;
  });
}

Result<std::size_t> SqlStore::rotate_secrets() {
  const std::unique_lock sealing(sealing_.change);
  RECAST_CHECK(sealing_.vault.add_key());
  RECAST_TRY(const auto count, writer_.write([&](Write& write) -> Result<std::size_t> {
    Audit::note(write, "secrets.rotate", "");
    const auto payloads =
        rows_of(write.sql, "SELECT task, sealed FROM payloads WHERE sealed IS NOT NULL AND sealed <> ''");
    const auto secrets = rows_of(write.sql, "SELECT name, value FROM secrets");
    return seal_anew(write, sealing_.vault, payloads, "UPDATE payloads SET sealed = $2 WHERE task = $1") +
           seal_anew(write, sealing_.vault, secrets, "UPDATE secrets SET value = $2 WHERE name = $1") +
           Webhooks::seal_anew(write, sealing_.vault) + Idempotency::seal_anew(write, sealing_.vault) +
           SignedUrls::seal_anew(write, sealing_.vault) + Presets::seal_anew(write, sealing_.vault) +
           Logins::seal_anew(write, sealing_.vault);
  }));
  RECAST_CHECK(sealing_.vault.drop_old_keys());
  return count;
}

}  // namespace recast::store
