// Plays the scripts named as arguments, each against a server of its own. With --serve instead: runs such a server
// until its standard input ends, for trying things out by hand.
#include <cstdio>
#include <exception>
#include <string_view>

#include "base/log.hpp"
#include "play.hpp"

namespace {

int play(const char* file) {
  using namespace recast;
  const auto steps = api_test::parse_script(test::read_file(file));
  if (!steps) {
    std::printf("%s: %s\n", file, steps.error().message.c_str());
    return 1;
  }
  api_test::TestServer server({});
  const auto wrong = api_test::Player(server).play(*steps);
  for (const auto& line : wrong) std::printf("%s:%s\n", file, line.c_str());
  if (wrong.empty()) std::printf("%s: %zu requests as expected\n", file, steps->size());
  return wrong.empty() ? 0 : 1;
}

int serve() {
  recast::api_test::TestServer server({});
  for (const auto& [name, value] : server.values()) std::printf("%s %s\n", name.c_str(), value.c_str());
  std::printf("sync_port %d\n", server.port("sync"));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  recast::log::configure(recast::log::Level::error, recast::log::Format::text);
  if (argc == 2 && std::string_view(argv[1]) == "--serve") return serve();
  int failures = 0;
  for (int i = 1; i < argc; ++i) {
    try {
      failures += play(argv[i]);
    } catch (const std::exception& error) {
      std::printf("%s: %s\n", argv[i], error.what());
      ++failures;
    }
  }
  return failures == 0 && argc > 1 ? 0 : 1;
}
