#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "../../tests/support/identity.hpp"
#include "../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "process/sequence.hpp"
#include "process/workers.hpp"
#include "worker/worker.hpp"

/// A resident worker of the test program, in every jail and as root and as a user.
namespace recast::worker {

using process::JailLevel;
using process::WorkerJob;
using process::WorkerReply;
using process::Workers;
using process::WorkerSpec;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::TemporaryFolder;
using Steady = std::chrono::steady_clock;

inline fs::path binaries() {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  return folder != nullptr ? fs::path(folder) : fs::path("build/dev/bin");
}

enum class Who { root, user };
struct Mode {
  JailLevel level;
  Who who;
};

inline std::string mode_name(const testing::TestParamInfo<Mode>& info) {
  const std::string level = info.param.level == JailLevel::full ? "Full" : "Landlock";
  return level + (info.param.who == Who::root ? "AsRoot" : "AsUser");
}

/// The pids of recast-test-worker processes whose command line names this folder.
inline std::vector<pid_t> parents_in(const fs::path& folder) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::string line;  // a process that ends while it is read gives an error, not a line
    std::getline(std::ifstream(entry.path() / "cmdline"), line);
    if (line.find("recast-test-worker") != std::string::npos && line.find(folder.string()) != std::string::npos) {
      found.push_back(std::atoi(entry.path().filename().c_str()));
    }
  }
  return found;
}

class ResidentWorker : public testing::TestWithParam<Mode> {
 protected:
  void SetUp() override {
    if (GetParam().who == Who::root && ::geteuid() != 0) GTEST_SKIP() << "needs root";
#ifdef __SANITIZE_THREAD__
    // The sanitizer's own thread: only a process of one thread may make a user namespace.
    if (GetParam().who == Who::user && GetParam().level == JailLevel::full) GTEST_SKIP() << "not under TSan";
#endif
    ::chmod(temp_.path().c_str(), 0755);
    fs::create_directory(temp_ / "scratch");
    ::chmod((temp_ / "scratch").c_str(), 0777);
  }

  void TearDown() override {
    workers_.reset();
    const auto deadline = Deadline::in(seconds(5));
    while (!parents_in(temp_.path()).empty() && !deadline.expired()) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_THAT(parents_in(temp_.path()), testing::IsEmpty()) << "a parent or child outlived its server";
  }

  fs::path executable() const {
    auto worker = binaries() / "recast-test-worker";
    return GetParam().who == Who::root ? worker : test::without_root(temp_, worker);
  }

  void open(WorkerSpec spec = {}, milliseconds start_timeout = seconds(60)) {
    spec.name = "test";
    spec.executable = executable();
    auto opened = Workers::open({.scratch = temp_ / "scratch",
                                 .level = GetParam().level,
                                 .first_uid = GetParam().who == Who::root ? test::first_uid() : 0U,
                                 .start_timeout = start_timeout,
                                 .patience = seconds(1)},
                                {std::move(spec)});
    ASSERT_TRUE(opened) << opened.error().message;
    workers_ = std::move(*opened);
  }

  Result<WorkerReply> run(const json::object& request, Limits limits = {}, std::stop_token stop = {},
                          Deadline deadline = Deadline::in(seconds(30)), std::function<void(int)> on_percent = {}) {
    if (!workers_) open();
    const auto input = temp_.write("input", "some bytes");
    const UniqueFd in(::open(input.c_str(), O_RDONLY | O_CLOEXEC));
    output_ = UniqueFd(::open((temp_ / "output").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    return workers_->run("test",
                         {.request = json::serialize(request),
                          .inputs = {in.get()},
                          .outputs = {output_.get()},
                          .limits = limits,
                          .on_percent = std::move(on_percent)},
                         deadline, std::move(stop));
  }
  json::object reply(const json::object& request, Limits limits = {}) {
    const auto answer = run(request, limits);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? json::parse(answer->result).as_object() : json::object{};
  }
  std::string outcome(const json::object& request) {
    const auto object = reply(request);
    return object.contains("outcome") ? std::string(object.at("outcome").as_string()) : json::serialize(object);
  }
  ErrorCode error(const json::object& request, Limits limits = {}) {
    const auto answer = run(request, limits);
    EXPECT_FALSE(answer) << answer->result;
    return answer ? ErrorCode::internal : answer.error().code;
  }
  process::WorkerStatus status() const { return workers_->status().front(); }
  template <class Condition>
  bool becomes(Condition&& condition) const {
    const auto deadline = Deadline::in(seconds(10));
    while (!condition()) {
      if (deadline.expired()) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
  }

  TemporaryFolder temp_;
  std::unique_ptr<Workers> workers_;
  UniqueFd output_;
};

inline const auto kDenied = testing::AnyOf("EPERM", "EACCES", "ENOENT", "EROFS");

}  // namespace recast::worker
