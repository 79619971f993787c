#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/unique_handle.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// Rows, with parameters written $1, $2, … Errors of the database are exceptions (sql::Failure): they end the request
/// or the task anyway. One connection belongs to one thread at a time.
namespace recast::sql {

class Failure : public std::runtime_error {
 public:
  enum class Kind {
    full,        ///< no space on the disk
    constraint,  ///< unique, foreign key, not null, check
    busy,        ///< another process holds the lock for too long
    other,       ///< I/O, damage, a wrong statement
  };
  Failure(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

struct ConnectionTraits {
  using type = sqlite3*;
  static constexpr type invalid() { return nullptr; }
  static void close(type handle);
};
struct StatementTraits {
  using type = sqlite3_stmt*;
  static constexpr type invalid() { return nullptr; }
  static void close(type handle);
};

/// A prepared statement. Use it through Connection::query and Connection::execute.
class Statement {
 public:
  Statement(sqlite3* connection, std::string_view text);

  void bind(int parameter, std::nullptr_t);
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  /// Whether the statement copies a text or looks at it until it is reset: files of many megabytes go through here.
  enum class Text { copied, borrowed };
  void bind(int parameter, std::string_view value, Text text);
  bool step();
  void reset();
  sqlite3_stmt* handle() const { return handle_.get(); }
  bool in_use() const { return in_use_; }
  void set_in_use(bool in_use) { in_use_ = in_use; }

 private:
  sqlite3* connection_;
  UniqueHandle<StatementTraits> handle_;
  std::vector<std::vector<int>> places_;  ///< of $1, $2, … in SQLite's own numbering
  bool in_use_ = false;
};

/// The rows of a running query. At most one per statement text and connection at a time; resets it in the end.
class Rows {
 public:
  explicit Rows(std::unique_ptr<Statement> owned, Statement* statement);
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  bool next();
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  bool boolean(int column) const { return integer(column) != 0; }
  double real(int column) const;
  std::string_view view(int column) const;  ///< valid until the next row; empty for null
  std::string text(int column) const { return std::string(view(column)); }
  Time time(int column) const { return from_micros(integer(column)); }
  std::optional<Time> optional_time(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  std::unique_ptr<Statement> owned_;  ///< set if the cached statement was busy
  Statement* statement_;
};

class Connection {
 public:
  enum class Mode { read_write, read_only };
  /// Opens a file, creating it in read_write mode: WAL, every commit durable, foreign keys on.
  static Result<Connection> open(const std::filesystem::path& file, Mode mode);
  Connection(Connection&&) noexcept = default;
  Connection& operator=(Connection&&) noexcept = default;

  /// Several statements without parameters.
  void run(const std::string& script);

  template <class... Args>
  Rows query(std::string_view text, const Args&... args) {
    auto rows = prepare(text);
    int parameter = 0;
    (put(*rows.second, ++parameter, args, Statement::Text::copied), ...);
    return Rows(std::move(rows.first), rows.second);
  }
  /// Runs a statement to its end; the number of rows it changed.
  template <class... Args>
  std::int64_t execute(std::string_view text, const Args&... args) {
    auto [owned, statement] = prepare(text);
    Rows rows(std::move(owned), statement);  // lets go of the arguments before they are gone
    int parameter = 0;
    (put(*statement, ++parameter, args, Statement::Text::borrowed), ...);
    while (rows.next()) {
    }
    return changes();
  }
  std::int64_t last_row() const;
  bool in_transaction() const;

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::pair<std::unique_ptr<Statement>, Statement*> prepare(std::string_view text);
  std::int64_t changes() const;

  template <class T>
  static void put(Statement& statement, int parameter, const T& value, Statement::Text text) {
    if constexpr (std::is_same_v<T, std::nullptr_t>)
      statement.bind(parameter, nullptr);
    else if constexpr (std::is_same_v<T, Time>)
      statement.bind(parameter, to_micros(value));
    else if constexpr (std::is_same_v<T, JobId> || std::is_same_v<T, TaskId>) {
      if (value.empty())
        statement.bind(parameter, nullptr);
      else
        statement.bind(parameter, std::string_view(value.str()), text);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
      statement.bind(parameter, static_cast<std::int64_t>(value));
    else if constexpr (std::is_floating_point_v<T>)
      statement.bind(parameter, static_cast<double>(value));
    else
      statement.bind(parameter, std::string_view(value), text);
  }
  template <class T>
  static void put(Statement& statement, int parameter, const std::optional<T>& value, Statement::Text text) {
    if (value)
      put(statement, parameter, *value, text);
    else
      statement.bind(parameter, nullptr);
  }

  UniqueHandle<ConnectionTraits> handle_;
  std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;  ///< closed before the handle
};

/// Rolls back unless it was committed.
class Transaction {
 public:
  enum class Kind { read, write };
  Transaction(Connection& connection, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A part of a transaction that can be undone alone. Undone unless it was released.
class Savepoint {
 public:
  explicit Savepoint(Connection& connection);
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint();
  void release();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace recast::sql
