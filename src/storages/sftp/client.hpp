#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/object_store.hpp"
#include "storages/sftp/packets.hpp"

namespace recast::storages::sftp {

/// What carries the packets: a channel of an SSH connection. Never blocks but in wait().
class Channel {
 public:
  virtual ~Channel() = default;
  /// Takes as much as may go now; how much that was.
  virtual Result<std::size_t> write(std::string_view bytes) = 0;
  /// Appends what has come meanwhile, perhaps nothing.
  virtual Result<> read(std::string& bytes) = 0;
  /// Until something has come or may be written; may return early. timeout, cancelled, or unavailable if it is cut.
  virtual Result<> wait() = 0;
};

struct Entry {
  std::string name;
  Attributes attributes;
};

/// A file that is fetched with others.
struct SmallFile {
  std::string path;
  std::uint64_t size = 0;  ///< by the listing
};

/// The requests of SFTP version 3 over one channel; many are under way at once where files are transferred.
/// Errors of the server are not_found or unavailable; those of the channel are passed on.
class Client {
 public:
  explicit Client(Channel& channel) : channel_(channel) {}

  /// Nothing is under way.
  bool is_at_rest() const { return unanswered_ == 0 && out_.empty(); }

  /// Agrees on the version; asks for the server's limits where it tells them.
  Result<> start();
  Result<Attributes> stat(std::string_view path);
  Result<Attributes> stat_handle(std::string_view handle);
  /// A handle.
  Result<std::string> open(std::string_view path, std::uint32_t how);
  Result<> close(std::string_view handle);
  Result<> remove(std::string_view path);
  Result<> make_folder(std::string_view path);
  /// Only one that is empty.
  Result<> remove_folder(std::string_view path);
  /// In place of a file that is there.
  Result<> rename(std::string_view from, std::string_view to);
  /// Calls `each` for every entry until it returns false.
  Result<> list(std::string_view path, const std::function<Result<bool>(const Entry&)>& each);

  /// What a file holds between `done` and `end` (or its own end, if that is nullopt), written at the same places of
  /// `descriptor`, but never past `most`. On return, also with an error, all before `done` is there.
  Result<> read(std::string_view handle, std::uint64_t& done, std::optional<std::uint64_t> end, std::uint64_t most,
                int descriptor, storage::Meter& meter);
  /// Whole files, many under way at once: `take` is called for each with its place in `files` and what it holds. Those
  /// that are not there, no files, or larger by now are left out; who wants to know why asks for them alone.
  Result<> gather(std::span<const SmallFile> files,
                  const std::function<Result<>(std::size_t file, std::string_view content)>& take);
  /// The first `size` bytes of `descriptor` as those of the file. `sent` counts what the meter was told.
  Result<> write(std::string_view handle, int descriptor, std::uint64_t size, storage::Meter& meter,
                 std::uint64_t& sent);

 private:
  struct Piece {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
  };
  class Reading;
  class Gathering;

  /// Begins a request; what is answered to it has the id last_id_.
  Writer begin(Type type);
  Result<> push();
  /// An answer that has come, or that is waited for.
  Result<std::optional<Packet>> next();
  Result<Packet> await();
  /// The answer to the last request. Those to requests that were given up are passed over.
  Result<Packet> answer();
  Result<Packet> answer(Type wanted);
  /// What a status says; an error for any other packet.
  Result<Status> status_of(const Packet& packet, std::string& text) const;
  Result<> confirmed(const Packet& packet) const;
  Result<> ask_for_limits();
  Result<> fill(std::string_view handle, int descriptor, const Piece& piece);

  Channel& channel_;
  Inbox inbox_;
  std::string out_;
  std::size_t out_begin_ = 0;
  std::uint32_t last_id_ = 0;
  std::size_t unanswered_ = 0;
  std::uint32_t read_bytes_ = 32 << 10;
  std::uint32_t write_bytes_ = 32 << 10;
  bool replaces_ = false;  ///< posix-rename@openssh.com
};

}  // namespace recast::storages::sftp
