#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/webhook.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::sql {
class Connection;
}
namespace recast::store {

struct Database;
class Vault;
class Write;

/// Rows of webhooks and of what is sent to them: a part of the Store. Deliveries are written in the transaction of the
/// event they tell of (`deliver`), so that no crash loses one. Safe from many threads.
class Webhooks {
 public:
  explicit Webhooks(Database& database) : database_(database) {}

  // --- webhooks; not_found for those of others
  /// invalid_data on "url" once a user has `most` of them.
  Result<account::Webhook> create(UserId user, std::string url, std::vector<std::string> events, std::int64_t most);
  Result<Listing<account::Webhook>> list(UserId user, const std::optional<std::string>& url, Page page);
  Result<account::Webhook> find(UserId user, WebhookId id);
  struct Change {
    std::optional<std::string> url;
    std::optional<std::vector<std::string>> events;
    std::optional<bool> disabled;  ///< false also ends "failing"
  };
  Result<account::Webhook> change(UserId user, WebhookId id, const Change& change);
  Result<> remove(UserId user, WebhookId id);
  /// A new secret; the present one stays right for `overlap`.
  Result<account::Webhook> rotate(UserId user, WebhookId id, std::chrono::seconds overlap);
  /// What signs calls of the webhook_url of a user's jobs; made at its first use.
  Result<account::SigningSecret> job_secret(UserId user);
  Result<account::SigningSecret> rotate_job_secret(UserId user, std::chrono::seconds overlap);

  // --- deliveries
  /// Newest first; of one webhook, or with nullopt all of the user's, those of webhook_url among them.
  Result<Listing<account::Delivery>> deliveries(UserId user, std::optional<WebhookId> webhook, Page page);
  Result<account::Delivery> delivery(UserId user, DeliveryId id);
  /// A new one of the same event to the same address, due now; also to a webhook that is disabled.
  Result<account::Delivery> replay(UserId user, DeliveryId id);

  /// For whoever delivers. An address with something to do.
  struct Target {
    std::string name;
    UserId user{};
  };
  struct Work {
    std::vector<Target> targets;  ///< each with something that may be sent now; who has waited longest first
    std::optional<Time> next;     ///< when something more is due
  };
  Result<Work> work();
  /// The delivery of that target that is to be tried now, held for `lease`, with what it is signed with; nullopt if
  /// there is none: of one job only the oldest that is not done.
  struct Taken {
    account::Delivery delivery;
    account::SigningSecret secret;
    bool disabled = false;  ///< its webhook
    bool replayed = false;
  };
  Result<std::optional<Taken>> take(std::string_view target, std::chrono::seconds lease);
  /// How an attempt went. `due`: tried again then. A failure that is final marks the webhook as failing, a success
  /// takes that mark away, `gone` disables it and drops what is still to be sent there.
  struct Attempt {
    account::Delivery::Outcome outcome = account::Delivery::Outcome::pending;
    std::optional<Time> due;
    int status = 0;
    std::string error;
    std::chrono::microseconds duration{};
    bool gone = false;
  };
  Result<> record(const account::Delivery& delivery, const Attempt& attempt);
  /// Removes what has been over since before `before`, at most so many.
  Result<std::size_t> purge(Time before, std::size_t at_most);

  /// Inside the transaction of a job's event: queues what is to be sent because of it.
  static void deliver(Write& write, std::string_view event, UserId user, const JobId& job);
  /// Seals addresses that a version before left in the clear. At the start, before anybody else uses the database.
  static void seal_addresses(sql::Connection& connection, const Vault& vault);
  /// All secrets under the vault's new key; how many.
  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  Database& database_;
};

}  // namespace recast::store
