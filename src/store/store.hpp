#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.hpp"
#include "account/credits.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "job/job.hpp"
#include "store/listing.hpp"

namespace recast::account {
struct UserChange;
}
namespace recast::store {

class Audit;
class Grants;
class Idempotency;
class Ledger;
class Logins;
class Notices;
class Presets;
class SandboxFiles;
class SignedUrls;
class Webhooks;

/// One event, written in the transaction of the change it tells of (the outbox) and published after its commit.
struct Event {
  std::int64_t sequence = 0;
  std::string name;  ///< "job.created", "job.updated", "job.finished", "job.failed", "task.created", "task.updated", …
  UserId user{};
  JobId job;    ///< empty for a standalone task's event
  TaskId task;  ///< empty for a job's event
  KeyId key{};  ///< of "key.revoked", which is not kept
  /// Load classes in which something may be claimed since: created, made ready, put back. On the last event of the
  /// change that did it, whatever that one tells of.
  std::vector<operation::Load> ready = {};
};

/// Whose jobs and tasks a call is about: all of a user, or those of one mode. Then what belongs to the other mode is
/// not there, just as what belongs to another user.
struct Owner {
  Owner(UserId whose) : user(whose) {}
  Owner(UserId whose, bool in_sandbox) : user(whose), sandbox(in_sandbox) {}

  UserId user;
  std::optional<bool> sandbox;  ///< none: both modes
};

struct JobFilter {
  std::optional<job::Status> status;
  std::optional<std::string> tag;
};
struct TaskFilter {
  std::optional<job::Status> status;
  std::optional<std::string> operation;
  std::optional<JobId> job;
};

/// What a reader wants of tasks beyond their rows. It can be large, so nothing of it comes unasked.
struct Extras {
  bool payload = false;
  bool report = false;
  bool inputs = false;  ///< these and the next are answered by related()
  bool retries = false;
  bool job = false;
};
/// What tasks are connected with. What is gone meanwhile is missing.
struct Related {
  std::map<TaskId, job::Task> inputs;
  std::map<TaskId, std::vector<job::Task>> retries;  ///< by what was retried, in order
  std::map<JobId, job::Job> jobs;                    ///< without tasks
};

/// A file that a task takes.
struct InputFile {
  job::StoredFile file;
  std::string task;            ///< the name of the task it comes from, or that task's id if it has none
  std::size_t dependency = 0;  ///< of job::Task::depends_on
};

/// A task that this process may run now. Its result is recorded only while `attempt` still holds the task.
struct Claim {
  job::Task task;  ///< with its payload
  int attempt = 0;
  std::vector<InputFile> inputs;  ///< files of all inputs, in order
};

/// How a claimed task ended.
struct Ending {
  std::optional<Error> error;  ///< set: status error
  std::vector<job::StoredFile> files;
  boost::json::object extra;
  boost::json::object report;  ///< what the engines did; kept whether the task failed or not
  std::string message;
  std::string engine;
  std::string engine_version;
  bool engine_deprecated = false;  ///< the user is told of it, once a day
};

struct QueueDepth {
  std::int64_t waiting = 0;  ///< claimable now
  std::int64_t running = 0;
};

/// All rows, and the only SQL of the program. Every writing function is one transaction (grouped with others into one
/// commit, durable but for claims and progress: decision 0023) and returns after the commit; status changes and their
/// events are the same transaction. Tasks come without payload unless it says otherwise. Safe from many threads. A lost
/// database throws std::runtime_error; a full disk is disk_full and nothing changed.
class Store {
 public:
  struct Settings {
    std::filesystem::path file;                  ///< of the SQLite database
    std::filesystem::path key_file;              ///< of its secrets; "secrets.key" beside the database if empty
    std::chrono::seconds lease{60};              ///< how long a claim lasts without renewal
    int attempts = 3;                            ///< starts of one task before it ends with worker_lost
    std::chrono::seconds retention{24 * 3600};   ///< rows and files vanish this long after the end
    std::chrono::seconds upload_time{6 * 3600};  ///< an upload that never came ends with timeout
    std::int64_t jobs_in_flight = 1000;          ///< and standalone tasks, per user; too_many_jobs above
    std::int64_t reserve_bytes = 0;              ///< of the disk, kept to end and delete things when it is full
    std::int64_t answer_bytes = 10'000'000;      ///< about how much a page of a list may come to
    account::Quota quota;                        ///< of users for whom nothing else is said
    account::CreditSettings credits;
    account::Prices prices;
    std::vector<std::string> sandbox_whitelist;  ///< MD5 in lower case of files that everybody may use in the sandbox
  };
  static Result<std::unique_ptr<Store>> open(Settings settings, const Clock& clock, Random& random,
                                             std::string host_name);
  virtual ~Store() = default;

  /// Called after every commit with its events, in order, on the writer's thread. Set once, before threads start.
  virtual void on_events(std::function<void(const std::vector<Event>&)> listener) = 0;

  // --- users and keys
  virtual Result<account::User> create_user(std::string username, std::string email, bool administrator) = 0;
  virtual Result<std::vector<account::User>> list_users() = 0;
  virtual Result<account::User> user(UserId id) = 0;
  virtual Result<account::User> user_by_name(std::string_view username) = 0;
  virtual Result<Listing<account::User>> page_of_users(Page page) = 0;
  /// conflict for what would leave no administrator who may come in. Keys and log-ins of a user who is disabled end at
  /// once: those that were taken for good already, too.
  virtual Result<account::User> change_user(UserId id, const account::UserChange& change) = 0;
  virtual Result<> delete_user(UserId id) = 0;  ///< with keys, jobs, tasks; conflict for the last administrator
  /// invalid_data on "name" once a user has `most` keys that have not expired; those that have make way.
  virtual Result<account::ApiKey> create_key(UserId user, std::string name, std::vector<std::string> scopes,
                                             std::string_view token, account::KeyTerms terms = {},
                                             std::int64_t most = std::numeric_limits<std::int64_t>::max()) = 0;
  /// Oldest first. Access tokens of OAuth are no part of it: grants() has them.
  virtual Result<Listing<account::ApiKey>> page_of_keys(UserId user, Page page) = 0;
  virtual Result<> revoke_key(UserId user, KeyId id) = 0;
  /// unauthenticated for an unknown or expired token. Served from a cache that a revocation empties.
  virtual Result<account::Principal> authenticate(std::string_view token) = 0;
  /// A secret of this installation, made at its first use, such as "url-signing".
  virtual Result<std::string> secret(std::string_view name) = 0;
  /// What of a payload rests in the clear; its other members are sealed. Without it all of it does. Set once, before
  /// the first task is created.
  virtual void set_visible(
      std::function<boost::json::object(std::string_view operation, const boost::json::object& payload)> visible) = 0;
  /// Seals everything anew with a key made now, and forgets the old one; how many rows that were.
  virtual Result<std::size_t> rotate_secrets() = 0;

  /// Parts of the store with headers of their own, as long as the store.
  virtual Webhooks& webhooks() = 0;
  virtual Audit& audit() = 0;
  virtual Idempotency& idempotency() = 0;
  virtual SignedUrls& signed_urls() = 0;
  virtual Presets& presets() = 0;
  virtual Logins& logins() = 0;
  virtual Grants& grants() = 0;
  virtual SandboxFiles& sandbox_files() = 0;
  virtual Ledger& ledger() = 0;
  virtual Notices& notices() = 0;

  // --- jobs
  /// Resolves inputs that are ids of the user's own tasks of the same mode; invalid_data on "tasks.NAME.input" for
  /// unknown ones. By credits and quotas: too_many_requests, too_many_jobs, credits_exceeded, invalid_data on "tasks";
  /// the key is that of the thread's actor. A shared job that is there already is the answer, and nothing is made.
  virtual Result<job::Job> create_job(UserId user, job::JobSpec spec) = 0;
  /// With tasks; not_found for a foreign one.
  virtual Result<job::Job> job(const Owner& owner, const JobId& id, const Extras& extras = {}) = 0;
  virtual Result<Listing<job::Job>> list_jobs(const Owner& owner, const JobFilter& filter, Page page,
                                              bool with_tasks) = 0;
  virtual Result<> delete_job(const Owner& owner,
                              const JobId& id) = 0;  ///< its running tasks are to be stopped (event)

  // --- tasks
  virtual Result<job::Task> create_task(UserId user, job::TaskSpec spec) = 0;
  virtual Result<job::Task> task(const Owner& owner, const TaskId& id, const Extras& extras = {}) = 0;
  /// For signed links, which carry no user.
  virtual Result<job::Task> task_by_id(const TaskId& id, const Extras& extras = {}) = 0;
  virtual Result<Listing<job::Task>> list_tasks(const Owner& owner, const TaskFilter& filter, Page page,
                                                const Extras& extras = {}) = 0;
  virtual Result<Related> related(UserId user, std::span<const job::Task> tasks, const Extras& extras) = 0;
  /// invalid_data on "status" ("Cannot change status: task already completed.") if it has ended.
  virtual Result<job::Task> cancel_task(const Owner& owner, const TaskId& id) = 0;
  /// A standalone copy (core.md 7.6); invalid_data on "input" if inputs are gone. An import whose file came with it
  /// and is now its output ends at once, with that same stored file.
  virtual Result<job::Task> retry_task(const Owner& owner, const TaskId& id) = 0;
  virtual Result<> delete_task(const Owner& owner, const TaskId& id) = 0;

  // --- uploads
  /// Marks a waiting import/upload task as receiving: conflict if it is not waiting for one. The mark is an attempt.
  virtual Result<int> begin_upload(const TaskId& id) = 0;
  virtual Result<> abort_upload(const TaskId& id, int attempt) = 0;  ///< waits for a file again
  virtual Result<job::Task> finish_upload(const TaskId& id, int attempt, job::StoredFile file) = 0;

  // --- running
  /// Up to `count` ready tasks of `load`, fair between users (fewest running first), then by priority, then by age.
  /// While several users wait, none of them comes to hold more than `per_user`.
  virtual Result<std::vector<Claim>> claim(operation::Load load, std::size_t count,
                                           std::size_t per_user = std::numeric_limits<std::size_t>::max()) = 0;
  /// Extends the lease of tasks that are running here. Returns those that are not ours any more (cancelled, deleted).
  virtual Result<std::vector<TaskId>> renew(const std::vector<std::pair<TaskId, int>>& running) = 0;
  virtual Result<> set_progress(const TaskId& id, int attempt, int percent, std::string_view message) = 0;
  /// What it costs is decided and taken in the same transaction. conflict if the attempt no longer holds the task: then
  /// its files are to be removed.
  virtual Result<> end(const TaskId& id, int attempt, const Ending& ending) = 0;
  /// Puts a task back without counting the attempt: the server is going down.
  virtual Result<> put_back(const TaskId& id, int attempt) = 0;
  /// The process that ran the task is lost: ready again, or ended with worker_lost after `attempts`.
  virtual Result<> lost(const TaskId& id, int attempt, std::string_view why) = 0;
  /// `expired`: tasks whose lease ran out, uploads that never came; call now and then. `former_runs`: at the start,
  /// besides, the claims of processes that are gone. One server at a time works on a database of SQLite, so those are
  /// all, under whatever name its machine went then.
  enum class Reclaim { expired, former_runs };
  virtual Result<std::size_t> reclaim(Reclaim which) = 0;
  virtual Result<QueueDepth> depth(operation::Load load) = 0;
  virtual Result<> set_load_classes(std::function<operation::Load(std::string_view operation)> load_of) = 0;

  // --- clean-up
  struct Purged {
    std::size_t objects = 0;  ///< jobs and standalone tasks
    std::size_t events = 0;
  };
  /// Removes some of what is past retention: at most so many jobs and standalone tasks, never one that a task not yet
  /// ended needs as input, and events. Nothing is left if nothing was removed.
  virtual Result<Purged> purge(std::size_t at_most) = 0;
  /// Storage keys of removed rows, to be removed from the storage and then confirmed. They survive a crash in between.
  /// In order, those behind `after`.
  virtual Result<std::vector<std::string>> garbage(std::size_t at_most, std::string_view after = {}) = 0;
  virtual Result<> confirm_garbage(const std::vector<std::string>& keys) = 0;
  /// Those of some storage keys that no row needs.
  virtual Result<std::vector<std::string>> unknown_keys(const std::vector<std::string>& keys) = 0;
  /// Storage keys that no row will ever need go the way of those of removed rows.
  virtual Result<> add_garbage(const std::vector<std::string>& keys) = 0;

  virtual Result<> check() = 0;  ///< a write and a read: for /readyz
};

}  // namespace recast::store
