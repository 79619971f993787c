#include "store/signed_urls.hpp"

#include <fmt/format.h>

#include <mutex>

#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns = "id, user_id, name, secret, created";

account::SignedUrlBase read_base(const sql::Rows& rows, const Vault& vault) {
  return {.id = rows.text(0),
          .user = UserId(rows.integer(1)),
          .name = rows.text(2),
          .secret = vault.unseal(rows.view(3)).value_or(""),
          .created = rows.time(4)};
}

Result<account::SignedUrlBase> find_base(sql::Connection& connection, std::string_view id, std::optional<UserId> user,
                                         const Vault& vault) {
  auto rows = connection.query(
      fmt::format("SELECT {} FROM signed_urls WHERE id = $1 AND ($2 IS NULL OR user_id = $2)", kColumns), id, user);
  if (!rows.next()) return std::unexpected(no_such("signed URL base"));
  return read_base(rows, vault);
}

}  // namespace

Result<account::SignedUrlBase> SignedUrls::create(UserId user, std::string name, std::int64_t most) {
  const std::shared_lock sealing(database_.sealing.change);
  account::SignedUrlBase base{.id = database_.random.uuid(),
                              .user = user,
                              .name = std::move(name),
                              .secret = database_.random.token(account::kSigningSecretLength)};
  const auto sealed = database_.sealing.vault.seal(base.secret);
  return database_.writer.write([&](Write& write) -> Result<account::SignedUrlBase> {
    RECAST_CHECK(check_room(write.sql.query("SELECT count(*) FROM signed_urls WHERE user_id = $1", user), most,
                            "bases of signed URLs"));
    auto made = base;
    made.created = write.now;
    write.sql.execute("INSERT INTO signed_urls VALUES ($1, $2, $3, $4, $5)", made.id, user, made.name, sealed,
                      made.created);
    Audit::note(write, "signed-url.create", "signed URL base " + made.id, made.name);
    return made;
  });
}

Result<Listing<account::SignedUrlBase>> SignedUrls::list(UserId user, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::SignedUrlBase>> {
    auto rows = connection.query(
        fmt::format("SELECT {} FROM signed_urls WHERE user_id = $1 ORDER BY created, id LIMIT $2 OFFSET $3", kColumns),
        user, page.size + 1, offset_of(page));
    return read_page<account::SignedUrlBase>(
        std::move(rows), page, [&](const sql::Rows& row) { return read_base(row, database_.sealing.vault); });
  });
}

Result<account::SignedUrlBase> SignedUrls::find(UserId user, std::string_view id) {
  return database_.readers.read(
      [&](sql::Connection& connection) { return find_base(connection, id, user, database_.sealing.vault); });
}

Result<account::SignedUrlBase> SignedUrls::by_id(std::string_view id) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<account::SignedUrlBase> {
    RECAST_TRY(auto base, find_base(connection, id, std::nullopt, database_.sealing.vault));
    RECAST_TRY(const auto user, find_user(connection, base.user));
    if (!user.enabled) return std::unexpected(no_such("signed URL base"));
    return base;
  });
}

Result<> SignedUrls::remove(UserId user, std::string_view id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed = write.sql.execute("DELETE FROM signed_urls WHERE id = $1 AND user_id = $2", id, user);
    if (removed == 0) return std::unexpected(no_such("signed URL base"));
    Audit::note(write, "signed-url.delete", "signed URL base " + std::string(id));
    return {};
  });
}

Result<account::SignedUrlBase> SignedUrls::rotate(UserId user, std::string_view id) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto& vault = database_.sealing.vault;
  const auto sealed = vault.seal(database_.random.token(account::kSigningSecretLength));
  return database_.writer.write([&](Write& write) -> Result<account::SignedUrlBase> {
    const auto changed =
        write.sql.execute("UPDATE signed_urls SET secret = $3 WHERE id = $1 AND user_id = $2", id, user, sealed);
    if (changed == 0) return std::unexpected(no_such("signed URL base"));
    Audit::note(write, "signed-url.rotate-secret", "signed URL base " + std::string(id));
    return find_base(write.sql, id, user, vault);
  });
}

std::optional<JobId> SignedUrls::shared(Write& write, const job::SharedResult& key) {
  if (key.base.empty()) return std::nullopt;
  auto rows = write.sql.query(
      "SELECT job_id FROM signed_results JOIN jobs ON jobs.id = job_id "
      "WHERE base = $1 AND cache_key = $2 AND signed_results.created > $3 AND jobs.status <> $4",
      key.base, key.cache_key, write.now - key.life, job::Status::error);
  if (!rows.next()) return std::nullopt;
  return JobId(rows.text(0));
}

void SignedUrls::share(Write& write, const job::SharedResult& key, const JobId& job) {
  if (key.base.empty()) return;
  write.sql.execute("INSERT OR REPLACE INTO signed_results VALUES ($1, $2, $3, $4)", key.base, key.cache_key, job,
                    write.now);
}

std::size_t SignedUrls::seal_anew(Write& write, const Vault& vault) {
  std::vector<std::pair<std::string, std::string>> list;
  {
    auto rows = write.sql.query("SELECT id, secret FROM signed_urls");
    while (rows.next()) list.emplace_back(rows.text(0), rows.text(1));
  }
  std::size_t count = 0;
  for (const auto& [id, sealed] : list) {
    const auto secret = vault.unseal(sealed);
    if (!secret) continue;
    write.sql.execute("UPDATE signed_urls SET secret = $2 WHERE id = $1", id, vault.seal(*secret));
    ++count;
  }
  return count;
}

}  // namespace recast::store
