#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace recast::storage {

/// The MD5 of a large file that is made while it comes, in a thread of its own, so that nobody waits for it afterwards.
/// Used by one thread besides.
class Following {
 public:
  Following() = default;
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following() { give_up(); }

  /// A file that begins now and will have so many bytes; a second beginning ends it.
  void begin(const std::filesystem::path& file, std::optional<std::uint64_t> length);
  void took(std::uint64_t bytes);
  /// nullopt if it has to be made by reading the file.
  std::optional<std::string> end();

 private:
  std::uint64_t await(std::uint64_t done);
  void stop();
  void give_up();

  bool begun_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t there_ = 0;
  bool over_ = false;
  std::future<Result<std::string>> hash_;  // last: it uses the others
};

}  // namespace recast::storage
