#pragma once

#include <map>
#include <string>
#include <unordered_set>

namespace recast::engines::archivetool {

/// Paths of an archive that is being written: a later one that is taken gets "-1", "-2" before its extension, as equal
/// names of a task's files do.
class UniquePaths {
 public:
  std::string take(const std::string& path);

 private:
  std::unordered_set<std::string> taken_;
  std::map<std::string, std::size_t> last_;  // so that many equal paths do not try the same numbers again and again
};

}  // namespace recast::engines::archivetool
