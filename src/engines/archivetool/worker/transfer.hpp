#pragma once

#include "engines/archivetool/worker/reader.hpp"

namespace recast::engines::archivetool {

/// Gives the content of the entry it came with, once.
using Content = std::function<Result<>(const Take&)>;

/// Where the entries of an archive go.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<> folder(const Entry& entry) = 0;
  virtual Result<> file(const Entry& entry, const Content& content) = 0;
  virtual Result<> link(const Entry& entry) = 0;
  /// A further name of the file `entry.target`, which came before.
  virtual Result<> hard_link(const Entry& entry) = 0;
  /// A device, pipe or socket.
  virtual Result<> other(const Entry& entry) = 0;
};

/// Bytes of an input; 0 if it cannot be told.
std::uint64_t size_of(int fd);

/// Carries every entry of `reader` into `sink`. In a cpio archive the content of a file with several names stands with
/// the last of them: the others wait for it.
Result<> transfer(Reader& reader, Sink& sink, const std::function<void(int)>& percent);

}  // namespace recast::engines::archivetool
