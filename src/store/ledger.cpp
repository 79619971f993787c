#include "store/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/admission.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/idempotency.hpp"
#include "store/notices.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns = "id, at, kind, amount, balance, task_id, job_id, note, who";
constexpr std::int64_t kMostCredits = 1'000'000'000'000'000;  // whole in any client's JSON

account::LedgerEntry read_entry(const sql::Rows& rows) {
  return {.id = rows.integer(0),
          .at = rows.time(1),
          .kind = account::entry_kind_from(rows.view(2)).value_or(account::EntryKind::adjust),
          .amount = rows.integer(3),
          .balance = rows.integer(4),
          .task = TaskId(rows.text(5)),
          .job = JobId(rows.text(6)),
          .note = rows.text(7),
          .who = rows.text(8)};
}

Result<account::Balance> balance_of(sql::Connection& connection, UserId user) {
  auto rows = connection.query("SELECT limited, credits, reserved FROM users WHERE id = $1", user);
  if (!rows.next()) return std::unexpected(no_such("user"));
  return account::Balance{rows.boolean(0), rows.integer(1), rows.integer(2)};
}

/// Writes the entry and what the balance comes to.
account::LedgerEntry book(Write& write, UserId user, account::LedgerEntry entry) {
  entry.at = write.now;
  entry.who = write.actor.username;
  {
    auto rows =
        write.sql.query("UPDATE users SET credits = credits + $2 WHERE id = $1 RETURNING credits", user, entry.amount);
    while (rows.next()) entry.balance = rows.integer(0);
  }
  write.sql.execute(
      "INSERT INTO ledger (user_id, at, kind, amount, balance, task_id, job_id, note, who) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      user, entry.at, account::entry_kind_name(entry.kind), entry.amount, entry.balance, entry.task, entry.job,
      entry.note, entry.who);
  entry.id = write.sql.last_row();
  return entry;
}

/// Told once after each time that credits were added.
void tell_if_low(Write& write, UserId user, std::int64_t left, std::int64_t low) {
  if (low <= 0 || left >= low) return;
  std::int64_t last = 0;
  {
    auto rows = write.sql.query("SELECT coalesce(max(id), 0) FROM ledger WHERE user_id = $1 AND amount > 0", user);
    if (rows.next()) last = rows.integer(0);
  }
  Notices::raise(write, user,
                 {.kind = account::NoticeKind::credits_low,
                  .values = {{"credits", left}, {"threshold", low}},
                  .occasion = fmt::format("entry {}", last),
                  .created = {},
                  .read = {},
                  .mailed = {}});
}

Result<> may_add(const account::Balance& balance, std::int64_t amount) {
  if (amount < 0 && balance.left() + amount < 0) {
    return fail(ErrorCode::invalid_data, fmt::format("No more than {} credits can be taken.", balance.left()),
                "amount");
  }
  if (balance.balance + amount > kMostCredits)
    return fail(ErrorCode::invalid_data, "That would be more credits than can be counted.", "amount");
  return {};
}

std::string object_of(UserId user) { return fmt::format("user {}", static_cast<std::int64_t>(user)); }

/// Each names what is wrong in its only column.
constexpr std::string_view kFaults[] = {
    "SELECT 'user ' || id || ': the balance is ' || credits || ', its entries come to ' || booked FROM ("
    "SELECT id, credits, (SELECT coalesce(sum(amount), 0) FROM ledger WHERE user_id = users.id) AS booked FROM users) "
    "WHERE credits <> booked",
    "SELECT 'user ' || id || ': ' || reserved || ' are reserved, tasks hold ' || held FROM ("
    "SELECT id, reserved, (SELECT coalesce(sum(reserved), 0) FROM tasks WHERE user_id = users.id AND ended IS NULL) AS "
    "held FROM users) WHERE reserved <> held",
    "SELECT 'user ' || id || ': ' || reserved || ' are reserved of ' || credits FROM users WHERE reserved > credits",
    "SELECT 'entry ' || id || ': the balance is not the one before and the amount' FROM ("
    "SELECT id, amount, balance, lag(balance, 1, 0) OVER (PARTITION BY user_id ORDER BY id) AS former FROM ledger) "
    "WHERE balance <> former + amount",
    "SELECT 'task ' || id || ': it cost ' || cost || ', ' || paid || ' were taken' FROM ("
    "SELECT id, CASE WHEN status = $1 THEN credits ELSE 0 END AS cost, (SELECT coalesce(-sum(amount), 0) FROM ledger "
    "WHERE kind = 'charge' AND task_id = tasks.id) AS paid FROM tasks WHERE reserved > 0) WHERE cost <> paid"};

}  // namespace

Result<account::Balance> Ledger::balance(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) { return balance_of(connection, user); });
}

Result<Listing<account::LedgerEntry>> Ledger::list(UserId user, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::LedgerEntry>> {
    Listing<account::LedgerEntry> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(
        fmt::format("SELECT {} FROM ledger WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3", kColumns), user,
        page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_entry(rows));
    }
    return listing;
  });
}

Result<account::LedgerEntry> Ledger::entry(UserId user, std::int64_t id) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<account::LedgerEntry> {
    auto rows =
        connection.query(fmt::format("SELECT {} FROM ledger WHERE user_id = $1 AND id = $2", kColumns), user, id);
    if (!rows.next()) return std::unexpected(no_such("entry"));
    return read_entry(rows);
  });
}

Result<std::optional<account::LedgerEntry>> Ledger::change(UserId user, const Change& change) {
  return database_.writer.write([&](Write& write) -> Result<std::optional<account::LedgerEntry>> {
    RECAST_TRY(const auto balance, balance_of(write.sql, user));
    std::optional<account::LedgerEntry> entry;
    if (change.unlimited && *change.unlimited == balance.limited) {
      write.sql.execute("UPDATE users SET limited = $2 WHERE id = $1", user, !*change.unlimited);
      Audit::note(write, "credits.limit", object_of(user), *change.unlimited ? "unlimited" : "limited");
    }
    if (change.amount) {
      RECAST_CHECK(may_add(balance, *change.amount));
      entry =
          book(write, user,
               {.kind = change.kind, .amount = *change.amount, .task = {}, .job = {}, .note = change.note, .who = {}});
      Audit::note(write, fmt::format("credits.{}", account::entry_kind_name(change.kind)), object_of(user),
                  fmt::format("{:+}, balance {}", entry->amount, entry->balance));
      if (write.actor.user)
        Idempotency::made(write, *write.actor.user, change.idempotency_key, std::to_string(entry->id));
    }
    return entry;
  });
}

Result<Ledger::Verdict> Ledger::verify() {
  return database_.readers.read([](sql::Connection& connection) -> Result<Verdict> {
    constexpr std::size_t kMostFaults = 100;
    Verdict verdict;
    {
      auto rows = connection.query("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM ledger)");
      rows.next();
      verdict.users = rows.integer(0);
      verdict.entries = rows.integer(1);
    }
    for (const auto text : kFaults) {
      auto rows = text.contains("$1") ? connection.query(text, job::Status::finished) : connection.query(text);
      while (rows.next() && verdict.faults.size() < kMostFaults) verdict.faults.push_back(rows.text(0));
    }
    return verdict;
  });
}

Result<> Ledger::set_quota(UserId user, const account::Quota& quota) {
  const auto text = account::quota_text(quota);
  return database_.writer.write([&](Write& write) -> Result<> {
    if (write.sql.execute("UPDATE users SET quota = $2 WHERE id = $1", user, text) == 0)
      return std::unexpected(no_such("user"));
    Audit::note(write, "quota.set", object_of(user), text.empty() ? "none" : text);
    return {};
  });
}

Result<account::Allowance> Ledger::allowance(UserId user, std::optional<KeyId> key) {
  return database_.readers.read(
      [&](sql::Connection& connection) { return allowance_of(connection, settings_, user, key); });
}

Result<Ledger::Use> Ledger::use(UserId user, std::optional<KeyId> family) {
  const auto now = database_.clock.now();
  return database_.readers.read([&](sql::Connection& connection) -> Result<Use> {
    return Use{.jobs_in_flight = in_flight(connection, user, family),
               .tasks_in_minute = created_lately(connection, user, family, now),
               .engine_time = engine_time(connection, user, family, now)};
  });
}

namespace {

/// Seconds until `tasks` more fit below `limit`: when enough of the oldest creations do not count any more.
std::chrono::seconds wait_for_room(sql::Connection& connection, UserId user, std::optional<KeyId> family,
                                   std::int64_t above, Time now) {
  auto rows = connection.query(
      "SELECT second, tasks FROM creations WHERE user_id = $1 AND second > $2 AND ($3 IS NULL OR family = $3) ORDER BY "
      "second",
      user, to_seconds(now) - kRateSeconds, family);
  std::int64_t wait = 0;
  while (above > 0 && rows.next()) {
    above -= rows.integer(1);
    wait = rows.integer(0) + kRateSeconds - to_seconds(now);
  }
  return std::chrono::seconds(wait);
}

}  // namespace

Result<std::optional<Ledger::Rate>> Ledger::rate(UserId user, std::optional<KeyId> key, std::int64_t tasks) {
  const auto now = database_.clock.now();
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Rate>> {
    RECAST_TRY(const auto allowance, allowance_of(connection, settings_, user, key));
    std::optional<Rate> rate;
    const auto look = [&](const account::Quota& quota, std::optional<KeyId> family) {
      if (!quota.tasks_per_minute) return;
      const auto limit = *quota.tasks_per_minute;
      const auto used = created_lately(connection, user, family, now);
      const auto remaining = std::max<std::int64_t>(limit - used, 0);
      const auto wait = wait_for_room(connection, user, family, used + tasks - limit, now);
      if (!rate || remaining < rate->remaining) rate = Rate{limit, remaining, rate ? rate->wait : wait};
      rate->wait = std::max(rate->wait, wait);
    };
    look(allowance.user, {});
    look(allowance.key, allowance.family);
    return rate;
  });
}

std::int64_t Ledger::begin(Write& write, UserId user, std::int64_t amount) {
  write.sql.execute("UPDATE users SET limited = 1 WHERE id = $1", user);
  return book(
             write, user,
             {.kind = account::EntryKind::grant, .amount = amount, .task = {}, .job = {}, .note = "initial", .who = {}})
      .balance;
}

void Ledger::settle(Write& write, const TaskId& id) const {
  UserId user{};
  account::LedgerEntry entry{.kind = account::EntryKind::charge, .task = id, .job = {}, .note = {}, .who = {}};
  std::int64_t reserved = 0;
  std::int64_t price = 0;
  {
    auto rows = write.sql.query("SELECT user_id, job_id, operation, engine, reserved FROM tasks WHERE id = $1", id);
    if (!rows.next()) return;
    user = UserId(rows.integer(0));
    entry.job = JobId(rows.text(1));
    entry.note = rows.text(3).empty() ? rows.text(2) : fmt::format("{}/{}", rows.view(2), rows.view(3));
    price = settings_.prices.of(rows.view(2), rows.view(3));
    reserved = rows.integer(4);
  }
  // Never more than was promised when it was created, whatever the prices are by now.
  if (reserved > 0) price = std::min(price, reserved);
  write.sql.execute("UPDATE tasks SET credits = $2 WHERE id = $1", id, price);
  if (reserved == 0 || price == 0) return;
  entry.amount = -price;
  const auto booked = book(write, user, std::move(entry));
  const auto now = balance_of(write.sql, user);
  if (now && now->limited) tell_if_low(write, user, booked.balance, settings_.credits.low);
}

}  // namespace recast::store
