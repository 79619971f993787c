#include <fmt/format.h>

#include <exception>

#include "run.hpp"

// Sanitised builds only: LeakSanitizer traces its own process, which no jail allows.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main(int argc, char** argv) {
  using namespace recast::jail_program;
  const auto options = parse(argc, argv);
  if (!options) {
    fmt::print(stderr, "recast-jail: {}\n", options.error().message);
    return 2;
  }
  switch (options->action) {
    case Options::Action::help:
      fmt::print("{}", kHelp);
      return 0;
    case Options::Action::probe:
      return probe();
    case Options::Action::run:
      // Nothing is expected to throw; what does (memory) must not look like a crash of the program inside.
      try {
        return run(*options);
      } catch (const std::exception& error) {
        fmt::print(stderr, "recast-jail: {}\n", error.what());
        return 125;
      }
  }
  return 2;
}
