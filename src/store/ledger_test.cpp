#include "store/ledger.hpp"

#include <thread>

#include "sql/sql.hpp"
#include "store/audit.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;

account::Prices prices(const boost::json::object& tree) {
  return account::Prices::read(
             tree, [](std::string_view name) { return name == "convert"; },
             [](std::string_view name) { return name == "chrome" || name == "vips"; })
      .value();
}

class Credits : public StoreTest {
 protected:
  void limit_to(std::int64_t amount) {
    ASSERT_TRUE(
        ledger().change(user_, {.unlimited = false, .amount = amount, .note = "bought", .idempotency_key = {}}));
  }
  Ledger& ledger() { return store_->ledger(); }
  account::Balance balance() { return ledger().balance(user_).value(); }
  void expect_intact() {
    const auto verdict = ledger().verify().value();
    EXPECT_EQ(verdict.faults, std::vector<std::string>());
  }
  job::JobSpec conversion(const std::string& engine = {}) {
    job::JobSpec spec;
    spec.tasks = {task_spec("pdf", "convert")};
    spec.tasks.front().engine = engine;
    return spec;
  }
  /// Runs one conversion to its end.
  job::Job finish(const job::Job& job, const std::string& engine = {}) {
    const auto one = claim_one(Load::cpu);
    auto ending = success(one.task.id.str() + "/1");
    ending.engine = engine;
    EXPECT_TRUE(store_->end(one.task.id, one.attempt, ending));
    return reload(job);
  }
  ErrorCode refusal() { return store_->create_job(user_, conversion()).error().code; }
  /// A number that only the database knows.
  std::int64_t number(const std::string& query) {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_only).value();
    auto rows = connection.query(query);
    return rows.next() ? rows.integer(0) : -1;
  }
};

TEST_F(Credits, AreNotCountedUntilAUserIsLimited) {
  const auto done = finish(create(conversion()));
  EXPECT_EQ(done.tasks[0].credits, 1);
  EXPECT_EQ(balance().balance, 0);
  EXPECT_EQ(store_->user(user_)->credits, std::nullopt);
  EXPECT_TRUE(ledger().list(user_, {})->items.empty());
  expect_intact();
}

TEST_F(Credits, AreReservedFirstAndChargedInTheEnd) {
  limit_to(10);
  const auto job = create(chain());
  EXPECT_EQ(balance().reserved, 1);
  EXPECT_EQ(store_->user(user_)->credits, 9);
  expect_intact();
  const auto done = run_chain(job);
  EXPECT_EQ(done.tasks[0].credits, 0);
  EXPECT_EQ(done.tasks[1].credits, 1);
  EXPECT_EQ(done.tasks[2].credits, 0);
  EXPECT_EQ(balance().balance, 9);
  EXPECT_EQ(balance().reserved, 0);
  const auto entries = ledger().list(user_, {})->items;
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, account::EntryKind::charge);
  EXPECT_EQ(entries[0].amount, -1);
  EXPECT_EQ(entries[0].balance, 9);
  EXPECT_EQ(entries[0].task, done.tasks[1].id);
  EXPECT_EQ(entries[0].job, done.id);
  EXPECT_EQ(entries[1].note, "bought");
  expect_intact();
}

TEST_F(Credits, RefuseWhatCannotBePaidAndLeaveNothingOfIt) {
  limit_to(1);
  create(conversion());
  EXPECT_EQ(refusal(), ErrorCode::credits_exceeded);
  EXPECT_EQ(store_->create_task(user_, task_spec("", "convert")).error().code, ErrorCode::credits_exceeded);
  EXPECT_EQ(number("SELECT count(*) FROM jobs"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM tasks"), 1);
  EXPECT_TRUE(store_->create_task(user_, task_spec("", "import/url"))) << "that costs nothing";
  expect_intact();
}

TEST_F(Credits, OfFailedCancelledAndDeletedWorkComeBack) {
  limit_to(1);
  const auto job = create(chain());
  const auto import = claim_one(Load::network);
  ASSERT_TRUE(store_->end(import.task.id, import.attempt, failure()));
  EXPECT_EQ(balance().left(), 1) << "what depends on a failure fails";
  const auto task = store_->create_task(user_, task_spec("", "convert")).value();
  EXPECT_EQ(balance().left(), 0);
  ASSERT_TRUE(store_->cancel_task(user_, task.id));
  EXPECT_EQ(balance().left(), 1);
  const auto other = store_->create_task(user_, task_spec("", "convert")).value();
  ASSERT_TRUE(store_->delete_task(user_, other.id));
  EXPECT_EQ(balance().left(), 1);
  const auto running = create(conversion());
  claim_one(Load::cpu);
  ASSERT_TRUE(store_->delete_job(user_, running.id));
  EXPECT_EQ(balance().left(), 1);
  EXPECT_EQ(balance().balance, 1);
  expect_intact();
}

TEST_F(Credits, AreKeptForWorkThatIsTriedAgain) {
  settings_.attempts = 2;
  open();
  limit_to(1);
  create(conversion());
  auto one = claim_one(Load::cpu);
  ASSERT_TRUE(store_->lost(one.task.id, one.attempt, "gone"));
  EXPECT_EQ(balance().reserved, 1);
  EXPECT_EQ(refusal(), ErrorCode::credits_exceeded);
  one = claim_one(Load::cpu);
  ASSERT_TRUE(store_->put_back(one.task.id, one.attempt));
  EXPECT_EQ(balance().reserved, 1);
  one = claim_one(Load::cpu);
  ASSERT_TRUE(store_->lost(one.task.id, one.attempt, "gone"));
  EXPECT_EQ(balance().left(), 1) << "it ended with worker_lost";
  expect_intact();
}

TEST_F(Credits, AreReservedAnewForARetry) {
  limit_to(1);
  const auto task = store_->create_task(user_, task_spec("", "convert")).value();
  ASSERT_TRUE(store_->cancel_task(user_, task.id));
  ASSERT_TRUE(store_->retry_task(user_, task.id));
  EXPECT_EQ(store_->retry_task(user_, task.id).error().code, ErrorCode::credits_exceeded);
  expect_intact();
}

TEST_F(Credits, AreForTheEngineThatDidIt) {
  settings_.prices = prices({{"convert", 2}, {"convert/chrome", 5}});
  open();
  limit_to(12);
  const auto any = create(conversion());
  EXPECT_EQ(balance().reserved, 5) << "it may come to be chrome";
  EXPECT_EQ(finish(any, "vips").tasks[0].credits, 2);
  EXPECT_EQ(balance().balance, 10);
  const auto named = create(conversion("vips"));
  EXPECT_EQ(balance().reserved, 2);
  EXPECT_EQ(finish(named, "chrome").tasks[0].credits, 2) << "no more than was reserved";
  EXPECT_EQ(finish(create(conversion("chrome")), "chrome").tasks[0].credits, 5);
  EXPECT_EQ(balance().balance, 3);
  expect_intact();
}

TEST_F(Credits, AreNotTakenInTheSandbox) {
  limit_to(0);
  auto spec = conversion();
  spec.sandbox = true;
  const auto done = finish(create(spec));
  EXPECT_EQ(done.tasks[0].credits, 1) << "it is shown all the same";
  EXPECT_EQ(balance().balance, 0);
  expect_intact();
}

TEST_F(Credits, StayAddedUpWhenTheTasksArePurged) {
  limit_to(2);
  finish(create(conversion()));
  clock_.advance(25h);
  EXPECT_EQ(store_->purge(10)->objects, 1u);
  EXPECT_EQ(balance().balance, 1);
  EXPECT_EQ(ledger().list(user_, {})->items.size(), 2u);
  expect_intact();
}

TEST_F(Credits, CannotBeOverdrawnByManyAtOnce) {
  limit_to(25);
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        const auto job = store_->create_job(user_, chain());
        if (job)
          ++made;
        else if (job.error().code == ErrorCode::credits_exceeded)
          ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(made, 25);
  EXPECT_EQ(refused, 55);
  EXPECT_EQ(balance().left(), 0);
  expect_intact();
}

TEST_F(Credits, CanBeTakenAwayOnlyIfTheyAreThere) {
  limit_to(3);
  create(conversion());
  const auto take = [&](std::int64_t amount) {
    return ledger().change(user_,
                           {.kind = account::EntryKind::adjust, .amount = amount, .note = {}, .idempotency_key = {}});
  };
  const auto wrong = take(-3);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "amount");
  ASSERT_TRUE(take(-2));
  EXPECT_EQ(balance().left(), 0);
  EXPECT_FALSE(take(2'000'000'000'000'000));
  EXPECT_EQ(ledger().change(UserId(99), {.amount = 1, .note = {}, .idempotency_key = {}}).error().code,
            ErrorCode::not_found);
  expect_intact();
  const auto log = store_->audit().list({}, {})->items;
  EXPECT_EQ(log.front().action, "credits.adjust");
  EXPECT_EQ(log.front().detail, "-2, balance 1");
}

TEST_F(Credits, LetTheBeginningBeSet) {
  settings_.credits.initial = 7;
  open();
  const auto bob = store_->create_user("bob", "", false).value();
  EXPECT_EQ(bob.credits, 7);
  EXPECT_EQ(store_->user(bob.id)->credits, 7);
  EXPECT_EQ(store_->create_user("root", "", true)->credits, std::nullopt);
  expect_intact();
}

TEST_F(Credits, RunningLowAreToldOfOnceAfterEachGrant) {
  settings_.credits.low = 3;
  open();
  limit_to(4);
  const auto told = [&] { return number("SELECT count(*) FROM notices WHERE kind = 'credits.low'"); };
  finish(create(conversion()));
  EXPECT_EQ(told(), 0);
  finish(create(conversion()));
  EXPECT_EQ(told(), 1);
  finish(create(conversion()));
  EXPECT_EQ(told(), 1);
  limit_to(1);
  finish(create(conversion()));
  EXPECT_EQ(told(), 2);
}

TEST_F(Credits, ThatDoNotAddUpAreFound) {
  limit_to(5);
  const auto held = create(conversion());
  const auto done = finish(create(conversion()));
  const auto spoil = [&](const std::string& change, const std::string& fault) {
    store_.reset();
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_write).value();
    connection.run(change);
    { auto gone = std::move(connection); }
    open();
    const auto faults = ledger().verify()->faults;
    EXPECT_TRUE(std::ranges::any_of(faults, [&](const auto& one) { return one.contains(fault); })) << change;
  };
  expect_intact();
  spoil("UPDATE users SET credits = credits + 1", "the balance is 5, its entries come to 4");
  spoil("UPDATE users SET credits = credits - 1, reserved = reserved + 1", "2 are reserved, tasks hold 1");
  spoil("UPDATE users SET reserved = 9", "9 are reserved of 4");
  spoil("UPDATE ledger SET balance = 6 WHERE id = 1", "entry 1: the balance is not");
  spoil("DELETE FROM ledger WHERE kind = 'charge'", "it cost 1, 0 were taken");
}

}  // namespace
}  // namespace recast::store
