#include "store/audit.hpp"

#include <fmt/format.h>

#include "store/database.hpp"

namespace recast::store {

namespace {

thread_local std::optional<account::Actor> g_actor;

constexpr std::string_view kColumns = "sequence, at, user_id, username, key_id, address, action, object, detail, hash";

account::AuditEntry read_entry(const sql::Rows& rows) {
  account::AuditEntry entry{.sequence = rows.integer(0),
                            .at = rows.time(1),
                            .actor = {.user = {}, .username = rows.text(3), .key = {}, .address = rows.text(5)},
                            .action = rows.text(6),
                            .object = rows.text(7),
                            .detail = rows.text(8),
                            .hash = rows.text(9)};
  if (const auto user = rows.optional_integer(2)) entry.actor.user = UserId(*user);
  if (const auto key = rows.optional_integer(4)) entry.actor.key = KeyId(*key);
  return entry;
}

}  // namespace

ActorScope::ActorScope(account::Actor actor) { g_actor = std::move(actor); }
ActorScope::~ActorScope() { g_actor.reset(); }
account::Actor current_actor() { return g_actor.value_or(account::Actor()); }

Result<Listing<account::AuditEntry>> Audit::list(std::optional<UserId> user, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::AuditEntry>> {
    Listing<account::AuditEntry> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(fmt::format("SELECT {} FROM audit WHERE $1 IS NULL OR user_id = $1 "
                                             "ORDER BY sequence DESC LIMIT $2 OFFSET $3",
                                             kColumns),
                                 user, page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_entry(rows));
    }
    return listing;
  });
}

Result<Audit::Verdict> Audit::verify() {
  Verdict verdict;
  RECAST_CHECK(each(0, [&](const account::AuditEntry& entry) {
    ++verdict.entries;
    if (!verdict.broken && entry.hash != entry.hash_after(verdict.hash)) verdict.broken = entry.sequence;
    verdict.hash = entry.hash;
  }));
  return verdict;
}

Result<> Audit::each(std::int64_t after, const std::function<void(const account::AuditEntry&)>& look) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<> {
    auto rows =
        connection.query(fmt::format("SELECT {} FROM audit WHERE sequence > $1 ORDER BY sequence", kColumns), after);
    while (rows.next()) look(read_entry(rows));
    return {};
  });
}

void Audit::note(Write& write, std::string_view action, std::string_view object, std::string_view detail) {
  account::AuditEntry entry{.sequence = 1,
                            .at = write.now,
                            .actor = write.actor,
                            .action = std::string(action),
                            .object = std::string(object),
                            .detail = presentable(detail),
                            .hash = {}};
  std::string before;
  {
    auto rows = write.sql.query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    if (rows.next()) {
      entry.sequence = rows.integer(0) + 1;
      before = rows.text(1);
    }
  }
  entry.hash = entry.hash_after(before);
  write.sql.execute(fmt::format("INSERT INTO audit ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", kColumns),
                    entry.sequence, entry.at, entry.actor.user, entry.actor.username, entry.actor.key,
                    entry.actor.address, entry.action, entry.object, entry.detail, entry.hash);
}

}  // namespace recast::store
