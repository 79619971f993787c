#include "store/admission.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "store/rows.hpp"

namespace recast::store {

using account::Quota;

namespace {

constexpr std::int64_t kMicrosOfDay = 86'400'000'000;

std::int64_t day_of(Time time) { return to_micros(time) / kMicrosOfDay; }
std::int64_t number_of(KeyId key) { return static_cast<std::int64_t>(key); }

/// The key of the request that asks for the change; one of another user, an administrator's, does not count.
std::optional<KeyId> key_of(const Write& write, UserId user) {
  return write.actor.user == user ? write.actor.key : std::nullopt;
}

Error too_many_at_once() { return {ErrorCode::too_many_jobs, "You have started too many jobs at once.", {}}; }

Error no_time_left(std::int64_t minutes) {
  return {
      ErrorCode::credits_exceeded, fmt::format("The {} minutes of engine time of this day are used up.", minutes), {}};
}

/// Both levels on which use is counted: all of the user, and the family of keys if it has limits of its own.
template <class Look>
Result<> each_level(const account::Allowance& allowance, std::optional<std::int64_t> Quota::*limit, Look&& look) {
  if (const auto& most = allowance.user.*limit) RECAST_CHECK(look(std::optional<KeyId>(), *most));
  if (const auto& most = allowance.key.*limit) RECAST_CHECK(look(std::optional(allowance.family), *most));
  return {};
}

}  // namespace

Result<account::Allowance> allowance_of(sql::Connection& connection, const Store::Settings& settings, UserId user,
                                        std::optional<KeyId> key) {
  account::Allowance allowance;
  {
    auto rows = connection.query("SELECT quota FROM users WHERE id = $1", user);
    if (!rows.next()) return std::unexpected(no_such("user"));
    RECAST_TRY(auto own, account::read_quota(rows.view(0)));
    allowance.user = account::completed(std::move(own), settings.quota);
  }
  if (!key) return allowance;
  auto rows = connection.query(
      "SELECT quota, coalesce(family, id) FROM api_keys WHERE id = $1 AND user_id = $2 AND quota <> ''", *key, user);
  if (!rows.next()) return allowance;
  RECAST_TRY(allowance.key, account::read_quota(rows.view(0)));
  allowance.family = KeyId(rows.integer(1));
  return allowance;
}

std::int64_t created_lately(sql::Connection& connection, UserId user, std::optional<KeyId> family, Time now) {
  auto rows = connection.query(
      "SELECT coalesce(sum(tasks), 0) FROM creations WHERE user_id = $1 AND second > $2 AND ($3 IS NULL OR family = "
      "$3)",
      user, to_seconds(now) - kRateSeconds, family);
  rows.next();
  return rows.integer(0);
}

std::int64_t in_flight(sql::Connection& connection, UserId user, std::optional<KeyId> family) {
  auto rows = family ? connection.query(
                           "SELECT (SELECT count(*) FROM jobs WHERE family = $1 AND ended IS NULL) + "
                           "(SELECT count(*) FROM tasks WHERE family = $1 AND ended IS NULL AND job_id IS "
                           "NULL)",
                           *family)
                     : connection.query(
                           "SELECT (SELECT count(*) FROM jobs WHERE user_id = $1 AND ended IS NULL) + "
                           "(SELECT count(*) FROM tasks WHERE user_id = $1 AND ended IS NULL AND job_id IS "
                           "NULL)",
                           user);
  rows.next();
  return rows.integer(0);
}

std::chrono::microseconds engine_time(sql::Connection& connection, UserId user, std::optional<KeyId> family, Time now) {
  auto rows = connection.query(
      "SELECT (SELECT coalesce(sum(micros), 0) FROM engine_time WHERE user_id = $1 AND day = $2 AND ($3 IS NULL OR "
      "family = $3)) + (SELECT coalesce(sum($4 - max(started, $2 * $5)), 0) FROM tasks WHERE load = $6 AND user_id = "
      "$1 AND holder IS NOT NULL AND started IS NOT NULL AND ($3 IS NULL OR family = $3))",
      user, day_of(now), family, now, kMicrosOfDay, operation::Load::cpu);
  rows.next();
  return std::chrono::microseconds(rows.integer(0));
}

Result<> Admission::check_rate(Write& write, UserId user, std::int64_t tasks) const {
  if (!allowance_.least(&Quota::tasks_per_minute)) return {};
  RECAST_CHECK(
      each_level(allowance_, &Quota::tasks_per_minute, [&](std::optional<KeyId> family, std::int64_t most) -> Result<> {
        if (tasks > most) {
          return fail(ErrorCode::invalid_data,
                      fmt::format("These are {} tasks, and only {} may be created in a minute.", tasks, most), "tasks");
        }
        if (created_lately(write.sql, user, family, write.now) + tasks > most)
          return fail(ErrorCode::too_many_requests, "Too Many Attempts.");
        return {};
      }));
  const auto second = to_seconds(write.now);
  write.sql.execute("DELETE FROM creations WHERE user_id = $1 AND second <= $2", user, second - kRateSeconds);
  write.sql.execute(
      "INSERT INTO creations (user_id, second, family, tasks) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (user_id, second, family) DO UPDATE SET tasks = tasks + excluded.tasks",
      user, second, allowance_.family, tasks);
  return {};
}

Result<> Admission::check_use(Write& write, const Store::Settings& settings, UserId user) const {
  if (in_flight(write.sql, user, {}) >= settings.jobs_in_flight) return std::unexpected(too_many_at_once());
  RECAST_CHECK(
      each_level(allowance_, &Quota::jobs_in_flight, [&](std::optional<KeyId> family, std::int64_t most) -> Result<> {
        return in_flight(write.sql, user, family) < most ? Result<>() : std::unexpected(too_many_at_once());
      }));
  return each_level(allowance_, &Quota::minutes, [&](std::optional<KeyId> family, std::int64_t most) -> Result<> {
    const bool any = engine_time(write.sql, user, family, write.now) < std::chrono::minutes(most);
    return any ? Result<>() : std::unexpected(no_time_left(most));
  });
}

std::int64_t Admission::price(const job::Task& task) const {
  return prices_ == nullptr ? 0 : prices_->most(task.operation, task.engine);
}

Result<> Admission::check_credits(Write& write, UserId user, std::span<const job::Task> tasks) {
  auto rows = write.sql.query("SELECT limited, credits - reserved FROM users WHERE id = $1", user);
  if (!rows.next() || !rows.boolean(0)) {
    prices_ = nullptr;
    return {};
  }
  std::int64_t needed = 0;
  for (const auto& task : tasks) needed += price(task);
  const auto left = std::max<std::int64_t>(rows.integer(1), 0);
  if (needed <= left) return {};
  return fail(ErrorCode::credits_exceeded,
              fmt::format("You do not have enough credits: this may cost {}, and {} are left.", needed, left));
}

Result<Admission> Admission::open(Write& write, const Store::Settings& settings, UserId user,
                                  std::span<const job::Task> tasks, bool sandbox) {
  Admission admission;
  RECAST_TRY(admission.allowance_, allowance_of(write.sql, settings, user, key_of(write, user)));
  RECAST_CHECK(admission.check_rate(write, user, std::ssize(tasks)));
  RECAST_CHECK(admission.check_use(write, settings, user));
  if (sandbox) return admission;
  admission.prices_ = &settings.prices;
  RECAST_CHECK(admission.check_credits(write, user, tasks));
  return admission;
}

std::optional<std::chrono::seconds> Admission::keep() const {
  const auto hours = allowance_.least(&Quota::retention_hours);
  // A client's number may be any; the clock's end is near enough to for ever.
  constexpr std::int64_t kMostHours = 24 * 3660;
  return hours ? std::optional<std::chrono::seconds>(std::chrono::hours(std::min(*hours, kMostHours))) : std::nullopt;
}

void Admission::stamp(Write& write, const job::Job& job) const {
  const auto keep = this->keep();
  const bool counted = number_of(allowance_.family) != 0;
  if (keep || counted) {
    write.sql.execute("UPDATE jobs SET family = $2, keep = $3 WHERE id = $1", job.id,
                      counted ? std::optional(allowance_.family) : std::nullopt,
                      keep ? std::optional(std::chrono::microseconds(*keep).count()) : std::nullopt);
  }
  for (const auto& task : job.tasks) stamp(write, task);
}

void Admission::stamp(Write& write, const job::Task& task) const {
  const auto keep = this->keep();
  const auto largest = allowance_.least(&Quota::upload_bytes);
  const auto formats = allowance_.formats();
  const bool counted = number_of(allowance_.family) != 0;
  const auto reserved = job::is_terminal(task.status) ? 0 : price(task);
  if (!keep && !largest && !formats && !counted && reserved == 0) return;
  write.sql.execute(
      "UPDATE tasks SET family = $2, keep = $3, largest_file = $4, formats = $5, reserved = $6 WHERE id = $1", task.id,
      counted ? std::optional(allowance_.family) : std::nullopt,
      keep ? std::optional(std::chrono::microseconds(*keep).count()) : std::nullopt, largest,
      formats ? std::optional(fmt::format("{}", fmt::join(*formats, " "))) : std::nullopt, reserved);
}

std::optional<Error> out_of_time(Write& write, const Store::Settings& settings, const TaskId& id) {
  UserId user{};
  std::optional<KeyId> family;
  {
    auto rows = write.sql.query("SELECT user_id, family FROM tasks WHERE id = $1", id);
    if (!rows.next()) return std::nullopt;
    user = UserId(rows.integer(0));
    if (const auto number = rows.optional_integer(1)) family = KeyId(*number);
  }
  const auto allowance = allowance_of(write.sql, settings, user, family);
  if (!allowance) return std::nullopt;
  auto done = each_level(*allowance, &Quota::minutes, [&](std::optional<KeyId> level, std::int64_t most) -> Result<> {
    const bool any = engine_time(write.sql, user, level, write.now) < std::chrono::minutes(most);
    return any ? Result<>() : std::unexpected(no_time_left(most));
  });
  return done ? std::nullopt : std::optional(std::move(done).error());
}

namespace {

constexpr std::string_view kAddTime =
    "INSERT INTO engine_time (user_id, day, family, micros) "
    "SELECT user_id, $2, coalesce(family, 0), sum({} - max(started, $2 * 86400000000)) FROM tasks WHERE {} AND load = "
    "$3 AND started IS NOT "
    "NULL AND {} GROUP BY user_id, family "
    "ON CONFLICT (user_id, day, family) DO UPDATE SET micros = micros + excluded.micros";
constexpr std::string_view kRunning = "ended IS NULL AND holder IS NOT NULL AND started < $4";

}  // namespace

void count_engine_time(Write& write, const TaskId& ended) {
  static const auto text = fmt::format(kAddTime, "ended", "id = $1", "ended > started");
  write.sql.execute(text, ended, day_of(write.now), operation::Load::cpu);
}

void count_engine_time_of_job(Write& write, const JobId& removed) {
  static const auto text = fmt::format(kAddTime, "$4", "job_id = $1", kRunning);
  write.sql.execute(text, removed, day_of(write.now), operation::Load::cpu, write.now);
}

void count_engine_time_of_removed(Write& write, const TaskId& removed) {
  static const auto text = fmt::format(kAddTime, "$4", "id = $1", kRunning);
  write.sql.execute(text, removed, day_of(write.now), operation::Load::cpu, write.now);
}

void forget_engine_time(Write& write) {
  write.sql.execute("DELETE FROM engine_time WHERE day < $1", day_of(write.now));
}

}  // namespace recast::store
