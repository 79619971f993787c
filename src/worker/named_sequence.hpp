#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::worker {

/// Any number of named files through one output, in the order they are written. The server splits them
/// (process/sequence.hpp) and checks the names: clean relative paths.
class NamedSequence {
 public:
  explicit NamedSequence(int fd) : fd_(fd) {}

  Result<> begin(std::string_view name);
  Result<> write(std::span<const char> bytes);
  /// Where the content of the file lies in the output, now that it is complete.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  Result<Place> end();

  /// A file with the content of one that has ended.
  Result<Place> repeat(std::string_view name, Place content);

 private:
  int fd_;
  std::uint64_t position_ = 0;
  std::uint64_t content_ = 0;  // where that of the file being written begins
};

/// The head of the next file of a stream that process::Feed fills; its `size` bytes follow on `fd`. nullopt at the end;
/// internal if the stream breaks off.
struct StreamedFile {
  std::string name;
  std::uint64_t size = 0;
};
Result<std::optional<StreamedFile>> next_streamed_file(int fd);
/// Fills `buffer` from the stream.
Result<> read_streamed(int fd, std::span<char> buffer);

}  // namespace recast::worker
