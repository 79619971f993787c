#include "worker/worker_fixture.hpp"

namespace recast::worker {
namespace {

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

}  // namespace
}  // namespace recast::worker
