#include "scheduler/scheduler.hpp"

#include <gtest/gtest.h>

#include "../../tests/support/temporary_folder.hpp"
#include "scheduler/scheduler_fakes.hpp"
#include "scheduler/work.hpp"

namespace recast::scheduler {
namespace {

class SchedulerTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::Store::open({.file = folder_ / "a.db", .lease = 3s}, clock_, random_, "host").value();
    ASSERT_TRUE(store_->set_load_classes([](std::string_view operation) {
      return operation == "import/url" ? operation::Load::network : operation::Load::cpu;
    }));
    store_->on_events([this](const std::vector<store::Event>& events) { bus_.publish(events); });
    user_ = store_->create_user("ann", "", false)->id;
    all_ = bus_.subscribe([this](const store::Event& event) {
      std::lock_guard lock(mutex_);
      ++events_[event.name];
      changed_.notify_all();
    });
    settings_.cpu_tasks = 2;
    settings_.lease_seconds = 3;
  }
  void TearDown() override {
    scheduler_.reset();
    store_.reset();
  }
  void start() {
    scheduler_ =
        Scheduler::start(settings_, *store_, bus_, storage_, runner_, clock_, [this](const Scheduler::TaskEnd& end) {
          std::lock_guard lock(mutex_);
          ends_.push_back(end.operation + ":" + end.outcome);
          changed_.notify_all();
        });
  }
  job::Task create(std::string_view what, std::vector<std::string> inputs = {}) { return create(user_, what, inputs); }
  job::Task create(UserId user, std::string_view what, std::vector<std::string> inputs = {}) {
    job::TaskSpec spec;
    spec.operation = "convert";
    spec.payload = {{"do", what}};
    spec.inputs = std::move(inputs);
    return store_->create_task(user, spec).value();
  }
  bool wait_for_event(const std::string& name, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return events_[name] >= count; });
  }
  bool wait_for_end(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return ends_.size() >= count; });
  }
  job::Task reload(const job::Task& task) { return store_->task(user_, task.id).value(); }

  test::TemporaryFolder folder_;
  SystemClock clock_;
  SystemRandom random_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> events_;
  std::vector<std::string> ends_;
  event::Bus bus_;
  std::unique_ptr<store::Store> store_;
  FakeStorage storage_;
  FakeRunner runner_{storage_};
  event::Bus::Subscription all_;
  UserId user_{};
  Settings settings_;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, RunsAJobFromEndToEnd) {
  start();
  job::JobSpec spec;
  for (const auto* name : {"a", "b", "c"}) {
    job::TaskSpec task;
    task.name = name;
    task.operation = name == std::string("a") ? "import/url" : "convert";
    if (!spec.tasks.empty()) task.inputs = {spec.tasks.back().name};
    spec.tasks.push_back(task);
  }
  const auto job = store_->create_job(user_, spec).value();
  ASSERT_TRUE(wait_for_event("job.finished"));
  const auto done = store_->job(user_, job.id).value();
  EXPECT_EQ(done.status, job::Status::finished);
  EXPECT_EQ(done.tasks[2].engine, "fake");
  EXPECT_EQ(storage_.texts().size(), 3u);
  ASSERT_TRUE(wait_for_end(3));
  EXPECT_EQ(ends_[2], "convert:finished");
}

TEST_F(SchedulerTest, ClaimsAtOnceWhatBecomesReady) {
  start();
  job::JobSpec spec;
  for (int i = 0; i < 30; ++i) {
    job::TaskSpec task;
    task.name = "t" + std::to_string(i);
    task.operation = i % 2 == 0 ? "import/url" : "convert";
    if (i > 0) task.inputs = {spec.tasks.back().name};
    spec.tasks.push_back(task);
  }
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(store_->create_job(user_, spec));
  ASSERT_TRUE(wait_for_event("job.finished"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s);  // a second for each if nobody told the lanes
}

TEST_F(SchedulerTest, RunsWhatWaitedBeforeItsStart) {
  const auto task = create("finish");
  start();
  ASSERT_TRUE(wait_for_event("task.finished"));
  EXPECT_EQ(reload(task).status, job::Status::finished);
}

TEST_F(SchedulerTest, RunsManyTasks) {
  start();
  for (int i = 0; i < 100; ++i) create("finish");
  ASSERT_TRUE(wait_for_event("task.finished", 100));
  const auto figures = scheduler_->figures();
  EXPECT_EQ(figures.cpu.waiting, 0);
  EXPECT_EQ(figures.cpu.running, 0);
}

TEST_F(SchedulerTest, LeavesWorkersToOthersWhileSeveralUsersWait) {
  settings_.cpu_tasks = 7;
  settings_.user_share_percent = 25;  // of seven, rounded up: two
  const auto bob = store_->create_user("bob", "", false)->id;
  for (int i = 0; i < 5; ++i) {
    create(user_, "hang");
    create(bob, "hang");
  }
  start();
  ASSERT_TRUE(runner_.wait_for("hang"));
  EXPECT_EQ(scheduler_->figures().cpu.running, 4);  // all were claimed at once
  EXPECT_EQ(scheduler_->figures().cpu.waiting, 6);
}

TEST_F(SchedulerTest, RecordsFailuresAndExceptions) {
  start();
  const auto failed = create("fail");
  const auto thrown = create("throw");
  ASSERT_TRUE(wait_for_event("task.failed", 2));
  EXPECT_EQ(reload(failed).code, "OPEN_FAILED");
  EXPECT_EQ(reload(thrown).code, "UNKNOWN_ERROR");
}

TEST_F(SchedulerTest, TriesALostTaskAgain) {
  start();
  const auto task = create("lose");
  ASSERT_TRUE(wait_for_event("task.failed"));
  EXPECT_EQ(reload(task).code, "WORKER_LOST");
  EXPECT_EQ(reload(task).attempt, 3);
}

TEST_F(SchedulerTest, StopsACancelledTaskAtOnce) {
  start();
  const auto task = create("hang");
  ASSERT_TRUE(runner_.wait_for("hang"));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(store_->cancel_task(user_, task.id));
  ASSERT_TRUE(wait_for_end(1));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(reload(task).code, "CANCELLED");
  EXPECT_EQ(ends_[0], "convert:CANCELLED");
  EXPECT_TRUE(storage_.texts().empty());  // what it had stored went with it
}

TEST_F(SchedulerTest, StopsTheTasksOfADeletedJob) {
  start();
  job::JobSpec spec;
  for (const auto* name : {"a", "b"}) {
    job::TaskSpec task;
    task.name = name;
    task.operation = "convert";
    task.payload = {{"do", "hang"}};
    spec.tasks.push_back(task);
  }
  const auto job = store_->create_job(user_, spec).value();
  ASSERT_TRUE(runner_.wait_for("hang", 2));
  ASSERT_TRUE(store_->delete_job(user_, job.id));
  ASSERT_TRUE(wait_for_end(2));
  EXPECT_TRUE(storage_.texts().empty());
}

TEST_F(SchedulerTest, RemovesFilesAfterTheirRows) {
  start();
  const auto task = create("finish");
  ASSERT_TRUE(wait_for_event("task.finished"));
  ASSERT_EQ(storage_.texts().size(), 1u);
  ASSERT_TRUE(store_->delete_task(user_, task.id));
  for (int i = 0; i < 400 && !storage_.texts().empty(); ++i) std::this_thread::sleep_for(25ms);
  EXPECT_TRUE(storage_.texts().empty());
}

TEST_F(SchedulerTest, RemovesOrphansAtItsStart) {
  start();
  create("finish");
  ASSERT_TRUE(wait_for_event("task.finished"));
  scheduler_.reset();
  const auto kept = storage_.texts();
  storage_.add("nobody/1");
  start();
  for (int i = 0; i < 400 && storage_.texts().size() > kept.size(); ++i) std::this_thread::sleep_for(25ms);
  EXPECT_EQ(storage_.texts(), kept);
}

TEST_F(SchedulerTest, PutsRunningTasksBackWhenItStops) {
  start();
  const auto task = create("hang");
  const auto second = create("hang");
  const auto third = create("hang");  // has to wait for a worker
  ASSERT_TRUE(runner_.wait_for("hang", 2));
  scheduler_->stop(Deadline::in(10ms));
  for (const auto& one : {task, second, third}) EXPECT_EQ(reload(one).status, job::Status::waiting);
  EXPECT_EQ(store_->claim(operation::Load::cpu, 5)->size(), 3u);
  EXPECT_TRUE(storage_.texts().empty());
  scheduler_->wake();  // still allowed
}

TEST_F(SchedulerTest, LetsRunningTasksFinishWhenItStops) {
  settings_.task_seconds = 1;
  start();
  const auto task = create("hang");
  ASSERT_TRUE(runner_.wait_for("hang"));
  scheduler_->stop(Deadline::in(20s));
  EXPECT_EQ(reload(task).code, "TIMEOUT");
}

TEST_F(SchedulerTest, RenewsItsLeases) {
  settings_.task_seconds = 5;  // longer than the lease
  start();
  const auto task = create("hang");
  ASSERT_TRUE(wait_for_event("task.failed"));
  EXPECT_EQ(reload(task).code, "TIMEOUT");
  EXPECT_EQ(reload(task).attempt, 1);
}

TEST_F(SchedulerTest, TellsOfProgressAboutOnceASecond) {
  start();
  const auto task = create("progress");
  ASSERT_TRUE(wait_for_event("task.finished"));
  std::lock_guard lock(mutex_);
  EXPECT_EQ(events_["task.updated"], 2);  // the start, and the first of fifty
}

TEST(TimeFor, IsTheTasksOwnAtMostTheServers) {
  Settings settings;
  settings.task_seconds = 100;
  job::Task task;
  const auto time = [&](boost::json::value value) {
    task.payload["timeout"] = std::move(value);
    return time_for(task, settings).count();
  };
  EXPECT_EQ(time_for(task, settings).count(), 100);
  EXPECT_EQ(time(20), 20);
  EXPECT_EQ(time("30"), 30);
  EXPECT_EQ(time(0.5), 1);
  EXPECT_EQ(time(1000), 100);
  EXPECT_EQ(time(0), 100);
  EXPECT_EQ(time(-3), 100);
  EXPECT_EQ(time("soon"), 100);
  EXPECT_EQ(time(nullptr), 100);
}

}  // namespace
}  // namespace recast::scheduler
