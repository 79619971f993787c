#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

#include "base/unique_handle.hpp"
#include "store/migrate.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& file, const Clock& clock, Random& random) {
  return Store::open({.file = file}, clock, random, "host");
}

/// Creates jobs on eight threads until it is killed; writes the id of each answered one to the pipe.
[[noreturn]] void create_for_ever(const std::filesystem::path& file, int pipe) {
  SystemClock clock;
  SystemRandom random;
  auto store = open_store(file, clock, random);
  if (!store) _exit(1);
  const auto user = (*store)->user_by_name("ann")->id;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (;;) {
        const auto job = (*store)->create_job(user, chain());
        if (!job) continue;
        const auto line = job->id.str() + "\n";  // short enough to be written in one piece
        if (write(pipe, line.data(), line.size()) < 0) _exit(2);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  _exit(0);
}

TEST(Crash, KeepsEveryJobThatWasAnswered) {
  test::TemporaryFolder folder;
  const auto file = folder / "store.db";
  SystemClock clock;
  SystemRandom random;
  const auto user = open_store(file, clock, random).value()->create_user("ann", "", false)->id;
  std::size_t answered = 0;
  for (int round = 0; round < 3; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) create_for_ever(file, write_end.get());
    write_end.reset();
    std::string text;
    std::array<char, 4096> buffer{};
    while (true) {
      const auto count = read(read_end.get(), buffer.data(), buffer.size());
      if (count <= 0) break;  // the child is dead
      text.append(buffer.data(), static_cast<std::size_t>(count));
      if (text.size() > 37 * 100) kill(child, SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;

    auto store = open_store(file, clock, random).value();
    for (std::size_t at = 0; at + 37 <= text.size(); at += 37) {
      const auto job = store->job(user, JobId(text.substr(at, 36)));
      ASSERT_TRUE(job) << text.substr(at, 36);
      EXPECT_EQ(job->tasks.size(), 3u);
      ++answered;
    }
    EXPECT_TRUE(store->check());
  }
  EXPECT_GT(answered, 300u);
}

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_ / "small");
    const bool own = unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (!own || mount("none", (folder_ / "small").c_str(), "tmpfs", 0, "size=4m") != 0) {
      GTEST_SKIP() << "may not mount a small disk here";
    }
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) umount2((folder_ / "small").c_str(), MNT_DETACH);
  }
  test::TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST_F(FullDisk, RefusesJobsAndRecovers) {
  std::ofstream(folder_ / "small/filler") << std::string(1'500'000, 'x');
  SystemClock clock;
  SystemRandom random;
  auto store =
      Store::open({.file = folder_ / "small/store.db", .jobs_in_flight = 1'000'000}, clock, random, "host").value();
  const auto user = store->create_user("ann", "", false)->id;
  auto spec = chain();
  spec.tasks[0].payload = {{"file", std::string(20'000, 'x')}};
  std::size_t answered = 0;
  Result<job::Job> last;
  while ((last = store->create_job(user, spec))) ASSERT_LT(++answered, 1000u);
  EXPECT_EQ(last.error().code, ErrorCode::disk_full);
  EXPECT_GT(answered, 10u);
  EXPECT_EQ(store->create_job(user, spec).error().code, ErrorCode::disk_full);
  EXPECT_EQ(store->list_jobs(user, {}, {.number = 1, .size = 1000}, true)->items.size(), answered);

  std::filesystem::remove(folder_ / "small/filler");
  EXPECT_TRUE(store->create_job(user, spec));
  EXPECT_TRUE(store->check());
  EXPECT_EQ(store->claim(Load::network, 3)->size(), 3u);
  EXPECT_EQ(store->list_jobs(user, {}, {.number = 1, .size = 1000}, false)->items.size(), answered + 1);
}

TEST_F(FullDisk, LetsJobsBeEndedAndDeletedFromItsReserve) {
  std::ofstream(folder_ / "small/filler") << std::string(1'000'000, 'x');
  SystemClock clock;
  SystemRandom random;
  auto store = Store::open({.file = folder_ / "small/store.db", .jobs_in_flight = 1'000'000, .reserve_bytes = 500'000},
                           clock, random, "host")
                   .value();
  const auto reserve = folder_ / "small/store.db.reserve";
  EXPECT_EQ(std::filesystem::file_size(reserve), 500'000u);
  const auto user = store->create_user("ann", "", false)->id;
  auto spec = chain();
  spec.tasks[0].payload = {{"file", std::string(5'000, 'x')}};
  std::vector<JobId> jobs;
  for (Result<job::Job> made; (made = store->create_job(user, spec));) jobs.push_back(made->id);
  ASSERT_GT(jobs.size(), 10u);
  // Fill up the last bytes, so that nothing at all can be written any more.
  std::ofstream rest(folder_ / "small/rest");
  while (rest << std::string(512, 'x') << std::flush) {
  }
  std::ofstream(folder_ / "small/last") << "x";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store->delete_job(user, jobs.at(static_cast<std::size_t>(i)))) << i;
  EXPECT_FALSE(std::filesystem::exists(reserve));
  EXPECT_EQ(store->create_job(user, spec).error().code, ErrorCode::disk_full);  // the reserve is not for this

  std::filesystem::remove(folder_ / "small/filler");
  EXPECT_TRUE(store->create_job(user, spec));
  EXPECT_EQ(std::filesystem::file_size(reserve), 500'000u);
}

using Threads = StoreTest;

TEST_F(Threads, CreateAndRunJobsTogether) {
  constexpr int kThreads = 16;
  constexpr int kJobs = 10;
  std::vector<std::thread> threads;
  std::atomic<int> ended = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kJobs; ++n) ASSERT_TRUE(store_->create_job(user_, chain()));
      while (ended < kThreads * kJobs * 3) {
        const auto claims = store_->claim(i % 3 == 0 ? Load::network : Load::cpu, 3).value();
        for (const auto& one : claims) {
          ASSERT_TRUE(store_->set_progress(one.task.id, one.attempt, 50, "half"));
          ASSERT_TRUE(store_->end(one.task.id, one.attempt, success(one.task.id.str() + "/1")));
          ++ended;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto jobs =
      store_->list_jobs(user_, {.status = job::Status::finished, .tag = {}}, {.number = 1, .size = 1000}, false);
  EXPECT_EQ(jobs->items.size(), static_cast<std::size_t>(kThreads * kJobs));
}

TEST_F(Threads, CopeWithAWideJob) {
  job::JobSpec spec;
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) {
    names.push_back("i" + std::to_string(i));
    spec.tasks.push_back(task_spec(names.back(), "import/url"));
  }
  spec.tasks.push_back(task_spec("merge", "merge", names));
  const auto job = create(spec);
  for (const auto& one : claim(Load::network, 300)) {
    ASSERT_TRUE(store_->end(one.task.id, one.attempt, success(one.task.id.str() + "/1")));
  }
  const auto merge = claim_one(Load::cpu);
  EXPECT_EQ(merge.inputs.size(), 300u);
  ASSERT_TRUE(store_->end(merge.task.id, merge.attempt, success("m/1")));
  EXPECT_EQ(reload(job).status, job::Status::finished);
}

TEST(Migrate, RefusesADatabaseOfANewerProgram) {
  test::TemporaryFolder folder;
  auto connection = sql::Connection::open(folder / "a.db", sql::Connection::Mode::read_write).value();
  const std::vector<Migration> newer{{"0001_a", "CREATE TABLE a (x)"}, {"0002_b", "CREATE TABLE b (x)"}};
  ASSERT_TRUE(migrate(connection, newer));
  ASSERT_TRUE(migrate(connection, newer));
  const auto refused = migrate(connection, {newer[0]});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("version 2"), std::string::npos);
}

TEST(Migrate, LeavesNothingOfAMigrationThatFails) {
  test::TemporaryFolder folder;
  auto connection = sql::Connection::open(folder / "a.db", sql::Connection::Mode::read_write).value();
  EXPECT_FALSE(migrate(connection, {{"0001_a", "CREATE TABLE a (x); CREATE TABLE a (x)"}}));
  EXPECT_TRUE(migrate(connection, {{"0001_a", "CREATE TABLE a (x)"}}));
}

TEST(Migrate, NumbersItsFilesInOrder) {
  std::size_t number = 0;
  for (const auto& migration : migrations()) {
    ++number;
    EXPECT_EQ(std::stoul(std::string(migration.name.substr(0, 4))), number) << migration.name;
  }
  EXPECT_GE(number, 1u);
}

}  // namespace
}  // namespace recast::store
