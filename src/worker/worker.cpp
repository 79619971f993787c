#include "worker/worker.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <optional>

#include "process/wire.hpp"
#include "worker/confinement.hpp"
#include "worker/options.hpp"
#include "worker/parent.hpp"

// Sanitised builds only: LeakSanitizer traces its own process, which no jail allows.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

namespace recast::worker {

namespace {
using Make = std::function<std::unique_ptr<Worker>(const std::map<std::string, std::string>&)>;

Result<> run(const Options& options, Worker& worker) {
  auto confinement = Confinement::enter(options, worker.profile());
  if (!confinement) {
    process::send_message(options.control, "failed " + confinement.error().message, {}, process::Patience::none);
    return std::unexpected(confinement.error());
  }
  Parent parent(worker, *confinement, UniqueFd(options.control), options.spares);
  const auto done =
      worker.run(confinement->parent_scratch(), [&](const std::string& version) { parent.serve(version); });
  if (!done) parent.give_up(done.error().message);
  return done;
}
}  // namespace

int run_worker(int argc, char** argv, const Make& make) {
  const auto options = parse_options(argc, argv);
  if (!options) {
    fmt::print(stderr, "{}\n", options.error().message);
    return 2;
  }
  ::fcntl(options->control, F_SETFD, FD_CLOEXEC);
  ::signal(SIGPIPE, SIG_IGN);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  int status = 0;
  try {
    const auto worker = make(options->own);
    if (const auto done = run(*options, *worker); !done) {
      fmt::print(stderr, "{}\n", done.error().message);
      status = 1;
    }
  } catch (const std::exception& exception) {
    fmt::print(stderr, "{}\n", exception.what());
    status = 1;
  }
  // A loaded library's destructors have nothing to save, and some of them wait for threads that fork() has lost.
  ::fflush(nullptr);
  ::_exit(status);
}

}  // namespace recast::worker
