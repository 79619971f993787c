#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "schema/field.hpp"

namespace recast::net {
class Client;
}

namespace recast::storage {

namespace fs = std::filesystem;

/// One object as a listing names it: its whole name, "reports/2026/x.pdf".
struct Object {
  std::string name;
  std::uint64_t size = 0;
};

/// One of several objects that are fetched together.
struct Wanted {
  std::string name;
  std::uint64_t size = 0;  ///< by the listing; it may be another by now
  fs::path to;
};

/// How much of a task's transfers is done. Safe from many threads.
class Meter {
 public:
  /// The whole is known: expect() adds nothing to it.
  void announce(std::uint64_t bytes) {
    announced_ = true;
    total_ = bytes;
  }
  /// One more file is going to be transferred.
  void expect(std::uint64_t bytes) {
    if (!announced_) total_ += bytes;
  }
  void add(std::uint64_t bytes) { done_ += bytes; }
  /// Takes back what has to be transferred once more.
  void take_back(std::uint64_t bytes) { done_ -= bytes; }
  /// A file that was transferred, and expected, is going to be transferred and expected once more.
  void give_up(std::uint64_t bytes) {
    done_ -= bytes;
    if (!announced_) total_ -= bytes;
  }
  /// 0 to 100; 0 while nothing is known.
  int percent() const {
    const auto total = total_.load();
    const auto done = done_.load();
    if (total == 0) return 0;
    return done >= total ? 100 : static_cast<int>(static_cast<double>(done) * 100.0 / static_cast<double>(total));
  }

 private:
  std::atomic<std::uint64_t> total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<bool> announced_ = false;
};

/// Settings section "storages": what transfers from and to stores have in common (import-export.md 2.6, 2.9, 6.3).
struct TransferSettings {
  int files_at_once = 4;
  int parts_at_once = 3;
  int max_files = 1000;
  std::int64_t max_file_bytes = 10'000'000'000;
  std::int64_t max_total_bytes = 50'000'000'000;
  std::int64_t multipart_bytes = 64LL << 20;
  std::int64_t part_bytes = 16LL << 20;
  std::string state_folder;  ///< no setting: where a driver may keep files of its own; empty if nowhere

  static constexpr auto fields = std::tuple{
      schema::field(&TransferSettings::files_at_once, "files_at_once",
                    "Files of one task that are imported or exported at the same time.", {.min = 1, .max = 64}),
      schema::field(&TransferSettings::parts_at_once, "parts_at_once",
                    "Parts of one large file that are uploaded at the same time.", {.min = 1, .max = 64}),
      schema::field(&TransferSettings::max_files, "max_files", "Files that one import by prefix or folder may bring.",
                    {.min = 1, .max = 100'000}),
      schema::field(&TransferSettings::max_file_bytes, "max_file_bytes", "Size of one imported file.", {.min = 1}),
      schema::field(&TransferSettings::max_total_bytes, "max_total_bytes",
                    "Size of all files that one import by prefix or folder brings.", {.min = 1}),
      schema::field(&TransferSettings::multipart_bytes, "multipart_bytes",
                    "Files larger than this are uploaded in parts.", {.min = 1}),
      schema::field(&TransferSettings::part_bytes, "part_bytes",
                    "Size of such a part, if a store allows it; larger where there would be too many.",
                    {.min = 1 << 18}),
  };
};

/// Whose transfers these are. A server that was killed in the middle of an attempt removes in the next one what the
/// store still keeps of it.
struct Origin {
  std::string task;  ///< its id; empty if it is none
  int attempt = 1;
  std::chrono::system_clock::time_point created{};  ///< the task, by this machine's clock
};

/// What a store is opened with: the network and the limits of one task. Outlives the store.
struct Connection {
  net::Client& net;
  Deadline deadline;
  std::stop_token stop;
  TransferSettings settings;
  Origin origin{};
};

/// A bucket, container or folder of someone else's, with the credentials of one task. Safe from many threads.
///
/// Errors have texts that stand behind "Download from S3 failed: ", such as "The specified bucket does not exist
/// (Code: NoSuchBucket)", and one of the codes invalid_credentials, not_found, unavailable (whatever else the store or
/// the network says), invalid_data (a parameter cannot be used), timeout, file_too_large, cancelled, disk_full (of a
/// fetch: here; of a send: the store is full, or a quota of its is used up).
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// The objects whose names begin with `prefix`, in the store's order, without those that stand for folders. For
  /// stores that have folders, the files in the folder `prefix`. Ends once there are more than `at_most`.
  virtual Result<std::vector<Object>> list(const std::string& prefix, std::size_t at_most) = 0;
  /// Streams an object into a new file; its size. The file is left behind, incomplete, if that fails.
  virtual Result<std::uint64_t> fetch(const std::string& name, const fs::path& to, Meter& meter) = 0;
  /// Streams small objects into new files, by the calling thread; their sizes are put at the same places of `sizes`.
  /// Stores that can have many requests under way are faster than one object after the other.
  virtual Result<> fetch_some(std::span<const Wanted> objects, std::span<std::uint64_t> sizes, Meter& meter) {
    for (std::size_t at = 0; at < objects.size(); ++at) {
      RECAST_TRY(sizes[at], fetch(objects[at].name, objects[at].to, meter));
    }
    return {};
  }
  /// Streams a file into an object, in place of one that is there. All or nothing: of a failed upload no object is to
  /// be seen, and parts that the store would keep are removed.
  virtual Result<> send(const fs::path& from, const std::string& name, Meter& meter) = 0;
  /// Removing what is not there is fine.
  virtual Result<> remove(const std::string& name) = 0;
};

}  // namespace recast::storage
