#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "account/audit.hpp"
#include "base/clock.hpp"
#include "sql/sql.hpp"
#include "store/reserve.hpp"
#include "store/store.hpp"

namespace recast::store {

/// What a writing function works with: the connection, inside a transaction, and the events of the change.
class Write {
 public:
  Write(sql::Connection& connection, Time time, const account::Actor& who) : sql(connection), now(time), actor(who) {}
  /// Written to the outbox with the change, published after the commit.
  void event(std::string_view name, UserId user, const JobId& job, const TaskId& task);
  /// Published after the commit but not kept: progress.
  void passing_event(std::string_view name, UserId user, const JobId& job, const TaskId& task);
  /// Published after the commit but not kept: whatever that key is in use for ends.
  void key_revoked(UserId user, KeyId key);
  /// A task of this class may be claimed after the commit; the last event says so.
  void ready(operation::Load load);
  /// Called after the commit, before the writing function returns; for caches.
  void after_commit(std::function<void()> action) { actions_.push_back(std::move(action)); }

  sql::Connection& sql;
  const Time now;
  const account::Actor& actor;  ///< who asked for the change

 private:
  friend class Writer;
  std::vector<Event> events_;
  std::vector<operation::Load> ready_;
  std::vector<std::function<void()>> actions_;
};

/// The one thread that writes. Changes that wait at the same time share a commit, and so the disk's flush; each runs in
/// a savepoint of its own, so that one that fails takes nothing of the others with it.
class Writer {
 public:
  Writer(sql::Connection connection, const Clock& clock, Reserve reserve = {{}, 0});
  ~Writer();  ///< finishes what is queued

  /// Before the first change.
  void on_events(std::function<void(const std::vector<Event>&)> listener) { listener_ = std::move(listener); }

  /// Runs `change` (a function from Write& to Result<T>) and returns after the commit. An Error undoes the change. It
  /// may be run again if the commit fails, so it must not use up what it captured. disk_full if so; other faults of the
  /// database throw std::runtime_error. Not from a listener: it would wait for itself.
  template <class Change>
  auto write(Change&& change) -> std::invoke_result_t<Change, Write&> {
    return write_as({}, std::forward<Change>(change));
  }
  /// The same for what merely passes, such as progress: it does not wait for the disk. What a power cut takes of it is
  /// as if it had not been done; a process that dies takes nothing.
  template <class Change>
  auto write_passing(Change&& change) -> std::invoke_result_t<Change, Write&> {
    return write_as({.passing = true}, std::forward<Change>(change));
  }
  /// The same for what ends or deletes something: it may use the reserve when the disk is full, and thereby makes room.
  template <class Change>
  auto write_even_if_full(Change&& change) -> std::invoke_result_t<Change, Write&> {
    return write_as({.even_if_full = true}, std::forward<Change>(change));
  }
  /// Queues a change nobody waits for.
  void post(std::function<bool(Write&)> change);

  /// For tests: how many commits there were, and how many changes wait for one.
  std::int64_t commits() const { return commits_; }
  std::size_t waiting();

 private:
  struct Kind {
    bool even_if_full = false;
    bool passing = false;
  };
  struct Item {
    std::function<bool(Write&)> change;
    Kind kind;
    account::Actor actor;
    std::promise<void> done;
    std::optional<Write> write;
    std::exception_ptr failure;
  };
  using Batch = std::vector<std::unique_ptr<Item>>;

  template <class Change>
  auto write_as(Kind kind, Change&& change) -> std::invoke_result_t<Change, Write&> {
    using Answer = std::invoke_result_t<Change, Write&>;
    std::optional<Answer> answer;
    Error full;
    const bool done = run(
        [&](Write& write) {
          answer.emplace(change(write));
          return answer->has_value();
        },
        kind, full);
    if (!done) return std::unexpected(std::move(full));
    return *std::move(answer);
  }
  bool run(std::function<bool(Write&)> change, Kind kind, Error& full);
  std::future<void> queue(std::function<bool(Write&)> change, Kind kind);
  void loop();
  void commit_together(Batch& batch);
  void commit_alone(Item& item);
  /// Whether the next commits wait until the disk has them; not inside a transaction.
  void flush_commits(bool flush);
  /// Whether the reserve is in use and the change not worth it.
  bool is_refused(Item& item);
  /// Whether the change is to be kept; one that was refused has an answer but leaves nothing.
  bool apply(Item& item);
  void complete(Batch& batch);

  sql::Connection connection_;
  Reserve reserve_;
  const Clock& clock_;
  std::function<void(const std::vector<Event>&)> listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch queue_;
  bool stopping_ = false;
  bool flushes_ = true;  ///< as the connection was opened
  std::atomic<std::int64_t> commits_ = 0;
  std::thread thread_;
};

}  // namespace recast::store
