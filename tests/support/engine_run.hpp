#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/unique_handle.hpp"
#include "engine/engine.hpp"
#include "execution/executor.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"
#include "identity.hpp"
#include "temporary_folder.hpp"

/// Runs the plans of an engine as the server does, in the strictest jail this machine can give.
namespace recast::test {

namespace fs = std::filesystem;

/// Where the build puts recastd, recast-jail and the workers.
inline fs::path binaries() {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  return folder != nullptr ? fs::path(folder) : fs::absolute("build/dev/bin");
}

/// For engines whose plans only run programs.
class NoWorkers final : public process::Workers {
 public:
  Result<process::WorkerReply> run(const std::string& name, const process::WorkerJob&, Deadline,
                                   std::stop_token) override {
    return fail(ErrorCode::unavailable, "no worker " + name);
  }
  std::vector<process::WorkerStatus> status() const override { return {}; }
  Result<std::string> wait_ready(const std::string& name, Deadline) override {
    return fail(ErrorCode::unavailable, "no worker " + name);
  }
};

class EngineRun {
 public:
  explicit EngineRun(process::Workers* workers = nullptr) {
    ::chmod(folder_.path().c_str(), 0755);
    const auto jail = binaries() / "recast-jail";
    auto runner = process::Runner::open({.jail_program = jail,
                                         .level = process::probe(jail).level,
                                         .first_uid = first_uid(),
                                         .uid_count = 8});
    if (!runner) throw std::runtime_error(runner.error().message);
    runner_ = std::move(*runner);
    executor_ = std::make_unique<execution::Executor>(settings_, *runner_, workers == nullptr ? no_workers_ : *workers);
  }

  /// Plans and runs one conversion of files that lie anywhere. The output files, as a task would get them.
  Result<std::vector<fs::path>> convert(const engine::Engine& engine, const std::string& from, const std::string& to,
                                        const std::vector<fs::path>& files, const boost::json::object& options = {},
                                        Deadline deadline = Deadline::in(std::chrono::seconds(100)),
                                        std::stop_token stop = {}) {
    percents.clear();
    engine::Request request{.inputs = {}, .from = from, .to = to, .options = options, .engine = {}, .install = {}};
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto extension = i == 0 ? "." + from : files[i].extension().string();
      request.inputs.push_back("in/in-" + std::to_string(i + 1) + extension);
    }
    RECAST_TRY(const auto plan, engine.plan(request));
    operation::Execution execution;
    execution.plan = &plan;
    execution.inputs = files;
    execution.input_names = request.inputs;
    return executor_->execute({.execution = &execution,
                               .folder = folder_ / ("job-" + std::to_string(++jobs_)),
                               .deadline = deadline,
                               .stop = std::move(stop),
                               .on_percent = [this](int percent) { percents.push_back(percent); }});
  }

  const TemporaryFolder& folder() const { return folder_; }
  std::vector<int> percents;  ///< what the last conversion reported

 private:
  TemporaryFolder folder_;
  execution::Settings settings_;
  NoWorkers no_workers_;
  std::unique_ptr<process::Runner> runner_;
  std::unique_ptr<execution::Executor> executor_;
  int jobs_ = 0;
};

/// A listener on 127.0.0.1 that nobody may call.
class Canary {
 public:
  Canary() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(socket_.get(), 8) != 0 ||
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("canary");
    }
    port_ = ntohs(address.sin_port);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  bool called() const {
    pollfd entry{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) > 0;
  }

 private:
  UniqueFd socket_;
  unsigned port_ = 0;
};

}  // namespace recast::test
