#include "worker/worker_fixture.hpp"

namespace recast::worker {
namespace {

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
