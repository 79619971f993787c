#include "scheduler/janitor.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "../../tests/support/temporary_folder.hpp"
#include "scheduler/scheduler_fakes.hpp"
#include "sql/sql.hpp"

namespace recast::scheduler {
namespace {

class JanitorTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::Store::open({.file = folder_ / "a.db"}, clock_, random_, "host").value();
    user_ = store_->create_user("ann", "", false)->id;
  }
  /// A task that has ended with these files.
  job::Task task_with(const std::vector<std::string>& keys) {
    job::TaskSpec spec;
    spec.operation = "convert";
    const auto task = store_->create_task(user_, spec).value();
    store::Ending ending;
    for (const auto& key : keys) {
      storage_.add(key);
      ending.files.push_back({"a", "", 1, "", key});
    }
    EXPECT_EQ(store_->claim(operation::Load::cpu, 1)->size(), 1u);
    EXPECT_TRUE(store_->end(task.id, 1, ending));
    return task;
  }
  static bool soon(const std::function<bool()>& condition) {
    const auto end = Deadline::in(20s);
    while (!condition() && !end.expired()) std::this_thread::sleep_for(1ms);
    return condition();
  }
  std::int64_t events() {
    auto connection = sql::Connection::open(folder_ / "a.db", sql::Connection::Mode::read_only).value();
    auto rows = connection.query("SELECT count(*) FROM outbox");
    rows.next();
    return rows.integer(0);
  }

  test::TemporaryFolder folder_;
  FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<store::Store> store_;
  FakeStorage storage_;
  UserId user_{};
};

TEST_F(JanitorTest, RemovesALongBacklogOfEventsInOneRound) {
  {
    auto connection = sql::Connection::open(folder_ / "a.db", sql::Connection::Mode::read_write).value();
    connection.execute(
        "INSERT INTO outbox (name, user_id, created) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 50000) SELECT 'task.created', $1, $2 FROM n",
        user_, clock_.now());
  }
  clock_.advance(25h);
  const Janitor janitor(*store_, storage_, 1h);
  EXPECT_TRUE(soon([&] { return events() == 0; })) << events();
}

TEST_F(JanitorTest, GoesPastFilesThatCannotBeRemoved) {
  std::vector<std::string> keys;
  for (int i = 0; i < 450; ++i) keys.push_back("stuck/" + std::to_string(i));
  keys.emplace_back("a/1");
  keys.emplace_back("z/1");
  ASSERT_TRUE(store_->delete_task(user_, task_with(keys).id));
  Janitor janitor(*store_, storage_, 5ms);
  EXPECT_TRUE(soon([&] { return storage_.texts().size() == 450; }));
  EXPECT_EQ(*storage_.texts().begin(), "stuck/0");
  storage_.stuck = false;  // they are tried again
  EXPECT_TRUE(soon([&] { return storage_.texts().empty(); }));
  EXPECT_TRUE(soon([&] { return store_->garbage(1)->empty(); }));
}

TEST_F(JanitorTest, DoesNotTryAgainAtOnceWhatCannotBeRemoved) {
  ASSERT_TRUE(store_->delete_task(user_, task_with({"stuck/1", "z/1"}).id));
  Janitor janitor(*store_, storage_, 500ms);
  ASSERT_TRUE(soon([&] { return storage_.texts().size() == 1; }));
  const auto before = std::chrono::steady_clock::now();
  storage_.stuck = false;
  janitor.wake();
  ASSERT_TRUE(soon([&] { return storage_.texts().empty(); }));
  EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
}

TEST_F(JanitorTest, FindsWhatNoRowNames) {
  std::vector<std::string> kept;
  for (int i = 0; i < 2500; ++i) kept.push_back("kept/" + std::to_string(i));
  task_with(kept);
  for (int i = 0; i < 2500; ++i) storage_.add("nobody/" + std::to_string(i));
  storage_.add("a-first/1");
  storage_.add("z-last/1");
  Janitor::find_orphans(*store_, storage_);
  EXPECT_EQ(store_->garbage(10'000)->size(), 2502u);
  const Janitor janitor(*store_, storage_, 1h);
  EXPECT_TRUE(soon([&] { return storage_.texts().size() == kept.size(); }));
  EXPECT_EQ(storage_.texts(), std::set<std::string>(kept.begin(), kept.end()));
}

}  // namespace
}  // namespace recast::scheduler
