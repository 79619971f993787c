#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::storage {

namespace fs = std::filesystem;

/// Where a file lies in a storage: "{task id}/{number}", made by us, never from a client's name.
class Key {
 public:
  /// One or more components of [A-Za-z0-9._-], none of them "." or ".."; invalid_data otherwise.
  static Result<Key> parse(std::string_view text);
  const std::string& str() const { return text_; }
  auto operator<=>(const Key&) const = default;

 private:
  explicit Key(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A file that is to be kept, and as what.
struct Deposit {
  Key key;
  fs::path file;
};

struct Stat {
  std::uint64_t size = 0;
};

/// Holds files. A key is written once; put is all or nothing and durable when it returns. Safe from many threads.
class Storage {
 public:
  virtual ~Storage() = default;
  /// Takes the file's content; may link or move it, so the caller must not change it afterwards. disk_full if so.
  virtual Result<> put(const Key& key, const fs::path& file) = 0;
  /// Puts many files, which are durable together when it returns: cheaper than one after the other. After an error
  /// some may be there, and the caller removes them.
  virtual Result<> put_all(std::span<const Deposit> deposits) {
    for (const auto& deposit : deposits) RECAST_CHECK(put(deposit.key, deposit.file));
    return {};
  }
  /// Makes the content readable at `to` (a link where it can be); not_found if there is none.
  virtual Result<Stat> get(const Key& key, const fs::path& to) = 0;
  /// Opens for reading, for streaming to a client.
  virtual Result<UniqueFd> open(const Key& key) = 0;
  /// Calls `each` with every key that begins with `prefix`, in any order; it may remove what it was called with. Its
  /// error ends the listing.
  virtual Result<> list(std::string_view prefix, const std::function<Result<>(const Key&)>& each) = 0;
  /// Removing what is not there is fine.
  virtual Result<> remove(const Key& key) = 0;
};

}  // namespace recast::storage
