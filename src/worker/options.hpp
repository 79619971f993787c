#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/result.hpp"
#include "jail/level.hpp"

namespace recast::worker {

/// The frame's arguments of a worker program.
struct Options {
  int control = -1;               ///< socket to the server
  std::filesystem::path scratch;  ///< absolute, exists
  jail::Level level = jail::Level::full;
  unsigned spares = 1;
  unsigned first_uid = 0;                  ///< as root: children have uids from here on; 0: keep the uid
  pid_t server = 0;                        ///< who started it; 0: not checked
  std::map<std::string, std::string> own;  ///< all other --name=value
};

Result<Options> parse_options(int argc, char** argv);

}  // namespace recast::worker
