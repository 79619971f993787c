#include "store/writer.hpp"

#include <algorithm>
#include <iterator>

#include "base/log.hpp"
#include "store/audit.hpp"
#include "store/webhooks.hpp"

namespace recast::store {

namespace {
constexpr std::size_t kBatch = 256;
}

void Write::event(std::string_view name, UserId user, const JobId& job, const TaskId& task) {
  sql.execute("INSERT INTO outbox (name, user_id, job_id, task_id, created) VALUES ($1, $2, $3, $4, $5)", name, user,
              job, task, now);
  events_.push_back({sql.last_row(), std::string(name), user, job, task});
  if (task.empty()) Webhooks::deliver(*this, name, user, job);
}

void Write::passing_event(std::string_view name, UserId user, const JobId& job, const TaskId& task) {
  events_.push_back({0, std::string(name), user, job, task});
}

void Write::key_revoked(UserId user, KeyId key) {
  events_.push_back({.sequence = 0, .name = "key.revoked", .user = user, .job = {}, .task = {}, .key = key});
}

void Write::ready(operation::Load load) {
  if (std::ranges::find(ready_, load) == ready_.end()) ready_.push_back(load);
}

Writer::Writer(sql::Connection connection, const Clock& clock, Reserve reserve)
    : connection_(std::move(connection)), reserve_(std::move(reserve)), clock_(clock), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::future<void> Writer::queue(std::function<bool(Write&)> change, Kind kind) {
  auto item = std::make_unique<Item>();
  item->change = std::move(change);
  item->kind = kind;
  item->actor = current_actor();
  auto done = item->done.get_future();
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(item));
  }
  changed_.notify_one();
  return done;
}

std::size_t Writer::waiting() {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void Writer::post(std::function<bool(Write&)> change) { queue(std::move(change), {}); }

bool Writer::run(std::function<bool(Write&)> change, Kind kind, Error& full) {
  auto done = queue(std::move(change), kind);
  try {
    done.get();
    return true;
  } catch (const sql::Failure& failure) {
    if (failure.kind() != sql::Failure::Kind::full) throw;
    log::error("the disk of the database is full", {{"error", failure.what()}});
    full = {ErrorCode::disk_full, "The server has no space left.", {}};
    return false;
  }
}

void Writer::loop() {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto count = std::min(queue_.size(), kBatch);
      const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
      batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    reserve_.restore();
    commit_together(batch);
    complete(batch);
  }
}

bool Writer::is_refused(Item& item) {
  if (!reserve_.is_lent() || item.kind.even_if_full) return false;
  item.failure = std::make_exception_ptr(sql::Failure(sql::Failure::Kind::full, "the disk is full"));
  return true;
}

bool Writer::apply(Item& item) {
  item.write.emplace(connection_, clock_.now(), item.actor);
  item.failure = nullptr;
  if (item.change(*item.write)) return true;
  item.write->events_.clear();
  item.write->actions_.clear();
  return false;
}

void Writer::flush_commits(bool flush) {
  if (flush == flushes_) return;
  connection_.run(flush ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  flushes_ = flush;
}

void Writer::commit_together(Batch& batch) {
  try {
    // The flush of one that lasts takes along whatever was written before.
    flush_commits(!std::ranges::all_of(batch, [](const auto& item) { return item->kind.passing; }));
    sql::Transaction transaction(connection_, sql::Transaction::Kind::write);
    for (auto& item : batch) {
      if (is_refused(*item)) continue;
      try {
        sql::Savepoint savepoint(connection_);
        if (apply(*item)) savepoint.release();
      } catch (const sql::Failure&) {
        throw;  // the database may have undone everything: each by itself, then
      } catch (...) {
        item->failure = std::current_exception();
      }
    }
    transaction.commit();
    ++commits_;
  } catch (const sql::Failure& failure) {
    if (batch.size() > 1) log::warning("a shared commit failed; committing one by one", {{"error", failure.what()}});
    for (auto& item : batch) commit_alone(*item);
  }
}

void Writer::commit_alone(Item& item) {
  if (is_refused(item)) return;
  try {
    flush_commits(!item.kind.passing);
    sql::Transaction transaction(connection_, sql::Transaction::Kind::write);
    if (!apply(item)) return;
    transaction.commit();
    ++commits_;
  } catch (const sql::Failure& failure) {
    item.failure = std::current_exception();
    const bool again = failure.kind() == sql::Failure::Kind::full && item.kind.even_if_full && reserve_.lend();
    if (again) commit_alone(item);
  } catch (...) {
    item.failure = std::current_exception();
  }
}

void Writer::complete(Batch& batch) {
  std::vector<Event> events;
  for (auto& item : batch) {
    if (item->failure) {
      item->done.set_exception(item->failure);
      continue;
    }
    for (auto& action : item->write->actions_) action();
    if (!item->write->events_.empty()) item->write->events_.back().ready = std::move(item->write->ready_);
    std::ranges::move(item->write->events_, std::back_inserter(events));
    item->done.set_value();
  }
  if (events.empty() || !listener_) return;
  try {
    listener_(events);
  } catch (const std::exception& problem) {
    log::error("a listener for events failed", {{"error", problem.what()}});
  }
}

}  // namespace recast::store
