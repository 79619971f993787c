#include "store/webhooks.hpp"

#include <fmt/format.h>

#include <mutex>

#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns =
    "id, user_id, url, events, disabled, failing, secret, former_secret, former_until, created, updated";

/// A secret as it rests, for the columns of both tables that hold some.
account::SigningSecret read_secret(const sql::Rows& rows, int column, const Vault& vault) {
  account::SigningSecret secret;
  // One that cannot be opened signs wrongly, as if it had been changed: rotating it helps.
  secret.current = vault.unseal(rows.view(column)).value_or("");
  if (!rows.is_null(column + 1)) {
    if (auto former = vault.unseal(rows.view(column + 1))) secret.former = *std::move(former);
  }
  secret.former_until = rows.optional_time(column + 2);
  return secret;
}

account::Webhook read_webhook(const sql::Rows& rows, const Vault& vault) {
  account::Webhook webhook{.id = WebhookId(rows.integer(0)),
                           .user = UserId(rows.integer(1)),
                           .url = vault.unseal(rows.view(2)).value_or(""),
                           .events = {},
                           .disabled = rows.boolean(4),
                           .failing = rows.boolean(5),
                           .secret = read_secret(rows, 6, vault),
                           .created = rows.time(9),
                           .updated = rows.time(10)};
  for (const auto word : split(rows.view(3), ' ')) {
    if (!word.empty()) webhook.events.emplace_back(word);
  }
  return webhook;
}

Result<account::Webhook> find_webhook(sql::Connection& connection, UserId user, WebhookId id, const Vault& vault) {
  auto rows =
      connection.query(fmt::format("SELECT {} FROM webhooks WHERE id = $1 AND user_id = $2", kColumns), id, user);
  if (!rows.next()) return std::unexpected(no_such("webhook"));
  return read_webhook(rows, vault);
}

/// For the audit log.
std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::optional<account::SigningSecret> find_job_secret(sql::Connection& connection, UserId user, const Vault& vault) {
  auto rows =
      connection.query("SELECT secret, former_secret, former_until FROM webhook_secrets WHERE user_id = $1", user);
  if (!rows.next()) return std::nullopt;
  return read_secret(rows, 0, vault);
}

}  // namespace

Result<account::Webhook> Webhooks::create(UserId user, std::string url, std::vector<std::string> events,
                                          std::int64_t most) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto secret = database_.random.token(account::kSigningSecretLength);
  const auto sealed = database_.sealing.vault.seal(secret);
  const auto address = database_.sealing.vault.seal(url);
  return database_.writer.write([&](Write& write) -> Result<account::Webhook> {
    RECAST_CHECK(
        check_room(write.sql.query("SELECT count(*) FROM webhooks WHERE user_id = $1", user), most, "webhooks", "url"));
    write.sql.execute(
        "INSERT INTO webhooks (user_id, url, events, secret, created, updated) VALUES ($1, $2, $3, $4, $5, $5)", user,
        address, joined(events), sealed, write.now);
    const auto id = WebhookId(write.sql.last_row());
    Audit::note(write, "webhook.create", object_name("webhook", id), account::place_of(url));
    return find_webhook(write.sql, user, id, database_.sealing.vault);
  });
}

Result<Listing<account::Webhook>> Webhooks::list(UserId user, const std::optional<std::string>& url, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Webhook>> {
    Listing<account::Webhook> listing{.items = {}, .more = false, .page = page};
    auto rows =
        connection.query(fmt::format("SELECT {} FROM webhooks WHERE user_id = $1 ORDER BY id DESC", kColumns), user);
    // A user has few, and addresses can be compared only once they are opened.
    for (auto skip = offset_of(page); rows.next();) {
      auto webhook = read_webhook(rows, database_.sealing.vault);
      if (url && webhook.url != *url) continue;
      if (skip-- > 0) continue;
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(std::move(webhook));
    }
    return listing;
  });
}

Result<account::Webhook> Webhooks::find(UserId user, WebhookId id) {
  return database_.readers.read(
      [&](sql::Connection& connection) { return find_webhook(connection, user, id, database_.sealing.vault); });
}

Result<account::Webhook> Webhooks::change(UserId user, WebhookId id, const Change& change) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto& vault = database_.sealing.vault;
  return database_.writer.write([&](Write& write) -> Result<account::Webhook> {
    RECAST_TRY(auto webhook, find_webhook(write.sql, user, id, vault));
    const bool enabled = change.disabled && !*change.disabled;
    write.sql.execute(
        "UPDATE webhooks SET url = $2, events = $3, disabled = $4, failing = $5, updated = $6 WHERE id = $1", id,
        vault.seal(change.url.value_or(webhook.url)), joined(change.events.value_or(webhook.events)),
        change.disabled.value_or(webhook.disabled), webhook.failing && !enabled, write.now);
    auto changed = find_webhook(write.sql, user, id, vault);
    if (changed)
      Audit::note(write, "webhook.change", object_name("webhook", id),
                  fmt::format("{}: {}{}", account::place_of(changed->url), joined(changed->events),
                              changed->disabled ? ", disabled" : ""));
    return changed;
  });
}

Result<> Webhooks::remove(UserId user, WebhookId id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed = write.sql.execute("DELETE FROM webhooks WHERE id = $1 AND user_id = $2", id, user);
    if (removed == 0) return std::unexpected(no_such("webhook"));
    Audit::note(write, "webhook.delete", object_name("webhook", id));
    return {};
  });
}

Result<account::Webhook> Webhooks::rotate(UserId user, WebhookId id, std::chrono::seconds overlap) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto& vault = database_.sealing.vault;
  const auto sealed = vault.seal(database_.random.token(account::kSigningSecretLength));
  return database_.writer.write([&](Write& write) -> Result<account::Webhook> {
    const auto changed = write.sql.execute(
        "UPDATE webhooks SET former_secret = secret, former_until = $4, secret = $3, updated = $5 "
        "WHERE id = $1 AND user_id = $2",
        id, user, sealed, write.now + overlap, write.now);
    if (changed == 0) return std::unexpected(no_such("webhook"));
    Audit::note(write, "webhook.rotate-secret", object_name("webhook", id));
    return find_webhook(write.sql, user, id, vault);
  });
}

Result<account::SigningSecret> Webhooks::job_secret(UserId user) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto& vault = database_.sealing.vault;
  RECAST_TRY(auto known, database_.readers.read([&](sql::Connection& connection) {
    return Result<std::optional<account::SigningSecret>>(find_job_secret(connection, user, vault));
  }));
  if (known) return *std::move(known);
  const auto sealed = vault.seal(database_.random.token(account::kSigningSecretLength));
  return database_.writer.write([&](Write& write) -> Result<account::SigningSecret> {
    write.sql.execute("INSERT INTO webhook_secrets (user_id, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING", user,
                      sealed);
    auto stored = find_job_secret(write.sql, user, vault);
    if (!stored) return std::unexpected(no_such("user"));
    return *std::move(stored);
  });
}

Result<account::SigningSecret> Webhooks::rotate_job_secret(UserId user, std::chrono::seconds overlap) {
  RECAST_CHECK(job_secret(user));  // there is one to take over from
  const std::shared_lock sealing(database_.sealing.change);
  const auto& vault = database_.sealing.vault;
  const auto sealed = vault.seal(database_.random.token(account::kSigningSecretLength));
  return database_.writer.write([&](Write& write) -> Result<account::SigningSecret> {
    write.sql.execute(
        "UPDATE webhook_secrets SET former_secret = secret, former_until = $3, secret = $2 WHERE user_id = $1", user,
        sealed, write.now + overlap);
    Audit::note(write, "webhook.rotate-secret", "webhook_url of jobs");
    auto stored = find_job_secret(write.sql, user, vault);
    if (!stored) return std::unexpected(no_such("user"));
    return *std::move(stored);
  });
}

}  // namespace recast::store
