#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/guarded.hpp"
#include "storage/object_store.hpp"
#include "storage/storage.hpp"

namespace recast::storage {

/// What a driver of our own files gets beside its settings. Outlives the storage.
struct Surroundings {
  net::Client* net = nullptr;  ///< for those that are not on this machine
  fs::path spool;              ///< folder for files on their way
  std::string installation{};  ///< whose files these are; empty: nobody asks
};

/// Our own files in an object store, so that several machines can share them. Every object's name is a prefix and the
/// key. Connections stay open between calls; a store is opened anew now and then.
class RemoteStorage final : public Storage {
 public:
  using Open = std::function<Result<std::unique_ptr<ObjectStore>>(const Connection&)>;
  /// conflict if the place is another installation's: each removes files that its own database does not know.
  static Result<std::unique_ptr<Storage>> open(Open open, std::string prefix, Surroundings around);

  Result<> put(const Key& key, const fs::path& file) override;
  Result<> put_all(std::span<const Deposit> deposits) override;
  Result<Stat> get(const Key& key, const fs::path& to) override;
  Result<UniqueFd> open(const Key& key) override;
  Result<> list(std::string_view prefix, const std::function<Result<>(const Key&)>& each) override;
  Result<> remove(const Key& key) override;

 private:
  /// A store with the connection it lives on.
  struct Opened {
    Connection connection;
    std::unique_ptr<ObjectStore> store;
    std::chrono::steady_clock::time_point since;
  };
  RemoteStorage(Open open, std::string prefix, Surroundings around);
  Result<std::shared_ptr<Opened>> opened() const;
  Result<> claim() const;
  Result<fs::path> spooled(const Key& key) const;

  Open open_;
  std::string prefix_;
  Surroundings around_;
  mutable Guarded<std::shared_ptr<Opened>> current_;
};

}  // namespace recast::storage
