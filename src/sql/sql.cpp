#include "sql/sql.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <charconv>

#include "base/log.hpp"
#include "sql/figures.hpp"

namespace recast::sql {

namespace {

Failure failure(sqlite3* connection, int code, std::string_view what) {
  auto kind = Failure::Kind::other;
  switch (code & 0xff) {
    case SQLITE_FULL:
      kind = Failure::Kind::full;
      break;
    case SQLITE_CONSTRAINT:
      kind = Failure::Kind::constraint;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = Failure::Kind::busy;
      break;
    default:
      break;
  }
  const auto* const text = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  return {kind, fmt::format("{}: {} ({})", what, text, code)};
}

constexpr int kBusyMilliseconds = 10'000;

std::atomic<std::uint64_t> g_begun{0};

}  // namespace

std::uint64_t statements_begun() { return g_begun; }

void ConnectionTraits::close(type handle) { sqlite3_close_v2(handle); }
void StatementTraits::close(type handle) { sqlite3_finalize(handle); }

Statement::Statement(sqlite3* connection, std::string_view text) : connection_(connection) {
  sqlite3_stmt* raw = nullptr;
  const auto code = sqlite3_prepare_v3(connection, text.data(), static_cast<int>(text.size()),
                                       SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) throw failure(connection, code, text);
  const auto count = sqlite3_bind_parameter_count(raw);
  for (int place = 1; place <= count; ++place) {
    const auto* const name = sqlite3_bind_parameter_name(raw, place);
    const std::string_view digits = name == nullptr ? "" : name + 1;
    std::size_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (number == 0) throw Failure(Failure::Kind::other, fmt::format("a parameter is not $1, $2, …: {}", text));
    if (places_.size() < number) places_.resize(number);
    places_[number - 1].push_back(place);
  }
}

void Statement::bind(int parameter, std::nullptr_t) {
  for (const auto place : places_.at(static_cast<std::size_t>(parameter) - 1)) sqlite3_bind_null(handle_.get(), place);
}

void Statement::bind(int parameter, std::int64_t value) {
  for (const auto place : places_.at(static_cast<std::size_t>(parameter) - 1)) {
    sqlite3_bind_int64(handle_.get(), place, value);
  }
}

void Statement::bind(int parameter, double value) {
  for (const auto place : places_.at(static_cast<std::size_t>(parameter) - 1)) {
    sqlite3_bind_double(handle_.get(), place, value);
  }
}

void Statement::bind(int parameter, std::string_view value, Text text) {
  auto* const lifetime = text == Text::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
  for (const auto place : places_.at(static_cast<std::size_t>(parameter) - 1)) {
    const auto* const data = value.data() == nullptr ? "" : value.data();
    const auto code = sqlite3_bind_text64(handle_.get(), place, data, value.size(), lifetime, SQLITE_UTF8);
    if (code != SQLITE_OK) throw failure(connection_, code, "bind");
  }
}

bool Statement::step() {
  const auto code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw failure(connection_, code, sqlite3_sql(handle_.get()));
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

Rows::Rows(std::unique_ptr<Statement> owned, Statement* statement) : owned_(std::move(owned)), statement_(statement) {
  statement_->set_in_use(true);
}
Rows::Rows(Rows&& other) noexcept
    : owned_(std::move(other.owned_)), statement_(std::exchange(other.statement_, nullptr)) {}
Rows::~Rows() {
  if (statement_ == nullptr) return;
  statement_->reset();
  statement_->set_in_use(false);
}

bool Rows::next() { return statement_->step(); }
bool Rows::is_null(int column) const { return sqlite3_column_type(statement_->handle(), column) == SQLITE_NULL; }
std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_->handle(), column); }
double Rows::real(int column) const { return sqlite3_column_double(statement_->handle(), column); }

std::string_view Rows::view(int column) const {
  const auto* const text = sqlite3_column_text(statement_->handle(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle(), column))};
}

std::optional<Time> Rows::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}
std::optional<std::int64_t> Rows::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

Result<Connection> Connection::open(const std::filesystem::path& file, Mode mode) {
  sqlite3* raw = nullptr;
  const int access = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const auto code = sqlite3_open_v2(file.c_str(), &raw, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Connection connection(raw);
  if (code != SQLITE_OK) {
    return fail(ErrorCode::internal, fmt::format("cannot open the database {}: {}", file.string(),
                                                 raw == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw)));
  }
  try {
    sqlite3_busy_timeout(raw, kBusyMilliseconds);
    if (mode == Mode::read_write)
      connection.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;");
    connection.run(
        "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;");
  } catch (const Failure& problem) {
    const auto full = problem.kind() == Failure::Kind::full;
    return fail(full ? ErrorCode::disk_full : ErrorCode::internal,
                fmt::format("cannot open the database {}: {}", file.string(), problem.what()));
  }
  return connection;
}

void Connection::run(const std::string& script) {
  const auto code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw failure(handle_.get(), code, script.substr(0, 200));
}

std::pair<std::unique_ptr<Statement>, Statement*> Connection::prepare(std::string_view text) {
  g_begun.fetch_add(1, std::memory_order_relaxed);
  const auto found = statements_.find(text);
  if (found != statements_.end() && !found->second->in_use()) return {nullptr, found->second.get()};
  auto statement = std::make_unique<Statement>(handle_.get(), text);
  auto* const pointer = statement.get();
  if (found != statements_.end()) return {std::move(statement), pointer};  // a query inside the same query
  statements_.emplace(text, std::move(statement));
  return {nullptr, pointer};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_.get()); }
std::int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}
Transaction::~Transaction() {
  if (!open_ || !connection_.in_transaction()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const Failure& problem) {
    log::error("rollback failed", {{"error", problem.what()}});
  }
}
void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) { connection_.execute("SAVEPOINT step"); }
Savepoint::~Savepoint() {
  if (!open_ || !connection_.in_transaction()) return;  // the database has undone the whole transaction by itself
  try {
    connection_.execute("ROLLBACK TO step");
    connection_.execute("RELEASE step");
  } catch (const Failure& problem) {
    log::error("undoing a savepoint failed", {{"error", problem.what()}});
  }
}
void Savepoint::release() {
  connection_.execute("RELEASE step");
  open_ = false;
}

}  // namespace recast::sql
