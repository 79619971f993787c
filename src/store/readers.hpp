#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <type_traits>
#include <vector>

#include "sql/sql.hpp"

namespace recast::store {

/// Connections for reading: each read sees one state of the database, whatever is written meanwhile.
class Readers {
 public:
  explicit Readers(std::filesystem::path file) : file_(std::move(file)) {}

  /// Runs `look` (a function from sql::Connection& to Result<T>). unavailable if no connection becomes free in time.
  template <class Look>
  auto read(Look&& look) -> std::invoke_result_t<Look, sql::Connection&> {
    RECAST_TRY(Lease lease, take());
    sql::Transaction transaction(*lease.connection, sql::Transaction::Kind::read);
    return look(*lease.connection);
  }

 private:
  /// Gives the connection back. Destroyed after the transaction on it.
  struct Lease {
    Lease(Readers& readers, std::unique_ptr<sql::Connection> one) : owner(&readers), connection(std::move(one)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection) owner->give_back(std::move(connection));
    }
    Readers* owner;
    std::unique_ptr<sql::Connection> connection;
  };

  Result<Lease> take();
  void give_back(std::unique_ptr<sql::Connection> connection);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<sql::Connection>> free_;
  int open_ = 0;
};

}  // namespace recast::store
