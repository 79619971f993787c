#pragma once

#include <map>
#include <memory>

#include "base/guarded.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/grants.hpp"
#include "store/idempotency.hpp"
#include "store/key_cache.hpp"
#include "store/ledger.hpp"
#include "store/logins.hpp"
#include "store/notices.hpp"
#include "store/presets.hpp"
#include "store/readers.hpp"
#include "store/rows.hpp"
#include "store/sandbox_files.hpp"
#include "store/signed_urls.hpp"
#include "store/store.hpp"
#include "store/webhooks.hpp"
#include "store/writer.hpp"

namespace recast::store {

/// The Store over SQLite. Its functions are spread over the files of this folder by subject.
class SqlStore final : public Store {
 public:
  SqlStore(Settings settings, const Clock& clock, Random& random, std::string host_name, sql::Connection connection,
           Vault vault);

  void on_events(std::function<void(const std::vector<Event>&)> listener) override;

  Result<account::User> create_user(std::string username, std::string email, bool administrator) override;
  Result<std::vector<account::User>> list_users() override;
  Result<account::User> user(UserId id) override;
  Result<account::User> user_by_name(std::string_view username) override;
  Result<Listing<account::User>> page_of_users(Page page) override;
  Result<account::User> change_user(UserId id, const account::UserChange& change) override;
  Result<> delete_user(UserId id) override;
  Result<account::ApiKey> create_key(UserId user, std::string name, std::vector<std::string> scopes,
                                     std::string_view token, account::KeyTerms terms, std::int64_t most) override;
  Result<Listing<account::ApiKey>> page_of_keys(UserId user, Page page) override;
  Result<> revoke_key(UserId user, KeyId id) override;
  Result<account::Principal> authenticate(std::string_view token) override;
  Result<std::string> secret(std::string_view name) override;
  void set_visible(Visible visible) override { sealing_.visible = std::move(visible); }
  Result<std::size_t> rotate_secrets() override;
  Webhooks& webhooks() override { return webhooks_; }
  Idempotency& idempotency() override { return idempotency_; }
  SignedUrls& signed_urls() override { return signed_urls_; }
  Presets& presets() override { return presets_; }
  Logins& logins() override { return logins_; }
  Grants& grants() override { return grants_; }
  SandboxFiles& sandbox_files() override { return sandbox_files_; }
  Ledger& ledger() override { return ledger_; }
  Notices& notices() override { return notices_; }
  Audit& audit() override { return audit_; }

  Result<job::Job> create_job(UserId user, job::JobSpec spec) override;
  Result<job::Job> job(const Owner& owner, const JobId& id, const Extras& extras) override;
  Result<Listing<job::Job>> list_jobs(const Owner& owner, const JobFilter& filter, Page page, bool with_tasks) override;
  Result<> delete_job(const Owner& owner, const JobId& id) override;

  Result<job::Task> create_task(UserId user, job::TaskSpec spec) override;
  Result<job::Task> task(const Owner& owner, const TaskId& id, const Extras& extras) override;
  Result<job::Task> task_by_id(const TaskId& id, const Extras& extras) override;
  Result<Listing<job::Task>> list_tasks(const Owner& owner, const TaskFilter& filter, Page page,
                                        const Extras& extras) override;
  Result<Related> related(UserId user, std::span<const job::Task> tasks, const Extras& extras) override;
  Result<job::Task> cancel_task(const Owner& owner, const TaskId& id) override;
  Result<job::Task> retry_task(const Owner& owner, const TaskId& id) override;
  Result<> delete_task(const Owner& owner, const TaskId& id) override;

  Result<int> begin_upload(const TaskId& id) override;
  Result<> abort_upload(const TaskId& id, int attempt) override;
  Result<job::Task> finish_upload(const TaskId& id, int attempt, job::StoredFile file) override;

  Result<std::vector<Claim>> claim(operation::Load load, std::size_t count, std::size_t per_user) override;
  Result<std::vector<TaskId>> renew(const std::vector<std::pair<TaskId, int>>& running) override;
  Result<> set_progress(const TaskId& id, int attempt, int percent, std::string_view message) override;
  Result<> end(const TaskId& id, int attempt, const Ending& ending) override;
  Result<> put_back(const TaskId& id, int attempt) override;
  Result<> lost(const TaskId& id, int attempt, std::string_view why) override;
  Result<std::size_t> reclaim(Reclaim which) override;
  Result<QueueDepth> depth(operation::Load load) override;
  Result<> set_load_classes(std::function<operation::Load(std::string_view operation)> load_of) override;

  Result<Purged> purge(std::size_t at_most) override;
  Result<std::vector<std::string>> garbage(std::size_t at_most, std::string_view after) override;
  Result<> confirm_garbage(const std::vector<std::string>& keys) override;
  Result<std::vector<std::string>> unknown_keys(const std::vector<std::string>& keys) override;
  Result<> add_garbage(const std::vector<std::string>& keys) override;

  Result<> check() override;

 private:
  /// Makes a lost task ready again, or ends it after too many attempts.
  void lose(Write& write, const Head& task, std::string_view why) const;

  const Settings settings_;
  const Clock& clock_;
  Random& random_;
  const std::string host_name_;
  KeyCache keys_;
  Sealing sealing_;
  LoadOf load_of_;
  Readers readers_;
  Writer writer_;  ///< behind all that its thread uses
  Database database_{readers_, writer_, sealing_, clock_, random_, keys_, settings_.credits.initial};
  Webhooks webhooks_{database_};
  Idempotency idempotency_{database_};
  SignedUrls signed_urls_{database_};
  Presets presets_{database_, settings_.answer_bytes};
  Audit audit_{database_};
  Logins logins_{database_};
  Grants grants_{database_};
  SandboxFiles sandbox_files_{database_, settings_.sandbox_whitelist};
  Ledger ledger_{database_, settings_};
  Notices notices_{database_};
};

/// A task that is held by this attempt; conflict if it is not, whatever the reason.
Result<Head> held_task(sql::Connection& connection, const TaskId& id, int attempt);

/// How a task ends, with all that follows but its price.
void end_task(Write& write, const Head& task, const Ending& ending);

/// Removes a job or task with its rows; its files become garbage.
void remove_job(Write& write, const JobId& id);
void remove_task(Write& write, const TaskId& id);

}  // namespace recast::store
