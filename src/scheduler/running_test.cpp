#include "scheduler/running.hpp"

#include <gtest/gtest.h>

namespace recast::scheduler {
namespace {

using namespace std::chrono_literals;

store::Claim claim(std::string task, std::string job = {}, int attempt = 1) {
  store::Claim claim;
  claim.task.id = TaskId(std::move(task));
  claim.task.job_id = JobId(std::move(job));
  claim.attempt = attempt;
  return claim;
}
store::Event event(std::string name, std::string task, std::string job = {}) {
  return {1, std::move(name), UserId(1), JobId(std::move(job)), TaskId(std::move(task))};
}

class Running : public testing::Test {
 protected:
  /// Names of what is to be stopped now.
  std::vector<std::string> stops() {
    std::vector<std::string> names;
    for (const auto& attempt : running_.take_stops(std::chrono::steady_clock::now())) {
      names.push_back(attempt->task.str() + std::to_string(attempt->number));
    }
    return names;
  }
  RunningTasks running_;
};

TEST_F(Running, StopsWhatEndedElsewhere) {
  const auto a = running_.add(claim("a", "j"));
  const auto b = running_.add(claim("b", "j"));
  const auto c = running_.add(claim("c", "k"));
  running_.note(event("task.failed", "a", "j"));
  running_.note(event("task.failed", "a", "j"));
  running_.note(event("task.updated", "b", "j"));
  EXPECT_EQ(stops(), std::vector<std::string>{"a1"});
  running_.note(event("job.deleted", "", "j"));
  EXPECT_EQ(stops(), std::vector<std::string>{"b1"});
  running_.note(event("task.deleted", "c"));
  EXPECT_EQ(stops(), std::vector<std::string>{"c1"});
  EXPECT_EQ(c->why, Why::gone);
}

TEST_F(Running, StopsATaskThatWasCancelledBeforeItWasKnown) {
  running_.begin_claim();
  running_.note(event("task.failed", "a"));
  running_.note(event("job.deleted", "", "j"));
  const auto a = running_.add(claim("a"));
  const auto b = running_.add(claim("b", "j"));
  const auto c = running_.add(claim("c"));
  running_.end_claim();
  EXPECT_EQ(stops(), (std::vector<std::string>{"a1", "b1"}));
  running_.begin_claim();
  const auto again = running_.add(claim("a", "", 2));
  running_.end_claim();
  EXPECT_TRUE(stops().empty());
}

TEST_F(Running, StopsTheOlderOfTwoAttempts) {
  const auto old = running_.add(claim("a", "", 1));
  const auto young = running_.add(claim("a", "", 2));
  running_.note_gone({TaskId("a"), TaskId("nobody")});
  EXPECT_EQ(stops(), std::vector<std::string>{"a1"});
  running_.note_gone({TaskId("a")});
  EXPECT_EQ(stops(), std::vector<std::string>{"a2"});
}

TEST_F(Running, KnowsWhenAllHaveEnded) {
  const auto a = running_.add(claim("a"));
  EXPECT_EQ(running_.list().size(), 1u);
  EXPECT_FALSE(running_.wait_until_empty(Deadline::in(1ms)));
  running_.stop_all();
  EXPECT_EQ(a->why, Why::shutdown);
  EXPECT_EQ(stops().size(), 1u);
  running_.remove(*a);
  EXPECT_TRUE(running_.wait_until_empty(Deadline::in(1ms)));
}

}  // namespace
}  // namespace recast::scheduler
