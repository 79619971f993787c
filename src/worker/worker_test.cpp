#include "worker/worker.hpp"

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

namespace recast::worker {
namespace {

using process::JailLevel;
using process::WorkerJob;
using process::WorkerReply;
using process::Workers;
using process::WorkerSpec;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::TemporaryFolder;
using Steady = std::chrono::steady_clock;

fs::path binaries() {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  return folder != nullptr ? fs::path(folder) : fs::path("build/dev/bin");
}

enum class Who { root, user };
struct Mode {
  JailLevel level;
  Who who;
};

std::string mode_name(const testing::TestParamInfo<Mode>& info) {
  const std::string level = info.param.level == JailLevel::full ? "Full" : "Landlock";
  return level + (info.param.who == Who::root ? "AsRoot" : "AsUser");
}

/// The pids of recast-test-worker processes whose command line names this folder.
std::vector<pid_t> parents_in(const fs::path& folder) {
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

const auto kDenied = testing::AnyOf("EPERM", "EACCES", "ENOENT", "EROFS");

TEST_P(ResidentWorker, ConvertsFromDescriptorToDescriptor) {
  std::vector<int> percents;
  const auto answer =
      run({{"do", "copy"}}, {}, {}, Deadline::in(seconds(30)), [&](int percent) { percents.push_back(percent); });
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(json::parse(answer->result).at("bytes").as_int64(), 10);
  EXPECT_EQ(test::read_file(temp_ / "output"), "some bytes");
  EXPECT_GT(answer->report.max_rss, 0U);
  EXPECT_GT(answer->report.setup.count(), 0);
  EXPECT_TRUE(answer->report.ok());
  for (const int percent : percents) EXPECT_THAT(percent, testing::AnyOf(50, 100));
}

TEST_P(ResidentWorker, SaysItsVersionWhenItIsReady) {
  open({.spares = 2});
  EXPECT_EQ(workers_->wait_ready("test", Deadline::in(seconds(30))).value(), "test 1.0");
  EXPECT_TRUE(becomes([&] { return status().spares == 2; }));
  EXPECT_TRUE(status().ready);
  EXPECT_EQ(status().restarts, 0U);
}

TEST_P(ResidentWorker, UsesEachChildOnce) {
  std::set<std::string> tokens;
  for (int i = 0; i < 5; ++i) {
    const auto object = reply({{"do", "copy"}});
    EXPECT_EQ(object.at("jobs").as_int64(), 1);
    tokens.insert(std::string(object.at("token").as_string()));
    if (GetParam().who == Who::root) {
      EXPECT_GE(object.at("uid").as_int64(), test::first_uid());
    }
  }
  EXPECT_EQ(tokens.size(), 5U);
}

TEST_P(ResidentWorker, WorksWithoutSpares) {
  open({.spares = 0});
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
}

TEST_P(ResidentWorker, LeavesSeveralOutputsInOneFile) {
  reply({{"do", "sequence"}});
  const auto files =
      process::split_sequence(output_.get(), {}, [&](std::size_t i) { return temp_ / std::to_string(i); });
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(test::read_file(temp_ / "0") + test::read_file(temp_ / "1"), "onetwo");
}

TEST_P(ResidentWorker, CannotReadOrWriteTheServersFiles) {
  temp_.write("canary", "secret");
  for (const auto& path :
       {std::string("/etc/passwd"), (temp_ / "canary").string(), std::string("/root"), std::string("/proc/self/maps"),
        std::string("/proc/1/environ"), (temp_ / "scratch").string()}) {
    EXPECT_THAT(outcome({{"do", "read"}, {"path", path}}), kDenied) << path;
  }
  for (const auto* const path : {"/usr/new", "/new", "/scratch/new", "/etc/new"}) {
    EXPECT_THAT(outcome({{"do", "write"}, {"path", path}}), kDenied) << path;
  }
  EXPECT_EQ(outcome({{"do", "read"}, {"path", "/usr/bin/true"}}), "yes");
}

TEST_P(ResidentWorker, SeesItsParentsFilesButCannotChangeThem) {
  EXPECT_EQ(outcome({{"do", "profile"}}), "yes");
  EXPECT_THAT(outcome({{"do", "profile"}, {"write", 1}}), kDenied);
  if (GetParam().level == JailLevel::full) {
    EXPECT_EQ(outcome({{"do", "inner"}}), "yes");
  }
}

TEST_P(ResidentWorker, HasNoSocketsNoProcessesAndNoSignals) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    EXPECT_EQ(outcome({{"do", "socket"}, {"family", family}}), "EPERM");
  }
  EXPECT_EQ(outcome({{"do", "fork"}, {"path", "/usr/bin/true"}}), "EPERM");
  EXPECT_EQ(outcome({{"do", "kill"}, {"pid", ::getpid()}}), "EPERM");
}

TEST_P(ResidentWorker, HasOneSocketAndAPlainEnvironment) {
  const auto object = reply({{"do", "show"}});
  EXPECT_EQ(object.at("sockets").as_array().size(), 1U);
  const auto scratch = std::string(object.at("scratch").as_string());
  std::vector<std::string> environment;
  for (const auto& variable : object.at("environment").as_array()) environment.emplace_back(variable.as_string());
  EXPECT_THAT(environment, testing::UnorderedElementsAre("PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + scratch,
                                                         "TMPDIR=" + scratch));
  if (GetParam().level == JailLevel::full) {
    EXPECT_EQ(object.at("pid").as_int64(), 1);
  }
}

TEST_P(ResidentWorker, CannotSeeAnotherJobsScratchFile) {
  open({.spares = 2, .parallel = 3});
  std::stop_source stop;
  std::atomic<bool> hanging = false;
  std::jthread other([&] {
    const auto answer =
        workers_->run("test", {.request = R"({"do":"hang"})", .on_percent = [&](int) { hanging = true; }},
                      Deadline::in(seconds(30)), stop.get_token());
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
  });
  ASSERT_TRUE(becomes([&] { return hanging.load(); }));
  std::vector<std::string> places{"/tmp/secret"};
  for (int slot = 0; slot < 3; ++slot)
    places.push_back((temp_ / ("scratch/test/job-" + std::to_string(slot) + "/secret")).string());
  for (const auto& place : places) EXPECT_THAT(outcome({{"do", "read"}, {"path", place}}), kDenied) << place;
  stop.request_stop();
}

TEST_P(ResidentWorker, EndsAtTheLimitOfItsMemory) {
  EXPECT_EQ(error({{"do", "allocate"}, {"megabytes", 300}}, {.memory = 100 << 20}), ErrorCode::memory_limit);
  EXPECT_EQ(reply({{"do", "allocate"}, {"megabytes", 50}}, {.memory = 100 << 20}).at("outcome").as_string(), "yes");
}

TEST_P(ResidentWorker, EndsAtTheLimitOfItsOutput) {
  EXPECT_EQ(error({{"do", "fill"}, {"megabytes", 20}}, {.output = 5 << 20}), ErrorCode::output_limit);
  EXPECT_LE(fs::file_size(temp_ / "output"), 5U << 20);
}

TEST_P(ResidentWorker, EndsAtTheLimitOfItsScratchFolder) {
  if (GetParam().level != JailLevel::full) GTEST_SKIP() << "only a full jail has a file system of its own";
  EXPECT_EQ(error({{"do", "fill-scratch"}, {"megabytes", 20}}), ErrorCode::disk_full);
}

TEST_P(ResidentWorker, EndsAtTheLimitOfItsProcessorTime) {
  EXPECT_EQ(error({{"do", "spin"}}, {.cpu = seconds(1)}), ErrorCode::cpu_limit);
}

TEST_P(ResidentWorker, EndsAtTheLimitOfItsTime) {
  const auto start = Steady::now();
  EXPECT_EQ(error({{"do", "hang"}}, {.wall = seconds(1)}), ErrorCode::timeout);
  EXPECT_LT(Steady::now() - start, seconds(3));
}

TEST_P(ResidentWorker, EndsAtTheDeadlineOfItsCaller) {
  open();
  ASSERT_TRUE(workers_->wait_ready("test", Deadline::in(seconds(30))));
  EXPECT_EQ(run({{"do", "hang"}}, {}, {}, Deadline::in(milliseconds(300))).error().code, ErrorCode::timeout);
}

TEST_P(ResidentWorker, CannotRaiseItsLimitsAgain) { EXPECT_EQ(outcome({{"do", "raise-limits"}}), "EPERM"); }

TEST_P(ResidentWorker, IsCancelledWithinASecond) {
  std::stop_source stop;
  Steady::time_point asked;
  const auto answer = run({{"do", "hang"}}, {}, stop.get_token(), Deadline::in(seconds(30)), [&](int) {
    asked = Steady::now();
    stop.request_stop();
  });
  EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
  EXPECT_LT(Steady::now() - asked, seconds(1));
  EXPECT_EQ(status().restarts, 0U);
}

TEST_P(ResidentWorker, SurvivesACrashOfItsChild) {
  const auto answer = run({{"do", "crash"}});
  EXPECT_EQ(answer.error().code, ErrorCode::worker_lost);
  EXPECT_THAT(answer.error().message, testing::HasSubstr("signal 4"));
  EXPECT_THAT(run({{"do", "exit"}}).error().message, testing::HasSubstr("status 3"));
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
  EXPECT_EQ(status().restarts, 0U);
}

TEST_P(ResidentWorker, PassesOnWhatTheChildSaysOfTheDocument) {
  const auto answer =
      run({{"do", "error"}, {"code", static_cast<int>(ErrorCode::open_failed)}, {"message", "It is \x01 damaged."}});
  EXPECT_EQ(answer.error().code, ErrorCode::open_failed);
  EXPECT_EQ(answer.error().message, "It is  damaged.");
  EXPECT_EQ(error({{"do", "error"}, {"code", static_cast<int>(ErrorCode::unauthenticated)}}),
            ErrorCode::conversion_failed);
  EXPECT_EQ(run({{"do", "throw"}}).error().message, "thrown");
  EXPECT_EQ(error({{"do", "long"}}), ErrorCode::conversion_failed);
}

TEST_P(ResidentWorker, KeepsTheTailOfWhatAChildComplains) {
  const auto answer = run({{"do", "complain"}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->report.errors, "a complaint \xEF\xBF\xBD\n");
}

TEST_P(ResidentWorker, DoesNotBelieveItsChildren) {
  for (const auto* const text : {"", "nonsense", "ok\n[1]", "ok\n{", "ok", "error 999999999999999999999\nx",
                                 "percent 1000", "jailed", "end 1 0 0 0 0 0 0 0\nok\n{}"}) {
    const auto answer = run({{"do", "forge"}, {"text", text}}, {.wall = seconds(1)});
    ASSERT_FALSE(answer) << text;
    EXPECT_THAT(answer.error().code,
                testing::AnyOf(ErrorCode::conversion_failed, ErrorCode::worker_lost, ErrorCode::timeout))
        << text;
  }
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
}

TEST_P(ResidentWorker, IsStartedAgainWhenItIsKilled) {
  open();
  std::vector<std::jthread> threads;
  std::atomic<int> lost = 0;
  std::atomic<bool> hanging = false;
  threads.emplace_back([&] {
    const auto answer =
        workers_->run("test", {.request = R"({"do":"hang"})", .on_percent = [&](int) { hanging = true; }},
                      Deadline::in(seconds(30)), {});
    lost += !answer && answer.error().code == ErrorCode::worker_lost ? 1 : 0;
  });
  ASSERT_TRUE(becomes([&] { return hanging.load(); }));
  for (const auto pid : parents_in(temp_.path())) ::kill(pid, SIGKILL);
  threads.clear();
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
  EXPECT_EQ(status().restarts, 1U);
}

TEST_P(ResidentWorker, IsStartedAgainWhenItHangs) {
  open({.spares = 0});
  ASSERT_TRUE(workers_->wait_ready("test", Deadline::in(seconds(30))));
  for (const auto pid : parents_in(temp_.path())) ::kill(pid, SIGSTOP);
  EXPECT_EQ(run({{"do", "copy"}}, {}, {}, Deadline::in(milliseconds(200))).error().code, ErrorCode::timeout);
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
  EXPECT_EQ(status().restarts, 1U);
}

TEST_P(ResidentWorker, TakesJobsInLineUpToItsWidth) {
  open({.spares = 1, .parallel = 2});
  std::vector<std::jthread> threads;
  std::atomic<int> fine = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto name = temp_.write("in-" + std::to_string(i), std::string(1000, static_cast<char>('a' + i)));
      const UniqueFd in(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
      const auto path = temp_ / ("out-" + std::to_string(i));
      const UniqueFd out(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
      const auto answer =
          workers_->run("test", {.request = R"({"do":"copy"})", .inputs = {in.get()}, .outputs = {out.get()}},
                        Deadline::in(seconds(60)), {});
      fine += answer && test::read_file(path) == test::read_file(name) ? 1 : 0;
      EXPECT_LE(status().busy, 2U);
    });
  }
  threads.clear();
  EXPECT_EQ(fine, 8);
}

TEST_P(ResidentWorker, IsReplacedWhenItHasGrown) {
  open({.arguments = {"--grow=30"}, .parent_memory = 1 << 20});
  ASSERT_TRUE(workers_->wait_ready("test", Deadline::in(seconds(30))));
  EXPECT_TRUE(becomes([&] { return status().restarts >= 1; }));
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
}

TEST_P(ResidentWorker, SaysWhyItIsNotReady) {
  open({.arguments = {"--fail=no library here"}});
  EXPECT_TRUE(becomes([&] { return status().problem == "no library here"; })) << status().problem;
  EXPECT_THAT(workers_->wait_ready("test", Deadline::in(milliseconds(10))).error().message,
              testing::HasSubstr("no library here"));
  const auto answer = run({{"do", "copy"}}, {}, {}, Deadline::in(milliseconds(50)));
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST_P(ResidentWorker, GivesUpWhenItsChildrenCannotBeJailed) {
  open({.arguments = {"--broken"}});
  EXPECT_TRUE(becomes([&] { return status().problem == "cannot prepare" && status().restarts >= 1; }))
      << status().problem;
}

TEST_P(ResidentWorker, IsStartedAgainWhenItIsNotReadyInTime) {
  open({.arguments = {"--never"}}, milliseconds(300));
  EXPECT_TRUE(becomes([&] { return status().restarts >= 2; }));
  EXPECT_THAT(status().problem, testing::AnyOf("", testing::HasSubstr("not ready after 300 ms")));
}

TEST_P(ResidentWorker, MayRunProgramsWhenItsProfileSaysSo) {
  open({.arguments = {"--programs"}});
  EXPECT_EQ(reply({{"do", "fork"}, {"path", "/usr/bin/true"}}).at("status").as_int64(), 0);
  EXPECT_EQ(outcome({{"do", "socket"}, {"family", AF_UNIX}}), "yes");
  EXPECT_EQ(outcome({{"do", "socket"}, {"family", AF_INET}}), "EPERM");
  EXPECT_THAT(outcome({{"do", "read"}, {"path", "/etc/passwd"}}), kDenied);
  EXPECT_EQ(outcome({{"do", "read"}, {"path", "/proc/self/status"}}), "yes");
}

TEST_P(ResidentWorker, ConvertsWithTheFewCallsOfACodec) {
  open({.arguments = {"--codec"}});
  EXPECT_EQ(reply({{"do", "copy"}}).at("bytes").as_int64(), 10);
  EXPECT_EQ(error({{"do", "fill"}, {"megabytes", 20}}, {.output = 5 << 20}), ErrorCode::output_limit);
  EXPECT_EQ(outcome({{"do", "socket"}, {"family", AF_INET}}), "EPERM");
  EXPECT_EQ(outcome({{"do", "fork"}, {"path", "/usr/bin/true"}}), "EPERM");
}

TEST_P(ResidentWorker, RefusesRequestsThatAreTooLong) {
  EXPECT_EQ(error({{"do", "copy"}, {"text", std::string(70'000, 'x')}}), ErrorCode::invalid_data);
  EXPECT_EQ(reply({{"do", "copy"}, {"text", std::string(60'000, 'x')}}).at("bytes").as_int64(), 10);
  EXPECT_FALSE(workers_->run("other", {}, Deadline::in(seconds(1)), {}));
}

INSTANTIATE_TEST_SUITE_P(Jail, ResidentWorker,
                         testing::Values(Mode{JailLevel::full, Who::root}, Mode{JailLevel::landlock, Who::root},
                                         Mode{JailLevel::full, Who::user}, Mode{JailLevel::landlock, Who::user}),
                         mode_name);

TEST(WorkerProgram, ExplainsItselfWhenItIsStartedByHand) {
  EXPECT_EQ(::system((binaries() / "recast-test-worker").string().append(" 2>/dev/null").c_str()), 2 << 8);
}

}  // namespace
}  // namespace recast::worker
