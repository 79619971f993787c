#pragma once

namespace recast::store {

struct Database;

/// Rows of the files that may be used in the sandbox: a part of the Store. Safe from many threads.
class SandboxFiles {
 public:
  explicit SandboxFiles(Database& database) : database_(database) {}

 private:
  [[maybe_unused]] Database& database_;
};

}  // namespace recast::store
