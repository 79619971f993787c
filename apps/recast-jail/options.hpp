#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "jail/level.hpp"

namespace recast::jail_program {

namespace fs = std::filesystem;

/// The arguments of recast-jail.
struct Options {
  enum class Action { run, help, probe };
  Action action = Action::run;
  jail::Level level = jail::Level::full;
  fs::path executable;
  fs::path work;
  std::optional<uid_t> uid;
  std::vector<fs::path> readable;
  Limits limits;
  bool local_sockets = false;
  std::string input;                   ///< standard input, seen from the working folder
  std::string output;                  ///< standard output, seen from the working folder
  int report = -1;                     ///< descriptor for the report; -1: none
  pid_t parent = 0;                    ///< who started it; 0: not checked
  std::vector<std::string> arguments;  ///< of the program
};

Result<Options> parse(int argc, char** argv);

extern const char* const kHelp;

}  // namespace recast::jail_program
