#include "process/runner.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "../../tests/support/identity.hpp"
#include "../../tests/support/temporary_folder.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::process {
namespace {

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

class JailedProgram : public testing::TestWithParam<Mode> {
 protected:
  void SetUp() override {
    if (GetParam().who == Who::root && ::geteuid() != 0) GTEST_SKIP() << "needs root";
    for (const auto* const name : {"job/in", "job/out", "job/tmp"}) fs::create_directories(temp_ / name);
    temp_.write("canary.txt", "secret");
    temp_.write("job/in/a.txt", "hello");
    ::chmod((temp_ / "job/in/a.txt").c_str(), GetParam().who == Who::root ? 0600 : 0644);
    open_folders();
    auto runner = Runner::open({.jail_program = jail_program(),
                                .level = GetParam().level,
                                .first_uid = GetParam().who == Who::root ? test::first_uid() : 0,
                                .uid_count = 4});
    ASSERT_TRUE(runner) << runner.error().message;
    runner_ = std::move(*runner);
  }

  // The temporary folder is made 0700; another uid has to get in.
  void open_folders() const {
    ::chmod(temp_.path().c_str(), 0755);
    for (const auto* const name : {"job", "job/out", "job/tmp"}) ::chmod((temp_ / name).c_str(), 0777);
  }

  fs::path jail_program() const {
    auto jail = binaries() / "recast-jail";
    return GetParam().who == Who::root ? jail : test::without_root(temp_, jail);
  }

  Program program(std::vector<std::string> arguments) const {
    return {.executable = binaries() / "recast-test-program",
            .arguments = std::move(arguments),
            .work = temp_ / "job",
            .limits = {.wall = std::chrono::seconds(60)}};
  }

  ExitReport run(const Program& job, std::stop_token stop = {}) {
    auto report = runner_->run(job, Deadline::in(std::chrono::seconds(60)), std::move(stop));
    EXPECT_TRUE(report) << report.error().message;
    return report ? std::move(*report) : ExitReport{.exit_code = -1};
  }
  std::string say(std::vector<std::string> arguments) {
    const auto report = run(program(std::move(arguments)));
    EXPECT_TRUE(report.ok()) << report.exit_code << " " << report.signal << " " << report.errors;
    return std::string(trim(report.output));
  }
  bool full() const { return GetParam().level == JailLevel::full; }

  TemporaryFolder temp_;
  std::unique_ptr<Runner> runner_;
};

TEST_P(JailedProgram, ReadsItsInputsAndWritesItsOutputs) {
  EXPECT_EQ(say({"copy", "in/a.txt", "out/b.txt"}), "yes");
  EXPECT_EQ(test::read_file(temp_ / "job/out/b.txt"), "hello");
  EXPECT_EQ(say({"write", "tmp/x"}), "yes");
}

TEST_P(JailedProgram, ReadsAndChangesWhatAnEarlierStepLeft) {
  EXPECT_EQ(say({"copy", "in/a.txt", "tmp/step"}), "yes");
  EXPECT_EQ(say({"copy", "tmp/step", "out/b.txt"}), "yes");
  EXPECT_EQ(say({"copy", "in/a.txt", "tmp/step"}), "yes");
  EXPECT_EQ(test::read_file(temp_ / "job/out/b.txt"), "hello");
}

TEST_P(JailedProgram, ReadsAndWritesFilesAsStandardInputAndOutput) {
  auto job = program({"copy", "-", "-"});
  job.input_file = "in/a.txt";
  job.output_file = "out/b.txt";
  const auto report = run(job);
  EXPECT_TRUE(report.ok()) << report.errors;
  EXPECT_EQ(report.output, "");
  EXPECT_EQ(test::read_file(temp_ / "job/out/b.txt"), "helloyes\n");
  job.input_file = "in/none.txt";
  const auto missing = runner_->run(job, Deadline::in(std::chrono::seconds(60)), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::worker_lost);
}

TEST_P(JailedProgram, WorksBelowAFolderThatOthersCannotEnter) {
  if (GetParam().who != Who::root) GTEST_SKIP() << "the server's own uid can always enter";
  ::chmod(temp_.path().c_str(), 0700);
  EXPECT_EQ(say({"copy", "in/a.txt", "out/b.txt"}), "yes");
}

TEST_P(JailedProgram, ReportsSetupTimeProcessorTimeAndMemory) {
  const auto report = run(program({"allocate", "40"}));
  EXPECT_TRUE(report.ok()) << report.errors;
  EXPECT_GT(report.setup.count(), 0);
  EXPECT_GT(report.cpu.count(), 0);
  EXPECT_GT(report.max_rss, 40U << 20);
}

TEST_P(JailedProgram, GetsExactlyItsArgumentsEnvironmentAndThreeDescriptors) {
  auto job = program({"show", "-x", "two words", "--", ""});
  job.environment = {"LANG=C", "EMPTY="};
  const auto report = run(job);
  std::vector<std::string> lines;
  for (const auto line : split(trim(report.output), '\n')) {
    if (line.find(" PWD=") == std::string_view::npos) lines.emplace_back(line);  // of the script that gives root away
  }
  EXPECT_THAT(lines,
              testing::UnorderedElementsAre("argument " + job.executable.string(), "argument show", "argument -x",
                                            "argument two words", "argument --", "argument ", "environment LANG=C",
                                            "environment EMPTY=", "descriptor 0", "descriptor 1", "descriptor 2"));
}

TEST_P(JailedProgram, CannotReadFilesItWasNotGiven) {
  for (const auto& path : {std::string("/etc/passwd"), std::string("/etc/hostname"), (temp_ / "canary.txt").string(),
                           std::string("/root"), std::string("/proc/1/environ"), std::string("../canary.txt"),
                           std::string("/dev/kmsg"), std::string("/sys"), std::string("/var/log")}) {
    EXPECT_THAT(say({"read", path}), testing::AnyOf("ENOENT", "EACCES", "EPERM")) << path;
  }
}

TEST_P(JailedProgram, CannotWriteOutsideOfItsFolders) {
  for (const auto* const path : {"in/new", "in/a.txt", "/usr/new", "/etc/new", "/new", "new"}) {
    EXPECT_THAT(say({"write", path}), testing::AnyOf("ENOENT", "EACCES", "EPERM", "EROFS")) << path;
  }
}

TEST_P(JailedProgram, ReachesNoListenerOnTheLoopbackAddress) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(listener.get(), 5), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  EXPECT_EQ(say({"reach", std::to_string(ntohs(address.sin_port))}), "EPERM");
  EXPECT_LT(::accept(listener.get(), nullptr, nullptr), 0);
}

TEST_P(JailedProgram, MakesNoSocketsButPairsUnlessAllowed) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET}) {
    EXPECT_EQ(say({"socket", std::to_string(family)}), "EPERM") << family;
  }
  EXPECT_EQ(say({"pair"}), "yes");
  auto job = program({"socket", std::to_string(AF_UNIX)});
  job.local_sockets = true;
  EXPECT_EQ(run(job).output, "yes\n");
  for (const int family : {AF_INET, AF_INET6, AF_PACKET, 40}) {
    job.arguments = {"socket", std::to_string(family)};
    EXPECT_EQ(run(job).output, "EPERM\n") << family;
  }
}

TEST_P(JailedProgram, CannotTraceOrSignalTheServer) {
  EXPECT_EQ(say({"trace"}), "EPERM");
  EXPECT_THAT(say({"kill", std::to_string(::getpid())}), testing::AnyOf("ESRCH", "EPERM"));
}

TEST_P(JailedProgram, EndsAtItsWallLimit) {
  auto job = program({"hang"});
  job.limits.wall = std::chrono::seconds(1);
  const auto start = Steady::now();
  const auto report = run(job);
  EXPECT_EQ(report.exceeded, Exceeded::wall);
  EXPECT_NE(report.signal, 0);
  EXPECT_LT(Steady::now() - start, std::chrono::seconds(2));
}

TEST_P(JailedProgram, EndsWithinASecondOfAStopRequest) {
  std::stop_source stop;
  auto job = program({"hang"});
  Steady::time_point asked;
  job.on_line = [&](std::string_view line) {
    EXPECT_EQ(line, "hanging");
    asked = Steady::now();
    stop.request_stop();
  };
  EXPECT_EQ(run(job, stop.get_token()).exceeded, Exceeded::cancelled);
  EXPECT_LT(Steady::now() - asked, std::chrono::seconds(1));
}

TEST_P(JailedProgram, EndsAtItsProcessorLimit) {
  auto job = program({"spin"});
  job.limits.cpu = std::chrono::seconds(1);
  EXPECT_EQ(run(job).exceeded, Exceeded::cpu);
}

TEST_P(JailedProgram, EndsAtItsMemoryLimit) {
  auto job = program({"allocate", "200"});
  job.limits.memory = 64 << 20;
  const auto report = run(job);
  EXPECT_EQ(report.exceeded, Exceeded::memory) << report.exit_code << report.errors;
  EXPECT_LT(report.max_rss, 100U << 20);
}

TEST_P(JailedProgram, EndsWhenOneFileGrowsPastTheOutputLimit) {
  auto job = program({"fill", "out/big", "50", "1"});
  job.limits.output = 10 << 20;
  EXPECT_EQ(run(job).exceeded, Exceeded::output);
  EXPECT_LE(fs::file_size(temp_ / "job/out/big0"), 10U << 20);
}

TEST_P(JailedProgram, EndsWhenAllFilesGrowPastTheOutputLimit) {
  for (const auto* const place : {"out/f", "tmp/f"}) {
    auto job = program({"fill", place, "2", "20"});
    job.limits.output = 10 << 20;
    EXPECT_EQ(run(job).exceeded, Exceeded::output) << place;
    fs::remove_all(temp_ / "job/tmp");
  }
}

TEST_P(JailedProgram, EndsWhenItLeavesTooManyFiles) {
  auto job = program({"fill", "out/f", "0", "200"});
  job.limits.files = 100;
  EXPECT_EQ(run(job).exceeded, Exceeded::files);
}

TEST_P(JailedProgram, CannotForkWithoutEnd) {
  auto job = program({"fork-bomb"});
  job.limits.processes = 20;
  const auto report = run(job);
  EXPECT_TRUE(report.ok()) << report.errors;
  const auto made = std::atoi(report.output.c_str());
  EXPECT_GT(made, 5);
  EXPECT_LE(made, 21);
}

// A child in a session of its own holds a lock as long as it lives.
TEST_P(JailedProgram, TakesItsChildrenWithIt) {
  EXPECT_EQ(say({"leave-child", "out/lock"}), "yes");
  const UniqueFd fd(::open((temp_ / "job/out/lock").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(fd);
  EXPECT_EQ(::flock(fd.get(), LOCK_EX | LOCK_NB), 0) << "a child is still alive";
}

TEST_P(JailedProgram, TakesItsChildrenWithItWhenItIsStopped) {
  std::stop_source stop;
  auto job = program({"leave-child", "out/lock", "hang"});
  job.on_line = [&](std::string_view) { stop.request_stop(); };
  EXPECT_EQ(run(job, stop.get_token()).exceeded, Exceeded::cancelled);
  const UniqueFd fd(::open((temp_ / "job/out/lock").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(fd);
  EXPECT_EQ(::flock(fd.get(), LOCK_EX | LOCK_NB), 0) << "a child is still alive";
}

TEST_P(JailedProgram, LeavesNoLinksOrPipesBehind) {
  EXPECT_EQ(say({"escape", "out"}), "yes");
  EXPECT_TRUE(fs::is_directory(temp_ / "job/out/inner"));
  EXPECT_FALSE(fs::exists(fs::symlink_status(temp_ / "job/out/link")));
  EXPECT_FALSE(fs::exists(temp_ / "job/out/pipe"));
}

TEST_P(JailedProgram, KeepsAMegabyteOfOutputAndTheTailOfErrorsAsText) {
  auto job = program({"flood"});
  std::size_t lines = 0;
  job.on_line = [&](std::string_view line) { lines += line.size() == 1000 ? 1 : 0; };
  const auto report = run(job);
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(lines, 5000U);
  EXPECT_EQ(report.output.size(), 1U << 20);
  EXPECT_LE(report.errors.size(), 16U << 10);
  EXPECT_TRUE(is_valid_utf8(report.errors));
  EXPECT_TRUE(report.errors.ends_with("\xEF\xBF\xBD[31mthe end \xC3\xA4\n"));
}

TEST_P(JailedProgram, ReportsExitCodesAndSignals) {
  EXPECT_EQ(run(program({"exit", "7"})).exit_code, 7);
  EXPECT_EQ(run(program({"crash"})).signal, SIGSEGV);
  EXPECT_EQ(run(program({"crash"})).exceeded, Exceeded::none);
}

TEST_P(JailedProgram, IsAnErrorWhenItCannotBeStarted) {
  auto job = program({});
  job.executable = "/usr/bin/no-such-program";
  const auto report = runner_->run(job, Deadline::in(std::chrono::seconds(10)), {});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, testing::HasSubstr("no-such-program"));
}

TEST_P(JailedProgram, HasAUidThatNoOtherRunningProgramHas) {
  if (GetParam().who != Who::root) GTEST_SKIP() << "one uid only";
  auto first = program({"hang"});
  std::stop_source stop;
  std::string other;
  first.on_line = [&](std::string_view) {
    TemporaryFolder second;
    auto job = program({"ids"});
    job.work = second.path();
    other = run(job).output;
    stop.request_stop();
  };
  run(first, stop.get_token());
  const auto alone = run(program({"ids"})).output;
  EXPECT_NE(alone, other);
  for (const auto& text : {alone, other}) EXPECT_GE(std::atoi(text.c_str()), static_cast<int>(test::first_uid()));
}

TEST_P(JailedProgram, WaitsForAFreeUidUntilTheDeadline) {
  if (GetParam().who != Who::root) GTEST_SKIP() << "one uid only";
  auto runner = Runner::open(
      {.jail_program = jail_program(), .level = GetParam().level, .first_uid = test::first_uid(), .uid_count = 1});
  ASSERT_TRUE(runner);
  auto first = program({"hang"});
  std::stop_source stop;
  first.on_line = [&](std::string_view) {
    const auto second = (*runner)->run(program({"ids"}), Deadline::in(std::chrono::milliseconds(50)), {});
    EXPECT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    stop.request_stop();
  };
  EXPECT_TRUE((*runner)->run(first, Deadline::in(std::chrono::seconds(10)), stop.get_token()));
}

TEST_P(JailedProgram, RunsManyAtOnceFromManyThreads) {
  std::vector<std::jthread> threads;
  std::atomic<int> fine = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const TemporaryFolder folder;
      ::chmod(folder.path().c_str(), 0777);
      for (int round = 0; round < 3; ++round) {
        auto job = program({"copy", "/dev/null", "out/x"});
        job.work = folder.path();
        fine += run(job).ok() ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(fine, 12);
}

INSTANTIATE_TEST_SUITE_P(Jail, JailedProgram,
                         testing::Values(Mode{JailLevel::full, Who::root}, Mode{JailLevel::landlock, Who::root},
                                         Mode{JailLevel::full, Who::user}, Mode{JailLevel::landlock, Who::user}),
                         mode_name);

TEST(Probe, FindsTheStrictestLevelByTryingIt) {
  const auto found = probe(binaries() / "recast-jail");
  EXPECT_EQ(found.level, JailLevel::full) << found.reason;
}

TEST(Probe, SaysWhyThereIsNone) {
  const auto found = probe("/no/such/recast-jail");
  EXPECT_EQ(found.level, JailLevel::none);
  EXPECT_THAT(found.reason, testing::HasSubstr("/no/such/recast-jail"));
}

TEST(Runner, RefusesPathsThatAreNotAbsolute) {
  EXPECT_FALSE(Runner::open({.jail_program = "recast-jail"}));
  auto runner = Runner::open({.jail_program = binaries() / "recast-jail"});
  ASSERT_TRUE(runner);
  EXPECT_FALSE((*runner)->run({.executable = "true", .work = "/tmp"}, Deadline::in(std::chrono::seconds(1)), {}));
  EXPECT_FALSE(
      (*runner)->run({.executable = "/usr/bin/true", .work = "tmp"}, Deadline::in(std::chrono::seconds(1)), {}));
}

}  // namespace
}  // namespace recast::process
