#include "worker/worker_fixture.hpp"

namespace recast::worker {
namespace {

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

}  // namespace
}  // namespace recast::worker
