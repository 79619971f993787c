#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "account/quota.hpp"
#include "job/job.hpp"
#include "store/store.hpp"
#include "store/writer.hpp"

/// Limits of who creates and runs work, inside the transactions that do it, so that no two requests can use up the same
/// place. For the other files of this module.
namespace recast::store {

/// A minute, and the second that began before it: creations are counted by whole seconds.
inline constexpr std::int64_t kRateSeconds = 61;

/// What holds for work of that user, by the key it was asked for with. not_found without such a user.
Result<account::Allowance> allowance_of(sql::Connection& connection, const Store::Settings& settings, UserId user,
                                        std::optional<KeyId> key);

/// Tasks that were created within the last kRateSeconds; of all keys without a family.
std::int64_t created_lately(sql::Connection& connection, UserId user, std::optional<KeyId> family, Time now);
/// Jobs and standalone tasks that have not ended.
std::int64_t in_flight(sql::Connection& connection, UserId user, std::optional<KeyId> family);
/// How long engines have worked since midnight, with what runs now.
std::chrono::microseconds engine_time(sql::Connection& connection, UserId user, std::optional<KeyId> family, Time now);

/// Leave for one new job or standalone task.
class Admission {
 public:
  /// Counts it. too_many_requests, too_many_jobs, credits_exceeded, or invalid_data on "tasks" for more tasks than a
  /// minute may bring. Only operation and engine of the tasks are looked at. Work of the sandbox costs nothing.
  static Result<Admission> open(Write& write, const Store::Settings& settings, UserId user,
                                std::span<const job::Task> tasks, bool sandbox);

  /// Once the rows are written: what held, and what is reserved for the tasks that are yet to end.
  void stamp(Write& write, const job::Job& job) const;
  void stamp(Write& write, const job::Task& task) const;

 private:
  std::int64_t price(const job::Task& task) const;
  Result<> check_rate(Write& write, UserId user, std::int64_t tasks) const;
  Result<> check_use(Write& write, const Store::Settings& settings, UserId user) const;
  Result<> check_credits(Write& write, UserId user, std::span<const job::Task> tasks);
  std::optional<std::chrono::seconds> keep() const;

  account::Allowance allowance_;
  const account::Prices* prices_ = nullptr;  ///< nullptr: nothing is to be paid
};

/// Why no engine may work for the owner of a task any more today, if so.
std::optional<Error> out_of_time(Write& write, const Store::Settings& settings, const TaskId& id);

/// Adds the time that an engine worked, since midnight, for a task that has just ended.
void count_engine_time(Write& write, const TaskId& ended);
/// The same for tasks that are about to be removed while they run.
void count_engine_time_of_job(Write& write, const JobId& removed);
void count_engine_time_of_removed(Write& write, const TaskId& removed);
/// Removes what is of no day that counts any more.
void forget_engine_time(Write& write);

}  // namespace recast::store
