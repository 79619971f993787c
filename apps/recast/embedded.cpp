#include "embedded.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

namespace recast::cli {

namespace {

fs::path server_program() {
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& candidate : {own / "recastd", own.parent_path() / "sbin/recastd", fs::path("/usr/sbin/recastd"),
                                fs::path("/usr/bin/recastd")}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

std::string line_of(const fs::path& file, int number) {
  std::ifstream in(file);
  std::string line;
  for (int i = 0; i < number; ++i) std::getline(in, line);
  return line;
}

}  // namespace

Result<std::unique_ptr<Embedded>> Embedded::start(bool verbose) {
  const auto program = server_program();
  if (program.empty()) {
    return fail(ErrorCode::unavailable,
                "There is no recastd beside recast. Name a server with --server or RECAST_URL.");
  }
  std::unique_ptr<Embedded> self(new Embedded());
  auto pattern = (fs::temp_directory_path() / "recast-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return std::unexpected(from_errno(errno, "a temporary folder"));
  self->folder_ = pattern;
  const std::vector<std::string> arguments{program.string(),
                                           "--data=" + pattern + "/data",
                                           "--server.port=0",
                                           "--server.sync_port=-1",
                                           "--server.port_file=" + pattern + "/ports",
                                           "--first-key-file=" + pattern + "/key",
                                           "--server.access_log=false",
                                           "--scheduler.shutdown_seconds=1",
                                           verbose ? "--server.log_level=info" : "--server.log_level=error"};
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));  // execv's old signature
  argv.push_back(nullptr);
  const auto parent = ::getpid();
  self->process_ = ::fork();
  if (self->process_ < 0) return std::unexpected(from_errno(errno, "fork"));
  if (self->process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    ::setpgid(0, 0);  // Ctrl-C reaches us alone; we end the server in order
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  RECAST_CHECK(self->wait_until_ready());
  return self;
}

Result<> Embedded::wait_until_ready() {
  using namespace std::chrono_literals;
  const auto ports = folder_ / "ports";
  for (const auto end = std::chrono::steady_clock::now() + 120s; std::chrono::steady_clock::now() < end;) {
    if (fs::exists(ports)) {
      endpoint_.url = "http://127.0.0.1:" + line_of(ports, 1);
      endpoint_.key = line_of(folder_ / "key", 1);
      return {};
    }
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return fail(ErrorCode::unavailable, "The private server did not start; run again with --verbose to see why.");
    }
    std::this_thread::sleep_for(20ms);
  }
  return fail(ErrorCode::unavailable, "The private server did not start within two minutes.");
}

Embedded::~Embedded() {
  if (process_ > 0) {
    ::kill(process_, SIGTERM);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    int status = 0;
    while (::waitpid(process_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > end) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace recast::cli
