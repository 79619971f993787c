#include "store/admission.hpp"

#include <thread>

#include "store/audit.hpp"
#include "store/ledger.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using account::Quota;
using operation::Load;

class Admissions : public StoreTest {
 protected:
  void limit(const Quota& quota) { ASSERT_TRUE(store_->ledger().set_quota(user_, quota)); }
  /// What has happened if one creates from another thread, as a request does.
  ErrorCode code_of(const Result<job::Task>& made) { return made ? ErrorCode::internal : made.error().code; }
  Result<job::Task> make(const std::string& operation = "convert") {
    return store_->create_task(user_, task_spec("", operation));
  }
  /// A request with a key.
  Result<job::Task> make_with(KeyId key) {
    const ActorScope actor({.user = user_, .username = "ann", .key = key, .address = {}});
    return make();
  }
  KeyId key_with(const account::KeyTerms& terms) {
    return store_->create_key(user_, "a key", {"task.write"}, account::new_token(random_), terms)->id;
  }
  /// How many of some creators at once get through.
  template <class Make>
  int let_through(Make&& one) {
    std::atomic<int> made = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int j = 0; j < 5; ++j) made += one(i) ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    return made;
  }
};

TEST_F(Admissions, KeepToTheTasksOfAMinute) {
  limit({.tasks_per_minute = 3});
  job::JobSpec two;
  two.tasks = {task_spec("a", "import/url"), task_spec("b", "import/url")};
  create(two);
  ASSERT_TRUE(make());
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_requests);
  clock_.advance(59s);
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_requests);
  clock_.advance(2s);
  EXPECT_TRUE(make());
}

TEST_F(Admissions, CountTasksThatWereDeletedOrRefusedAsTheyAre) {
  limit({.tasks_per_minute = 1});
  const auto task = make().value();
  ASSERT_TRUE(store_->delete_task(user_, task.id));
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_requests) << "deleting does not help";
  clock_.advance(61s);
  limit({.jobs_in_flight = 0, .tasks_per_minute = 1});
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_jobs);
  limit({.tasks_per_minute = 1});
  EXPECT_TRUE(make()) << "what was refused is not counted";
}

TEST_F(Admissions, SayWhenThereIsRoomAgain) {
  EXPECT_EQ(store_->ledger().rate(user_, {}, 1).value(), std::nullopt);
  limit({.tasks_per_minute = 2});
  ASSERT_TRUE(make());
  clock_.advance(10s);
  ASSERT_TRUE(make());
  const auto rate = store_->ledger().rate(user_, {}, 1).value().value();
  EXPECT_EQ(rate.limit, 2);
  EXPECT_EQ(rate.remaining, 0);
  EXPECT_EQ(rate.wait, 51s);
  EXPECT_EQ(store_->ledger().rate(user_, {}, 2).value()->wait, 61s);
  clock_.advance(rate.wait);
  EXPECT_TRUE(make());
}

TEST_F(Admissions, NameAJobThatNoMinuteHasRoomFor) {
  limit({.tasks_per_minute = 2});
  const auto made = store_->create_job(user_, chain());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::invalid_data);
  EXPECT_EQ(made.error().field, "tasks");
}

TEST_F(Admissions, RememberTheMinuteAcrossARestart) {
  limit({.tasks_per_minute = 1});
  ASSERT_TRUE(make());
  open();
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_requests);
}

TEST_F(Admissions, CannotBeDodgedByManyAtOnce) {
  limit({.jobs_in_flight = 7});
  EXPECT_EQ(let_through([&](int) { return make().has_value(); }), 7);
  limit({.tasks_per_minute = 18});
  EXPECT_EQ(let_through([&](int) { return make().has_value(); }), 18);
}

TEST_F(Admissions, CountAllKeysOfAUserTogether) {
  limit({.jobs_in_flight = 6});
  const std::array keys{key_with({}), key_with({}), key_with({.expires = {}, .quota = {.jobs_in_flight = 2}})};
  EXPECT_EQ(let_through([&](int i) { return make_with(keys.at(static_cast<std::size_t>(i) % 3)).has_value(); }), 6);
}

TEST_F(Admissions, CountAKeyWithAQuotaAndThoseThatItMadeTogether) {
  const auto parent = key_with({.expires = {}, .quota = {.jobs_in_flight = 2, .tasks_per_minute = 3}});
  const auto child = key_with({.expires = {}, .quota = {.jobs_in_flight = 2, .tasks_per_minute = 3}, .family = parent});
  const auto free = key_with({});
  ASSERT_TRUE(make_with(parent));
  const auto second = make_with(child).value();
  EXPECT_EQ(code_of(make_with(parent)), ErrorCode::too_many_jobs);
  EXPECT_EQ(code_of(make_with(child)), ErrorCode::too_many_jobs);
  EXPECT_TRUE(make_with(free));
  ASSERT_TRUE(store_->cancel_task(user_, second.id));
  EXPECT_TRUE(make_with(parent));
  EXPECT_EQ(code_of(make_with(child)), ErrorCode::too_many_requests);
  const auto use = store_->ledger().use(user_, parent).value();
  EXPECT_EQ(use.jobs_in_flight, 2);
  EXPECT_EQ(use.tasks_in_minute, 3);
  EXPECT_EQ(store_->ledger().use(user_, {})->jobs_in_flight, 3);
}

TEST_F(Admissions, TakeTheServersQuotaWhereAUserHasNone) {
  settings_.quota.jobs_in_flight = 1;
  settings_.jobs_in_flight = 2;
  open();
  ASSERT_TRUE(make());
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_jobs);
  limit({.jobs_in_flight = 100});
  ASSERT_TRUE(make());
  EXPECT_EQ(code_of(make()), ErrorCode::too_many_jobs) << "the server's own cap stays";
}

TEST_F(Admissions, EndAtTheMinutesOfADay) {
  limit({.minutes = 10});
  ASSERT_TRUE(make());
  ASSERT_TRUE(make());
  ASSERT_TRUE(make());
  const auto first = claim_one(Load::cpu);
  clock_.advance(5min);
  ASSERT_TRUE(store_->end(first.task.id, first.attempt, failure()));
  EXPECT_EQ(store_->ledger().use(user_, {})->engine_time, 5min) << "a failure takes time, too";
  const auto second = claim_one(Load::cpu);
  clock_.advance(5min);
  EXPECT_EQ(code_of(make()), ErrorCode::credits_exceeded) << "what runs counts while it does";
  EXPECT_TRUE(claim(Load::cpu).empty());
  const auto tasks = store_->list_tasks(user_, {}, {})->items;
  EXPECT_EQ(tasks.front().code, "CREDITS_EXCEEDED") << "what waited is not begun";
  ASSERT_TRUE(store_->delete_task(user_, second.task.id));
  EXPECT_EQ(store_->ledger().use(user_, {})->engine_time, 10min) << "deleting does not help";
  EXPECT_EQ(code_of(make()), ErrorCode::credits_exceeded);
  clock_.advance(24h);
  EXPECT_TRUE(make());
  EXPECT_EQ(claim(Load::cpu).size(), 1u);
}

TEST_F(Admissions, CountOnlyTheMinutesOfTheDayItself) {
  const auto midnight = std::chrono::ceil<std::chrono::days>(clock_.now());
  clock_.advance(midnight - clock_.now() - 10min);
  ASSERT_TRUE(make());
  const auto one = claim_one(Load::cpu);
  clock_.advance(15min);
  EXPECT_EQ(store_->ledger().use(user_, {})->engine_time, 5min);
  ASSERT_TRUE(store_->end(one.task.id, one.attempt, failure()));
  EXPECT_EQ(store_->ledger().use(user_, {})->engine_time, 5min);
}

TEST_F(Admissions, WriteDownWhatHeld) {
  limit({.upload_bytes = 100, .retention_hours = 2, .formats = {"pdf", "png"}});
  const auto key = key_with({.expires = {}, .quota = {.upload_bytes = 50, .formats = {"png", "jpg"}}});
  const auto task = make_with(key).value();
  limit({});
  const auto terms = reload(task).terms;
  EXPECT_EQ(terms.largest_file, 50u);
  EXPECT_EQ(terms.keep, 2h);
  EXPECT_EQ(terms.formats, std::vector<std::string>{"png"});
  EXPECT_EQ(claim_one(Load::cpu).task.terms.largest_file, 50u);
  const auto free = reload(make().value()).terms;
  EXPECT_EQ(free.largest_file, std::nullopt);
  EXPECT_EQ(free.formats, std::nullopt);
  EXPECT_EQ(free.keep, std::nullopt);
}

TEST_F(Admissions, LetWorkBePurgedWhenItsOwnTimeIsOver) {
  const auto others = create(chain());
  run_chain(others);
  limit({.retention_hours = 2});
  const auto own = create(chain());
  run_chain(own);
  const auto task = make("import/url").value();
  ASSERT_TRUE(store_->cancel_task(user_, task.id));
  clock_.advance(2h - 1s);
  EXPECT_EQ(store_->purge(10)->objects, 0u);
  clock_.advance(1s);
  EXPECT_EQ(store_->purge(10)->objects, 2u);
  EXPECT_FALSE(store_->job(user_, own.id));
  EXPECT_FALSE(store_->task(user_, task.id));
  EXPECT_TRUE(store_->job(user_, others.id));
  clock_.advance(22h);
  EXPECT_EQ(store_->purge(10)->objects, 1u);
}

TEST_F(Admissions, KeepKeysWithTheirQuotas) {
  const account::KeyTerms terms{.expires = {}, .quota = {.minutes = 5, .operations = {"import/*"}}, .family = KeyId(3)};
  const auto token = account::new_token(random_);
  ASSERT_TRUE(store_->create_key(user_, "k", {}, token, terms));
  EXPECT_EQ(store_->page_of_keys(user_, {})->items.at(0).terms.quota, terms.quota);
  const auto principal = store_->authenticate(token).value();
  EXPECT_EQ(principal.terms.quota, terms.quota);
  EXPECT_EQ(principal.terms.family, KeyId(3));
}

}  // namespace
}  // namespace recast::store
