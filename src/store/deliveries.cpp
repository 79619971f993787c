#include <fmt/format.h>

#include "base/text.hpp"
#include "store/database.hpp"
#include "store/notices.hpp"
#include "store/webhooks.hpp"

namespace recast::store {

namespace {

using account::Delivery;

constexpr std::string_view kColumns =
    "id, user_id, webhook_id, job_id, event, url, attempts, due, outcome, status, error, duration, created, ended";

Delivery read_delivery(const sql::Rows& rows, const Vault& vault) {
  Delivery delivery{.id = DeliveryId(rows.integer(0)),
                    .user = UserId(rows.integer(1)),
                    .webhook = {},
                    .job = JobId(rows.text(3)),
                    .event = rows.text(4),
                    .url = vault.unseal(rows.view(5)).value_or(""),
                    .attempts = static_cast<int>(rows.integer(6)),
                    .due = rows.optional_time(7),
                    .outcome = static_cast<Delivery::Outcome>(rows.integer(8)),
                    .status = static_cast<int>(rows.integer(9)),
                    .error = rows.text(10),
                    .duration = std::chrono::microseconds(rows.integer(11)),
                    .created = rows.time(12),
                    .ended = rows.optional_time(13)};
  if (const auto id = rows.optional_integer(2)) delivery.webhook = WebhookId(*id);
  return delivery;
}

Result<Delivery> find_delivery(sql::Connection& connection, UserId user, DeliveryId id, const Vault& vault) {
  auto rows =
      connection.query(fmt::format("SELECT {} FROM deliveries WHERE id = $1 AND user_id = $2", kColumns), id, user);
  if (!rows.next()) return std::unexpected(no_such("delivery"));
  return read_delivery(rows, vault);
}

/// What of a webhook's row matters when it is called; nullopt if it is gone.
struct Receiver {
  bool disabled = false;
  account::SigningSecret secret;
};

std::optional<Receiver> find_receiver(sql::Connection& connection, const Delivery& delivery, const Vault& vault) {
  auto rows =
      delivery.webhook
          ? connection.query("SELECT disabled, secret, former_secret, former_until FROM webhooks WHERE id = $1",
                             *delivery.webhook)
          : connection.query("SELECT 0, secret, former_secret, former_until FROM webhook_secrets WHERE user_id = $1",
                             delivery.user);
  if (!rows.next()) return std::nullopt;
  Receiver receiver{.disabled = rows.boolean(0), .secret = {}};
  receiver.secret.current = vault.unseal(rows.view(1)).value_or("");
  if (!rows.is_null(2)) {
    if (auto former = vault.unseal(rows.view(2))) receiver.secret.former = *std::move(former);
  }
  receiver.secret.former_until = rows.optional_time(3);
  return receiver;
}

/// A receiver that says it is gone is sent nothing more.
void disable(Write& write, WebhookId webhook) {
  write.sql.execute("UPDATE webhooks SET disabled = 1, failing = 1, updated = $2 WHERE id = $1", webhook, write.now);
  write.sql.execute(
      "UPDATE deliveries SET due = NULL, outcome = $2, error = 'The webhook was disabled.', ended = $3 "
      "WHERE webhook_id = $1 AND due IS NOT NULL",
      webhook, Delivery::Outcome::dropped, write.now);
}

void tell_of_failure(Write& write, const Delivery& delivery, const Webhooks::Attempt& attempt) {
  const auto webhook = static_cast<std::int64_t>(*delivery.webhook);
  Notices::raise(write, delivery.user,
                 {.kind = account::NoticeKind::webhook_failing,
                  .values = {{"webhook", webhook},
                             {"url", account::without_secrets(delivery.url)},
                             {"cause", attempt.error.empty() ? fmt::format("HTTP {}", attempt.status)
                                                             : presentable(attempt.error)}},
                  .occasion = fmt::format("webhook {} delivery {}", webhook, static_cast<std::int64_t>(delivery.id))});
}

/// Those whose column is still as a version that did not seal it left it.
std::vector<std::pair<std::int64_t, std::string>> rows_in_clear(sql::Connection& connection, std::string_view table,
                                                                std::string_view key, std::string_view column) {
  std::vector<std::pair<std::int64_t, std::string>> list;
  auto rows = connection.query(fmt::format("SELECT one.{0}, one.{1} FROM {2} AS one JOIN addresses_in_clear AS clear "
                                           "ON clear.kind = $1 AND clear.id = one.{0}",
                                           key, column, table),
                               table);
  while (rows.next()) list.emplace_back(rows.integer(0), rows.text(1));
  return list;
}

UserId user_of_job(sql::Connection& connection, std::int64_t number) {
  auto rows = connection.query("SELECT user_id FROM jobs WHERE number = $1", number);
  return rows.next() ? UserId(rows.integer(0)) : UserId{};
}

}  // namespace

void Webhooks::deliver(Write& write, std::string_view event, UserId user, const JobId& job) {
  if (event != "job.created" && event != "job.finished" && event != "job.failed") return;
  write.sql.execute(
      "INSERT INTO deliveries (user_id, webhook_id, target, job_id, event, url, due, created) "
      "SELECT $1, id, 'w' || id, $2, $3, url, $4, $4 FROM webhooks "
      "WHERE user_id = $1 AND NOT disabled AND instr(' ' || events || ' ', ' ' || $3 || ' ') > 0",
      user, job, event, write.now);
  if (event == "job.created") return;
  write.sql.execute(
      "INSERT INTO deliveries (user_id, target, job_id, event, url, due, created) "
      "SELECT user_id, webhook_target, id, $2, webhook_url, $3, $3 FROM jobs "
      "WHERE id = $1 AND webhook_url <> ''",
      job, event, write.now);
}

void Webhooks::seal_addresses(sql::Connection& connection, const Vault& vault) {
  {
    auto rows = connection.query("SELECT 1 FROM addresses_in_clear LIMIT 1");
    if (!rows.next()) return;
  }
  sql::Transaction transaction(connection, sql::Transaction::Kind::write);
  const auto seal = [&](std::string_view table, std::string_view key, std::string_view column) {
    for (const auto& [id, url] : rows_in_clear(connection, table, key, column)) {
      connection.execute(fmt::format("UPDATE {} SET {} = $2 WHERE {} = $1", table, column, key), id, vault.seal(url));
    }
  };
  seal("webhooks", "id", "url");
  seal("deliveries", "id", "url");
  for (const auto& [number, url] : rows_in_clear(connection, "jobs", "number", "webhook_url")) {
    const auto stored = stored_address(url, user_of_job(connection, number), vault);
    connection.execute("UPDATE jobs SET webhook_url = $2, webhook_target = $3 WHERE number = $1", number, stored.sealed,
                       stored.target);
  }
  connection.execute("DELETE FROM addresses_in_clear");
  transaction.commit();
  connection.run("PRAGMA wal_checkpoint(TRUNCATE)");  // the journal still has them
}

std::size_t Webhooks::seal_anew(Write& write, const Vault& vault) {
  std::size_t count = 0;
  const auto change = [&](std::string_view table, std::string_view key, std::string_view column) {
    std::vector<std::pair<std::int64_t, std::string>> list;
    {
      auto rows = write.sql.query(fmt::format("SELECT {}, {} FROM {} WHERE {} <> ''", key, column, table, column));
      while (rows.next()) list.emplace_back(rows.integer(0), rows.text(1));
    }
    for (const auto& [id, sealed] : list) {
      const auto secret = vault.unseal(sealed);
      if (!secret) continue;
      write.sql.execute(fmt::format("UPDATE {} SET {} = $2 WHERE {} = $1", table, column, key), id,
                        vault.seal(*secret));
      ++count;
    }
  };
  change("webhooks", "id", "url");
  change("deliveries", "id", "url");
  change("jobs", "number", "webhook_url");
  change("webhooks", "id", "secret");
  change("webhooks", "id", "former_secret");
  change("webhook_secrets", "user_id", "secret");
  change("webhook_secrets", "user_id", "former_secret");
  return count;
}

Result<Listing<Delivery>> Webhooks::deliveries(UserId user, std::optional<WebhookId> webhook, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<Delivery>> {
    if (webhook) {
      auto rows = connection.query("SELECT 1 FROM webhooks WHERE id = $1 AND user_id = $2", *webhook, user);
      if (!rows.next()) return std::unexpected(no_such("webhook"));
    }
    Listing<Delivery> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(
        fmt::format("SELECT {} FROM deliveries WHERE user_id = $1{} ORDER BY id DESC LIMIT $3 OFFSET $4", kColumns,
                    webhook ? " AND webhook_id = $2" : ""),
        user, webhook, page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_delivery(rows, database_.sealing.vault));
    }
    return listing;
  });
}

Result<Delivery> Webhooks::delivery(UserId user, DeliveryId id) {
  return database_.readers.read(
      [&](sql::Connection& connection) { return find_delivery(connection, user, id, database_.sealing.vault); });
}

Result<Delivery> Webhooks::replay(UserId user, DeliveryId id) {
  return database_.writer.write([&](Write& write) -> Result<Delivery> {
    RECAST_CHECK(find_delivery(write.sql, user, id, database_.sealing.vault));
    {
      auto rows = write.sql.query(
          "SELECT 1 FROM jobs JOIN deliveries ON deliveries.job_id = jobs.id WHERE deliveries.id = $1", id);
      if (!rows.next()) return fail(ErrorCode::invalid_data, "The job of this delivery is gone.", "id");
    }
    write.sql.execute(
        "INSERT INTO deliveries (user_id, webhook_id, target, job_id, event, url, replay, due, created) "
        "SELECT user_id, webhook_id, target, job_id, event, "
        "coalesce((SELECT url FROM webhooks WHERE webhooks.id = webhook_id), url), 1, $2, $2 "
        "FROM deliveries WHERE id = $1",
        id, write.now);
    return find_delivery(write.sql, user, DeliveryId(write.sql.last_row()), database_.sealing.vault);
  });
}

Result<Webhooks::Work> Webhooks::work() {
  const auto now = database_.clock.now();
  return database_.readers.read([&](sql::Connection& connection) -> Result<Work> {
    Work work;
    // Jumps from address to address in the index, however much each has waiting.
    auto rows = connection.query(
        "WITH RECURSIVE waiting (target) AS ("
        "  SELECT min(target) FROM deliveries WHERE due IS NOT NULL"
        "  UNION ALL"
        "  SELECT (SELECT min(target) FROM deliveries WHERE due IS NOT NULL AND target > waiting.target) FROM waiting"
        "  WHERE waiting.target IS NOT NULL) "
        "SELECT target, (SELECT min(due) FROM deliveries WHERE due IS NOT NULL AND target = waiting.target AND NOT "
        "EXISTS "
        "(SELECT 1 FROM deliveries older WHERE older.due IS NOT NULL AND older.job_id = deliveries.job_id AND "
        "older.target = deliveries.target AND older.id < deliveries.id)) AS first_due, "
        "(SELECT user_id FROM deliveries WHERE due IS NOT NULL AND target = waiting.target LIMIT 1) "
        "FROM waiting WHERE target IS NOT NULL ORDER BY first_due");
    while (rows.next()) {
      const auto due = rows.time(1);
      if (due <= now)
        work.targets.push_back({rows.text(0), UserId(rows.integer(2))});
      else if (!work.next || due < *work.next)
        work.next = due;
    }
    return work;
  });
}

Result<std::optional<Webhooks::Taken>> Webhooks::take(std::string_view target, std::chrono::seconds lease) {
  const std::string name(target);
  return database_.writer.write_passing([&](Write& write) -> Result<std::optional<Taken>> {
    Taken taken;
    {
      auto rows = write.sql.query(
          fmt::format("SELECT {}, replay FROM deliveries WHERE due IS NOT NULL AND target = $1 AND due <= $2 "
                      "AND NOT EXISTS (SELECT 1 FROM deliveries older WHERE older.due IS NOT NULL AND older.job_id = "
                      "deliveries.job_id AND older.target = deliveries.target AND older.id < deliveries.id) "
                      "ORDER BY due, id LIMIT 1",
                      kColumns),
          name, write.now);
      if (!rows.next()) return std::nullopt;
      taken.delivery = read_delivery(rows, database_.sealing.vault);
      taken.replayed = rows.boolean(14);
    }
    if (auto receiver = find_receiver(write.sql, taken.delivery, database_.sealing.vault)) {
      taken.secret = std::move(receiver->secret);
      taken.disabled = receiver->disabled;
    }
    write.sql.execute("UPDATE deliveries SET due = $2 WHERE id = $1", taken.delivery.id, write.now + lease);
    return taken;
  });
}

Result<> Webhooks::record(const Delivery& delivery, const Attempt& attempt) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const bool over = !attempt.due;
    write.sql.execute(
        "UPDATE deliveries SET attempts = attempts + 1, due = $2, outcome = $3, status = $4, error = $5, "
        "duration = $6, ended = $7 WHERE id = $1",
        delivery.id, attempt.due, attempt.outcome, attempt.status, presentable(attempt.error), attempt.duration.count(),
        over ? std::optional(write.now) : std::nullopt);
    if (!delivery.webhook) return {};
    if (attempt.gone) {
      disable(write, *delivery.webhook);
      tell_of_failure(write, delivery, attempt);
    } else if (over && attempt.outcome != Delivery::Outcome::dropped) {
      const bool failing = attempt.outcome == Delivery::Outcome::failed;
      const auto changed = write.sql.execute("UPDATE webhooks SET failing = $2 WHERE id = $1 AND failing <> $2",
                                             *delivery.webhook, failing);
      if (failing && changed > 0) tell_of_failure(write, delivery, attempt);
    }
    return {};
  });
}

Result<std::size_t> Webhooks::purge(Time before, std::size_t at_most) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<std::size_t> {
    return static_cast<std::size_t>(write.sql.execute(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE ended IS NOT NULL AND ended <= $1 LIMIT "
        "$2)",
        before, at_most));
  });
}

}  // namespace recast::store
