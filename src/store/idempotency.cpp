#include "store/idempotency.hpp"

#include <mutex>
#include <vector>

#include "store/database.hpp"

namespace recast::store {

Result<std::optional<Idempotency::Known>> Idempotency::begin(UserId user, std::string_view key,
                                                             std::string_view fingerprint, std::chrono::seconds life) {
  const auto& vault = database_.sealing.vault;
  return database_.writer.write([&](Write& write) -> Result<std::optional<Known>> {
    write.sql.execute("DELETE FROM idempotency WHERE user_id = $1 AND key = $2 AND created <= $3", user, key,
                      write.now - life);
    const auto added = write.sql.execute(
        "INSERT INTO idempotency (user_id, key, fingerprint, created) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        user, key, fingerprint, write.now);
    if (added > 0) return std::nullopt;
    auto rows = write.sql.query(
        "SELECT fingerprint, object, status, answer FROM idempotency WHERE user_id = $1 AND key = $2", user, key);
    rows.next();
    Known known{.fingerprint = rows.text(0), .object = rows.text(1), .status = 0, .answer = {}};
    if (const auto status = rows.optional_integer(2)) {
      if (auto answer = vault.unseal(rows.view(3))) {
        known.status = static_cast<int>(*status);
        known.answer = *std::move(answer);
      }
    }
    return known;
  });
}

Result<> Idempotency::keep(UserId user, std::string_view key, int status, std::string_view answer) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(answer);
  return database_.writer.write([&](Write& write) -> Result<> {
    write.sql.execute("UPDATE idempotency SET status = $3, answer = $4 WHERE user_id = $1 AND key = $2", user, key,
                      status, sealed);
    return {};
  });
}

Result<> Idempotency::forget(UserId user, std::string_view key) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    write.sql.execute("DELETE FROM idempotency WHERE user_id = $1 AND key = $2", user, key);
    return {};
  });
}

Result<> Idempotency::purge(Time before) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    write.sql.execute("DELETE FROM idempotency WHERE created <= $1", before);
    return {};
  });
}

void Idempotency::made(Write& write, UserId user, const std::string& key, std::string_view object) {
  if (key.empty()) return;
  write.sql.execute("UPDATE idempotency SET object = $3 WHERE user_id = $1 AND key = $2", user, key, object);
}

std::size_t Idempotency::seal_anew(Write& write, const Vault& vault) {
  struct Row {
    UserId user{};
    std::string key, sealed;
  };
  std::vector<Row> list;
  {
    auto rows = write.sql.query("SELECT user_id, key, answer FROM idempotency WHERE answer IS NOT NULL");
    while (rows.next()) list.push_back({UserId(rows.integer(0)), rows.text(1), rows.text(2)});
  }
  std::size_t count = 0;
  for (const auto& row : list) {
    const auto answer = vault.unseal(row.sealed);
    if (!answer) continue;
    write.sql.execute("UPDATE idempotency SET answer = $3 WHERE user_id = $1 AND key = $2", row.user, row.key,
                      vault.seal(*answer));
    ++count;
  }
  return count;
}

}  // namespace recast::store
