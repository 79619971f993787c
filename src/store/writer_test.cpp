#include "store/writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <semaphore>
#include <thread>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::store {
namespace {

using namespace std::chrono_literals;

class WriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto connection = sql::Connection::open(folder_ / "a.db", sql::Connection::Mode::read_write).value();
    connection.run(
        "CREATE TABLE t (a INTEGER UNIQUE, b TEXT);"
        "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, name, user_id, job_id, task_id, created);");
    writer_ = std::make_unique<Writer>(std::move(connection), clock_);
    writer_->on_events([this](const std::vector<Event>& events) {
      for (const auto& event : events) events_.push_back(event.name);
    });
  }
  Result<> insert(int a) {
    return writer_->write([a](Write& write) -> Result<> {
      write.sql.execute("INSERT INTO t VALUES ($1, '')", a);
      write.event("e" + std::to_string(a), UserId(1), {}, {});
      return {};
    });
  }
  std::int64_t count() {
    return writer_
        ->write([](Write& write) -> Result<std::int64_t> {
          auto rows = write.sql.query("SELECT count(*) FROM t");
          rows.next();
          return rows.integer(0);
        })
        .value();
  }
  /// Runs the changes while the writer is held up, so that they share one commit.
  void together(const std::vector<std::function<void()>>& changes) {
    std::binary_semaphore begun(0);
    std::binary_semaphore go_on(0);
    std::thread holder([&] {
      ASSERT_TRUE(writer_->write([&](Write&) -> Result<> {
        begun.release();
        go_on.acquire();
        return {};
      }));
    });
    begun.acquire();
    std::vector<std::thread> threads;
    for (const auto& change : changes) threads.emplace_back(change);
    while (writer_->waiting() < changes.size()) std::this_thread::yield();
    go_on.release();
    holder.join();
    for (auto& thread : threads) thread.join();
  }

  test::TemporaryFolder folder_;
  FakeClock clock_;
  std::vector<std::string> events_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, SharesOneCommitBetweenThoseThatWait) {
  const auto before = writer_->commits();
  std::vector<std::function<void()>> changes;
  for (int i = 0; i < 16; ++i) changes.emplace_back([this, i] { EXPECT_TRUE(insert(i)); });
  together(changes);
  EXPECT_EQ(writer_->commits() - before, 2);  // the one that held it up, and all the others
  EXPECT_EQ(count(), 16);
  EXPECT_EQ(events_.size(), 16u);
}

TEST_F(WriterTest, UndoesOnlyWhatWasRefused) {
  together({[this] { EXPECT_TRUE(insert(1)); },
            [this] {
              const auto refused = writer_->write([](Write& write) -> Result<> {
                write.sql.execute("INSERT INTO t VALUES (2, '')");
                write.event("never", UserId(1), {}, {});
                return fail(ErrorCode::conflict, "no");
              });
              EXPECT_EQ(refused.error().code, ErrorCode::conflict);
            },
            [this] { EXPECT_TRUE(insert(3)); }});
  EXPECT_EQ(count(), 2);
  std::ranges::sort(events_);
  EXPECT_EQ(events_, (std::vector<std::string>{"e1", "e3"}));
}

TEST_F(WriterTest, KeepsTheOthersWhenOneBreaksARule) {
  ASSERT_TRUE(insert(1));
  together({[this] { EXPECT_THROW((void)insert(1), std::runtime_error); }, [this] { EXPECT_TRUE(insert(2)); },
            [this] { EXPECT_TRUE(insert(3)); }});
  EXPECT_EQ(count(), 3);
  std::ranges::sort(events_);
  EXPECT_EQ(events_, (std::vector<std::string>{"e1", "e2", "e3"}));
}

TEST_F(WriterTest, HandsOnExceptions) {
  together({[this] {
              EXPECT_THROW((void)writer_->write([](Write& write) -> Result<> {
                write.sql.execute("INSERT INTO t VALUES (9, '')");
                throw std::bad_alloc();
              }),
                           std::bad_alloc);
            },
            [this] { EXPECT_TRUE(insert(2)); }});
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  const auto limit = [this](int pages) {
    ASSERT_TRUE(writer_->write([&](Write& write) -> Result<> {
      auto rows = write.sql.query("PRAGMA max_page_count=" + std::to_string(pages));
      rows.next();
      return {};
    }));
  };
  const auto big = [this] {
    return writer_->write([](Write& write) -> Result<> {
      write.sql.execute("INSERT INTO t VALUES (NULL, $1)", std::string(200'000, 'x'));
      return {};
    });
  };
  limit(10);
  EXPECT_EQ(big().error().code, ErrorCode::disk_full);
  together({[&] { EXPECT_EQ(big().error().code, ErrorCode::disk_full); }, [this] { EXPECT_TRUE(insert(1)); },
            [this] { EXPECT_TRUE(insert(2)); }});
  EXPECT_EQ(count(), 2);
  limit(1'000'000);
  EXPECT_TRUE(big());
  EXPECT_EQ(count(), 3);
}

TEST_F(WriterTest, FinishesWhatIsQueuedAtItsEnd) {
  for (int i = 0; i < 100; ++i) {
    writer_->post([i](Write& write) {
      write.sql.execute("INSERT INTO t VALUES ($1, '')", i);
      return true;
    });
  }
  writer_.reset();
  auto connection = sql::Connection::open(folder_ / "a.db", sql::Connection::Mode::read_write).value();
  auto rows = connection.query("SELECT count(*) FROM t");
  rows.next();
  EXPECT_EQ(rows.integer(0), 100);
}

TEST_F(WriterTest, TellsOfEventsInTheOrderOfTheCommits) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(insert(i));
  ASSERT_EQ(count(), 50);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(events_.at(i), "e" + std::to_string(i));
}

TEST_F(WriterTest, WaitsForTheDiskOnlyWithWhatLasts) {
  const auto flushing = [](Write& write) -> Result<std::string> {
    auto rows = write.sql.query("PRAGMA synchronous");
    rows.next();
    return rows.text(0);
  };
  EXPECT_EQ(writer_->write(flushing).value(), "2");
  EXPECT_EQ(writer_->write_passing(flushing).value(), "1");
  EXPECT_EQ(writer_->write_even_if_full(flushing).value(), "2");
  std::string passing, lasting;
  together({[&] { passing = writer_->write_passing(flushing).value(); },
            [&] { lasting = writer_->write(flushing).value(); }});
  EXPECT_EQ(passing, "2") << "one that lasts is in the same commit";
  EXPECT_EQ(lasting, "2");
}

}  // namespace
}  // namespace recast::store
