#pragma once

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engines/archivetool/worker/guard.hpp"
#include "engines/archivetool/worker/library.hpp"
#include "engines/archivetool/worker/names.hpp"
#include "engines/archivetool/worker/order.hpp"
#include "engines/archivetool/worker/plain_rar.hpp"

namespace recast::engines::archivetool {

/// Takes content piece by piece.
using Take = std::function<Result<>(std::span<const char>)>;

/// Reads an archive of one known format, entry by entry. Errors: open_failed for what is damaged or encrypted (then the
/// field is "password"), output_limit from the guard, memory_limit.
class Reader {
 public:
  /// From the start of `fd`; everything that comes out is counted by `guard`.
  static Result<Reader> open(int fd, const Order& order, Guard& guard);

  /// The next entry; nullopt at the end. What was not taken of the one before is skipped.
  Result<std::optional<Entry>> next();
  /// The content of the entry that next() gave last. A size that the archive gave is the size, or it is damaged.
  Result<> content(const Take& take);
  /// How much of the archive has been read.
  int percent() const;

 private:
  using Handle = UniqueHandle<ReadTraits>;
  /// An archive inside an archive: what the outer one's only entry gives.
  struct Outer {
    Handle handle;
    std::vector<char> buffer;
    std::pair<archive*, std::vector<char>*> source;
  };

  /// A RAR archive, decrypted on its way to libarchive.
  struct Decrypted {
    std::unique_ptr<PlainRar> archive;
    std::optional<Error> error;  ///< why it could not go on
    static la_ssize_t read(struct archive* handle, void* self, const void** bytes);
  };

  Reader(Order order, Guard& guard, std::uint64_t size) : order_(std::move(order)), guard_(&guard), size_(size) {}
  Result<> open_plain(int fd, std::string_view format);
  Result<> open_nested(int fd);
  int open_handle(int fd);
  int next_header(archive_entry*& entry) const;
  Result<> check_first();
  Result<Entry> describe(archive_entry* entry) const;
  std::string name_of(archive_entry* entry) const;
  Result<> zeros(std::uint64_t count, const Take& take) const;
  Error fault() const;

  Order order_;
  Guard* guard_;
  std::uint64_t size_;
  int input_ = -1;
  std::unique_ptr<Outer> outer_;          // outlives the handle that reads from it
  std::unique_ptr<Decrypted> decrypted_;  // so does this
  Handle handle_;
  std::optional<std::uint64_t> claimed_;  // size of the current entry
  bool encrypted_ = false;                // the current entry
  bool first_ = true;
  std::uint64_t entries_ = 0;  // that next() gave
};

}  // namespace recast::engines::archivetool
