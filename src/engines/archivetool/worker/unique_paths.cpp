#include "engines/archivetool/worker/unique_paths.hpp"

#include <string_view>

#include "format/format.hpp"

namespace recast::engines::archivetool {

std::string UniquePaths::take(const std::string& path) {
  if (taken_.insert(path).second) return path;
  const auto slash = path.rfind('/') + 1;
  const auto folder = path.substr(0, slash);
  const std::string_view name = std::string_view(path).substr(slash);
  const std::string beginning(format::stem(name));
  const std::string ending(format::extension(name));
  for (;;) {
    auto next = folder + beginning + "-" + std::to_string(++last_[path]) + ending;
    if (taken_.insert(next).second) return next;
  }
}

}  // namespace recast::engines::archivetool
