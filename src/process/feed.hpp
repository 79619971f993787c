#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::process {

/// Hands any number of files to a worker through one descriptor: a pipe into which a thread writes them as a named
/// sequence (process/sequence.hpp), as fast as the other end reads. A message to a worker has room for 200 descriptors,
/// and a task may have thousands of files; nothing is copied on the disk.
class Feed {
 public:
  struct File {
    std::filesystem::path path;
    std::string name;
  };
  static Result<std::unique_ptr<Feed>> open(std::vector<File> files);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  int descriptor() const { return reading_.get(); }
  /// When the worker is done: ends the thread. An Error if a file could not be read to its end.
  Result<> close();

 private:
  Feed(UniqueFd reading, UniqueFd writing, std::vector<File> files);
  Result<> write_all(const std::stop_token& stop) const;
  Result<> write_file(const File& file, const std::stop_token& stop) const;
  Result<> write(std::string_view bytes, const std::stop_token& stop) const;

  UniqueFd reading_;
  UniqueFd writing_;
  const std::vector<File> files_;
  Result<> outcome_;  // the thread's, until it has ended
  std::jthread thread_;
};

}  // namespace recast::process
