#include <gtest/gtest.h>

#include "job/job.hpp"

namespace recast::job {
namespace {

using namespace std::chrono_literals;

const Time kStart{std::chrono::seconds(1000)};

class Settle : public testing::Test {
 protected:
  Task& add(std::string name, std::vector<std::string> inputs, bool ignore_error = false) {
    Task task;
    task.id = TaskId(std::move(name));
    for (auto& input : inputs) task.depends_on.emplace_back(std::move(input));
    task.ignore_error = ignore_error;
    job_.tasks.push_back(std::move(task));
    return job_.tasks.back();
  }
  Task& task(std::string_view name) {
    for (auto& task : job_.tasks) {
      if (task.id.str() == name) return task;
    }
    throw std::out_of_range(std::string(name));
  }
  void finish(std::string_view name, int files = 1) { end(name, Status::finished, files); }
  void fail(std::string_view name) { end(name, Status::error, 0); }
  void end(std::string_view name, Status status, int files) {
    auto& one = task(name);
    one.status = status;
    one.ready = false;
    one.started = now_;
    now_ += 1s;
    one.ended = now_;
    one.files.resize(static_cast<std::size_t>(files));
    changes_ = settle(job_, now_, externals_);
  }
  bool ready(std::string_view name) { return task(name).ready; }
  Status status(std::string_view name) { return task(name).status; }

  Time now_ = kStart;
  Job job_;
  Externals externals_;
  Changes changes_;
};

TEST_F(Settle, MakesTasksWithoutInputReady) {
  add("in", {});
  add("pdf", {"in"});
  changes_ = settle(job_, now_);
  EXPECT_EQ(changes_.ready, std::vector{TaskId("in")});
  EXPECT_EQ(job_.status, Status::waiting);
  EXPECT_FALSE(job_.started);
  EXPECT_TRUE(settle(job_, now_).ready.empty());
}

TEST_F(Settle, WaitsForAllInputs) {
  add("a", {});
  add("b", {});
  add("merge", {"a", "b"});
  finish("a");
  EXPECT_FALSE(ready("merge"));
  finish("b");
  EXPECT_TRUE(ready("merge"));
  EXPECT_EQ(changes_.ready, std::vector{TaskId("merge")});
}

TEST_F(Settle, RunsATaskWhoseInputsFinishedWithoutFiles) {
  add("a", {});
  add("b", {"a"});
  finish("a", 0);
  EXPECT_TRUE(ready("b"));
}

TEST_F(Settle, StartsAndClosesTheJob) {
  add("a", {});
  add("b", {"a"});
  task("a").status = Status::processing;
  task("a").started = now_;
  changes_ = settle(job_, now_ + 5s);
  EXPECT_TRUE(changes_.started);
  EXPECT_EQ(job_.status, Status::processing);
  EXPECT_EQ(job_.started, kStart);
  finish("a");
  EXPECT_FALSE(changes_.started);
  EXPECT_FALSE(changes_.closed);
  finish("b");
  EXPECT_TRUE(changes_.closed);
  EXPECT_EQ(job_.status, Status::finished);
  EXPECT_EQ(job_.ended, task("b").ended);
  EXPECT_FALSE(settle(job_, now_).closed);
}

TEST_F(Settle, FailsEveryDependentInTurn) {
  add("a", {});
  add("b", {"a"});
  add("c", {"b"});
  fail("a");
  EXPECT_EQ(changes_.failed, (std::vector{TaskId("b"), TaskId("c")}));
  const auto& failed = task("c");
  EXPECT_EQ(failed.status, Status::error);
  EXPECT_EQ(failed.code, "INPUT_TASK_FAILED");
  EXPECT_EQ(failed.message, "Input task has failed");
  EXPECT_EQ(failed.percent, 100);
  EXPECT_EQ(failed.credits, 0);
  EXPECT_EQ(failed.started, now_);
  EXPECT_EQ(failed.ended, now_);
  EXPECT_EQ(job_.status, Status::error);
  EXPECT_TRUE(changes_.closed);
}

TEST_F(Settle, FailsAtOnceThoughAnotherInputStillRuns) {
  add("a", {});
  add("b", {});
  add("merge", {"a", "b"});
  fail("a");
  EXPECT_EQ(status("merge"), Status::error);
  EXPECT_EQ(job_.status, Status::processing);
}

TEST_F(Settle, LetsIndependentBranchesRunToTheirEnd) {
  add("a", {});
  add("b", {});
  add("b2", {"b"});
  fail("a");
  EXPECT_FALSE(changes_.closed);
  finish("b");
  EXPECT_TRUE(ready("b2"));
  finish("b2");
  EXPECT_EQ(job_.status, Status::error);
}

TEST_F(Settle, RunsOnDeliveredFilesWhenAnIgnoredInputFailed) {
  add("a", {}, true);
  add("b", {});
  add("merge", {"a", "b"});
  fail("a");
  EXPECT_EQ(status("merge"), Status::waiting);
  EXPECT_FALSE(ready("merge"));
  finish("b");
  EXPECT_TRUE(ready("merge"));
  finish("merge");
  EXPECT_EQ(status("a"), Status::error);
  EXPECT_EQ(job_.status, Status::finished);
}

TEST_F(Settle, FailsWhenNoInputDeliveredFiles) {
  add("a", {}, true);
  add("b", {}, true);
  add("empty", {});
  add("merge", {"a", "b", "empty"});
  fail("a");
  fail("b");
  finish("empty", 0);
  EXPECT_EQ(task("merge").code, "INPUT_TASK_FAILED");
  EXPECT_TRUE(task("merge").covered);
  EXPECT_EQ(job_.status, Status::finished);
}

TEST_F(Settle, InheritsTheCoverThroughFailedInputs) {
  add("a", {}, true);
  add("b", {"a"});
  add("c", {"b"});
  add("d", {"c"});
  fail("a");
  EXPECT_EQ(status("d"), Status::error);
  EXPECT_TRUE(task("d").covered);
  EXPECT_EQ(job_.status, Status::finished);
}

TEST_F(Settle, DoesNotCoverATaskThatFailsByItself) {
  add("a", {}, true);
  add("b", {});
  add("merge", {"a", "b"});
  fail("a");
  finish("b");
  fail("merge");
  EXPECT_EQ(job_.status, Status::error);
}

TEST_F(Settle, CoversOnlyTheTaskItself) {
  add("a", {});
  add("b", {"a"}, true);
  fail("a");
  EXPECT_TRUE(task("b").covered);
  EXPECT_FALSE(task("a").covered);
  EXPECT_EQ(job_.status, Status::error);
}

TEST_F(Settle, FailsUncoveredIfOneFailedInputIsNotCovered) {
  add("a", {}, true);
  add("b", {});
  add("merge", {"a", "b"});
  fail("a");
  fail("b");
  EXPECT_EQ(status("merge"), Status::error);
  EXPECT_FALSE(task("merge").covered);
}

TEST_F(Settle, LooksAtInputsOutsideTheJob) {
  add("a", {"elsewhere"});
  externals_[TaskId("elsewhere")] = {Status::processing, false, false};
  changes_ = settle(job_, now_, externals_);
  EXPECT_FALSE(ready("a"));
  externals_[TaskId("elsewhere")] = {Status::finished, true, false};
  changes_ = settle(job_, now_, externals_);
  EXPECT_TRUE(ready("a"));
}

TEST_F(Settle, TakesAnInputThatIsGoneForAFailure) {
  add("a", {"elsewhere"});
  changes_ = settle(job_, now_);
  EXPECT_EQ(task("a").code, "INPUT_TASK_FAILED");
  EXPECT_EQ(job_.status, Status::error);
}

TEST_F(Settle, FailsAReadyTaskWhoseInputWentAway) {
  add("a", {"elsewhere"});
  externals_[TaskId("elsewhere")] = {Status::finished, true, false};
  settle(job_, now_, externals_);
  changes_ = settle(job_, now_);
  EXPECT_EQ(status("a"), Status::error);
  EXPECT_FALSE(ready("a"));
}

TEST_F(Settle, RemembersAFailureThatWasDeleted) {
  add("b", {});
  job_.failing = true;
  finish("b");
  EXPECT_EQ(job_.status, Status::error);
}

TEST_F(Settle, ClosesAJobWithoutTasks) {
  EXPECT_TRUE(settle(job_, now_).closed);
  EXPECT_EQ(job_.ended, now_);
}

TEST_F(Settle, CopesWithADeepChain) {
  add("0", {});
  for (int i = 1; i < 20'000; ++i) add(std::to_string(i), {std::to_string(i - 1)});
  fail("0");
  EXPECT_EQ(changes_.failed.size(), 19'999u);
  EXPECT_TRUE(changes_.closed);
}

}  // namespace
}  // namespace recast::job
