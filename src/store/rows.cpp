#include "store/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "account/account.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::store {

namespace json = boost::json;

namespace {

json::object object_of(std::string_view text) {
  if (text.empty()) return {};
  json::error_code code;
  json::parse_options options;
  options.max_depth = 128;  // written by us from a body of at most 64
  auto value = json::parse(text, code, {}, options);
  return value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string text_of(const json::object& object) { return object.empty() ? std::string() : json::serialize(object); }

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<TaskId> inputs_of(sql::Connection& connection, std::int64_t number) {
  std::vector<TaskId> inputs;
  auto rows = connection.query("SELECT input_id FROM task_inputs WHERE task = $1 ORDER BY position", number);
  while (rows.next()) inputs.emplace_back(rows.text(0));
  return inputs;
}

void append_files(sql::Connection& connection, std::int64_t number, std::vector<job::StoredFile>& files) {
  auto rows =
      connection.query("SELECT name, dir, size, md5, storage_key FROM files WHERE task = $1 ORDER BY position", number);
  while (rows.next()) {
    files.push_back(
        {rows.text(0), rows.text(1), static_cast<std::uint64_t>(rows.integer(2)), rows.text(3), rows.text(4)});
  }
}

job::TaskTerms read_terms(const sql::Rows& rows, int column) {
  job::TaskTerms terms;
  if (const auto bytes = rows.optional_integer(column)) terms.largest_file = static_cast<std::uint64_t>(*bytes);
  if (!rows.is_null(column + 1)) {
    terms.formats.emplace();
    for (const auto format : split(rows.view(column + 1), ' ')) {
      if (!format.empty()) terms.formats->emplace_back(format);
    }
  }
  if (const auto micros = rows.optional_integer(column + 2))
    terms.keep = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::microseconds(*micros));
  return terms;
}

}  // namespace

LoadOf claimable(LoadOf load_of) {
  return [load_of = std::move(load_of)](std::string_view operation) {
    if (operation == kUpload) return operation::Load::none;
    if (!load_of)
      return operation.find('/') == std::string_view::npos ? operation::Load::cpu : operation::Load::network;
    const auto load = load_of(operation);
    return load == operation::Load::none ? operation::Load::light : load;
  };
}

std::string select_heads(std::string_view what) {
  return fmt::format("SELECT id, job_id, user_id, status, ignore_error, covered, attempt FROM tasks WHERE {}", what);
}

Head read_head(const sql::Rows& rows) {
  return {.id = TaskId(rows.text(0)),
          .job = JobId(rows.text(1)),
          .user = UserId(rows.integer(2)),
          .status = static_cast<job::Status>(rows.integer(3)),
          .ignore_error = rows.boolean(4),
          .covered = rows.boolean(5),
          .attempt = static_cast<int>(rows.integer(6))};
}

std::optional<Head> find_head(sql::Connection& connection, const TaskId& id) {
  auto rows = connection.query(select_heads("id = $1"), id);
  if (!rows.next()) return std::nullopt;
  return read_head(rows);
}

std::string_view mode_condition(const Owner& owner) {
  if (!owner.sandbox) return "";
  return *owner.sandbox ? " AND sandbox = 1" : " AND sandbox = 0";
}

Result<Head> head_of_owner(sql::Connection& connection, const Owner& owner, const TaskId& id) {
  auto rows =
      connection.query(select_heads(fmt::format("id = $1 AND user_id = $2{}", mode_condition(owner))), id, owner.user);
  if (!rows.next()) return std::unexpected(no_such("task"));
  return read_head(rows);
}

std::string select_tasks(std::string_view what, const Extras& extras) {
  return fmt::format(
      "SELECT number, id, job_id, user_id, position, name, operation, {}, status, ready, ignore_error, covered, "
      "credits, code, message, percent, engine, engine_version, extra, file_count, created, started, ended, retry_of, "
      "priority, host_name, attempt, {}, largest_file, formats, keep, sandbox FROM tasks WHERE {}",
      extras.payload ? "(SELECT payload FROM payloads WHERE task = number)" : "''", extras.report ? "report" : "''",
      what);
}

job::Task read_task(sql::Connection& connection, const sql::Rows& rows) {
  const auto number = rows.integer(0);
  job::Task task;
  task.id = TaskId(rows.text(1));
  task.job_id = JobId(rows.text(2));
  task.user = UserId(rows.integer(3));
  task.position = rows.integer(4);
  task.name = rows.text(5);
  task.operation = rows.text(6);
  task.payload = object_of(rows.view(7));
  task.status = static_cast<job::Status>(rows.integer(8));
  task.ready = rows.boolean(9);
  task.ignore_error = rows.boolean(10);
  task.covered = rows.boolean(11);
  if (!rows.is_null(12)) task.credits = static_cast<int>(rows.integer(12));
  task.code = rows.text(13);
  task.message = rows.text(14);
  task.percent = static_cast<int>(rows.integer(15));
  task.engine = rows.text(16);
  task.engine_version = rows.text(17);
  task.extra = object_of(rows.view(18));
  const auto file_count = rows.integer(19);
  task.created = rows.time(20);
  task.started = rows.optional_time(21);
  task.ended = rows.optional_time(22);
  task.retry_of = TaskId(rows.text(23));
  task.priority = static_cast<int>(rows.integer(24));
  task.host_name = rows.text(25);
  task.attempt = static_cast<int>(rows.integer(26));
  task.report = rows.text(27);
  task.terms = read_terms(rows, 28);
  task.sandbox = rows.boolean(31);
  task.depends_on = inputs_of(connection, number);
  if (file_count > 0) append_files(connection, number, task.files);
  return task;
}

std::optional<job::Task> find_task(sql::Connection& connection, const TaskId& id, const Extras& extras) {
  auto rows = connection.query(select_tasks("id = $1", extras), id);
  if (!rows.next()) return std::nullopt;
  return read_task(connection, rows);
}

Result<job::Task> task_of_owner(sql::Connection& connection, const Owner& owner, const TaskId& id,
                                const Extras& extras) {
  auto rows = connection.query(select_tasks(fmt::format("id = $1 AND user_id = $2{}", mode_condition(owner)), extras),
                               id, owner.user);
  if (!rows.next()) return std::unexpected(no_such("task"));
  return read_task(connection, rows);
}

std::vector<job::Task> tasks_of_job(sql::Connection& connection, const JobId& id, const Extras& extras) {
  std::vector<job::Task> tasks;
  auto rows = connection.query(select_tasks("job_id = $1 ORDER BY position", extras), id);
  while (rows.next()) tasks.push_back(read_task(connection, rows));
  return tasks;
}

namespace {

/// Moves the file that the payload carries out of it. The order of the members is kept.
std::optional<json::string> take_file(std::string_view operation, json::object& payload) {
  auto* const file = job::carries_file(operation) ? payload.if_contains(job::kCarriedFile) : nullptr;
  if (file == nullptr || !file->is_string()) return std::nullopt;
  json::object rest;
  for (auto& member : payload) {
    if (&member.value() == file)
      rest[job::kCarriedSize] = file->get_string().size();
    else if (member.key() != job::kCarriedSize)
      rest.emplace(member.key(), std::move(member.value()));
  }
  auto body = std::move(file->get_string());
  payload = std::move(rest);
  return body;
}

}  // namespace

StoredPayload stored_payload(std::string_view operation, json::object payload, const Sealing& sealing) {
  StoredPayload stored;
  stored.body = take_file(operation, payload);
  if (!sealing.visible) {
    stored.text = text_of(payload);
    return stored;
  }
  const auto visible = sealing.visible(operation, payload);
  json::object secret;
  for (auto& member : payload) {
    const auto* const seen = visible.if_contains(member.key());
    if (seen == nullptr || *seen != member.value()) secret.emplace(member.key(), std::move(member.value()));
  }
  stored.text = text_of(visible);
  if (!secret.empty()) stored.sealed = sealing.vault.seal(json::serialize(secret));
  return stored;
}

json::object whole_payload(StoredPayload stored, const Vault& vault) {
  auto payload = object_of(stored.text);
  if (stored.sealed && !stored.sealed->empty()) {
    const auto secret = vault.unseal(*stored.sealed);
    if (!secret) log::error("the secrets of a task cannot be read", {{"cause", secret.error().message}});
    for (auto& member : object_of(secret ? *secret : std::string())) payload[member.key()] = std::move(member.value());
  }
  if (stored.body) {
    payload.erase(job::kCarriedSize);
    payload[job::kCarriedFile] = *std::move(stored.body);
  }
  return payload;
}

StoredPayload read_payload(sql::Connection& connection, const TaskId& id) {
  auto rows = connection.query(
      "SELECT payload, body, sealed FROM payloads WHERE task = (SELECT number FROM tasks WHERE id = $1)", id);
  if (!rows.next()) return {};
  StoredPayload stored{.text = rows.text(0), .body = {}, .sealed = {}};
  if (!rows.is_null(1)) stored.body = rows.view(1);
  if (!rows.is_null(2)) stored.sealed = rows.text(2);
  return stored;
}

std::string select_jobs(std::string_view what) {
  return fmt::format(
      "SELECT id, user_id, tag, status, created, started, ended, failing, origin, sandbox FROM jobs WHERE {}", what);
}

job::Job read_job(const sql::Rows& rows) {
  job::Job job;
  job.id = JobId(rows.text(0));
  job.user = UserId(rows.integer(1));
  job.tag = rows.text(2);
  job.status = static_cast<job::Status>(rows.integer(3));
  job.created = rows.time(4);
  job.started = rows.optional_time(5);
  job.ended = rows.optional_time(6);
  job.failing = rows.boolean(7);
  job.origin = rows.text(8);
  job.sandbox = rows.boolean(9);
  return job;
}

std::optional<job::Job> find_job(sql::Connection& connection, const JobId& id) {
  auto rows = connection.query(select_jobs("id = $1"), id);
  if (!rows.next()) return std::nullopt;
  return read_job(rows);
}

StoredAddress stored_address(std::string_view url, UserId user, const Vault& vault) {
  if (url.empty()) return {};
  const auto number = std::to_string(static_cast<std::int64_t>(user));
  return {vault.seal(url), fmt::format("j{} {}", number, account::token_hash(number + " " + std::string(url)))};
}

void insert_job(Write& write, const job::Job& job, const StoredAddress& webhook,
                const std::vector<StoredPayload>& payloads, const LoadOf& load_of) {
  write.sql.execute(
      "INSERT INTO jobs (id, user_id, tag, webhook_url, webhook_target, status, created, started, ended, origin, "
      "sandbox) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      job.id, job.user, job.tag, webhook.sealed, webhook.target, job.status, job.created, job.started, job.ended,
      job.origin, job.sandbox);
  for (std::size_t i = 0; i < job.tasks.size(); ++i) insert_task(write, job.tasks[i], payloads.at(i), load_of);
}

void insert_task(Write& write, const job::Task& task, const StoredPayload& payload, const LoadOf& load_of) {
  const auto load = load_of(task.operation);
  const bool claimable = task.ready && task.status == job::Status::waiting && load != operation::Load::none;
  const auto queue = claimable ? std::optional(load) : std::nullopt;
  write.sql.execute(
      "INSERT INTO tasks (id, job_id, user_id, position, name, operation, load, status, ready, ignore_error, "
      "covered, credits, code, message, percent, engine, engine_version, created, started, ended, retry_of, priority, "
      "queue, sandbox) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
      "$20, $21, "
      "$22, $23, $24)",
      task.id, task.job_id, task.user, task.position, task.name, task.operation, load, task.status, task.ready,
      task.ignore_error, task.covered, task.credits, task.code, task.message, task.percent, task.engine,
      task.engine_version, task.created, task.started, task.ended, text_or_null(task.retry_of.str()), task.priority,
      queue, task.sandbox);
  const auto number = write.sql.last_row();
  if (claimable) write.ready(load);
  if (!payload.text.empty() || payload.sealed) {
    const bool ended = task.ended.has_value();  // one that cannot begin has no use for secrets
    write.sql.execute("INSERT INTO payloads VALUES ($1, $2, $3, $4)", number, payload.text, payload.body,
                      ended && payload.sealed ? std::optional<std::string>("") : payload.sealed);
  }
  for (std::size_t i = 0; i < task.depends_on.size(); ++i) {
    write.sql.execute("INSERT INTO task_inputs VALUES ($1, $2, $3)", number, i, task.depends_on[i]);
  }
}

void insert_files(Write& write, const TaskId& id, const std::vector<job::StoredFile>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    write.sql.execute(
        "INSERT INTO files (task, position, name, dir, size, md5, storage_key) "
        "SELECT number, $2, $3, $4, $5, $6, $7 FROM tasks WHERE id = $1",
        id, i, file.name, file.dir, file.size, file.md5, file.storage_key);
  }
  write.sql.execute("UPDATE tasks SET file_count = $2 WHERE id = $1", id, files.size());
}

std::vector<InputFile> input_files(sql::Connection& connection, const TaskId& id) {
  std::vector<InputFile> inputs;
  auto rows = connection.query(
      "SELECT input.number, edge.position, CASE input.name WHEN '' THEN input.id ELSE input.name END FROM tasks task "
      "JOIN task_inputs edge ON edge.task = task.number "
      "JOIN tasks input ON input.id = edge.input_id WHERE task.id = $1 AND input.status = $2 ORDER BY edge.position",
      id, job::Status::finished);
  while (rows.next()) {
    std::vector<job::StoredFile> files;
    append_files(connection, rows.integer(0), files);
    for (auto& file : files)
      inputs.push_back({std::move(file), rows.text(2), static_cast<std::size_t>(rows.integer(1))});
  }
  return inputs;
}

std::string presentable(std::string_view text) {
  constexpr std::size_t kLongest = 4000;
  std::string result(text.substr(0, kLongest));
  // A cut inside a character is no reason to spoil the rest of it.
  while (!result.empty() && text.size() > kLongest && (static_cast<unsigned char>(result.back()) & 0x80) != 0)
    result.pop_back();
  if (is_valid_utf8(result)) return result;
  for (auto& c : result) {
    if ((static_cast<unsigned char>(c) & 0x80) != 0) c = '?';
  }
  return result;
}

}  // namespace recast::store
