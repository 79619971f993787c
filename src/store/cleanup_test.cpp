#include <algorithm>

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;
using Cleanup = StoreTest;

TEST_F(Cleanup, RemovesWhatEndedLongAgo) {
  const auto job = run_chain(create(chain()));
  const auto waiting = create(chain());
  clock_.advance(24h - 1s);
  EXPECT_EQ(store_->purge(100)->objects, 0u);
  clock_.advance(1s);
  EXPECT_EQ(store_->purge(100)->objects, 1u);
  EXPECT_EQ(store_->job(user_, job.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->task(user_, job.tasks[0].id).error().code, ErrorCode::not_found);
  EXPECT_TRUE(store_->job(user_, waiting.id));
  EXPECT_EQ(store_->garbage(100)->size(), 3u);
}

TEST_F(Cleanup, NamesGarbageInPages) {
  const auto job = run_chain(create(chain()));
  ASSERT_TRUE(store_->delete_job(user_, job.id));
  const auto all = store_->garbage(100).value();
  EXPECT_TRUE(std::ranges::is_sorted(all));
  EXPECT_EQ(store_->garbage(2).value(), (std::vector{all[0], all[1]}));
  EXPECT_EQ(store_->garbage(2, all[1]).value(), std::vector{all[2]});
  EXPECT_TRUE(store_->garbage(2, all[2])->empty());
}

TEST_F(Cleanup, CountsOldEvents) {
  const auto task = store_->create_task(user_, task_spec("", "import/url")).value();
  clock_.advance(24h);
  const auto purged = store_->purge(10).value();
  EXPECT_EQ(purged.objects, 0u);
  EXPECT_EQ(purged.events, 1u);
  EXPECT_EQ(store_->purge(10)->events, 0u);
  EXPECT_TRUE(store_->task(user_, task.id));
}

TEST_F(Cleanup, RemovesAFewAtATime) {
  for (int i = 0; i < 3; ++i) run_chain(create(chain()));
  clock_.advance(25h);
  EXPECT_EQ(store_->purge(2)->objects, 2u);
  EXPECT_EQ(store_->purge(2)->objects, 1u);
  EXPECT_EQ(store_->purge(2)->objects, 0u);
}

TEST_F(Cleanup, KeepsWhatATaskStillNeeds) {
  const auto job = run_chain(create(chain()));
  const auto alone = store_->create_task(user_, task_spec("", "import/url")).value();
  ASSERT_TRUE(store_->end(alone.id, claim_one(Load::network).attempt, success("alone/1")));
  const auto next =
      store_->create_task(user_, task_spec("", "convert", {job.tasks[0].id.str(), alone.id.str()})).value();
  clock_.advance(25h);
  EXPECT_EQ(store_->purge(100)->objects, 0u);
  const auto one = claim_one(Load::cpu);
  EXPECT_EQ(one.inputs.size(), 2u);
  EXPECT_EQ(store_->purge(100)->objects, 0u);
  ASSERT_TRUE(store_->end(next.id, one.attempt, success("next/1")));
  EXPECT_EQ(store_->purge(100)->objects, 2u);
  EXPECT_TRUE(store_->task(user_, next.id));
}

TEST_F(Cleanup, ForgetsGarbageOnlyWhenItIsConfirmed) {
  const auto job = run_chain(create(chain()));
  ASSERT_TRUE(store_->delete_job(user_, job.id));
  open();
  const auto keys = store_->garbage(10).value();
  EXPECT_EQ(keys.size(), 3u);
  ASSERT_TRUE(store_->confirm_garbage({keys[0]}));
  EXPECT_EQ(store_->garbage(10)->size(), 2u);
}

TEST_F(Cleanup, KeepsAFileThatAnotherTaskHolds) {
  job::JobSpec spec;
  spec.tasks = {task_spec("a", "import/url"), task_spec("b", "import/url")};
  const auto job = create(spec);
  for (const auto& one : claim(Load::network, 2)) ASSERT_TRUE(store_->end(one.task.id, 1, success("shared/1")));
  ASSERT_TRUE(store_->delete_task(user_, job.tasks[0].id));
  EXPECT_TRUE(store_->garbage(10)->empty());
  EXPECT_EQ(store_->unknown_keys({"other/1", "shared/1", "a\"b"}).value(),
            (std::vector<std::string>{"other/1", "a\"b"}));
  ASSERT_TRUE(store_->delete_task(user_, job.tasks[1].id));
  EXPECT_EQ(store_->garbage(10)->size(), 1u);
}

using Accounts = StoreTest;

TEST_F(Accounts, KnowTheirKeys) {
  const auto key = store_->create_key(user_, "laptop", {"task.read", "x.y"}, "recast_secret_token").value();
  EXPECT_EQ(key.prefix, "recast_secre");
  const auto principal = store_->authenticate("recast_secret_token").value();
  EXPECT_EQ(principal.user.username, "ann");
  EXPECT_EQ(principal.key, key.id);
  EXPECT_TRUE(principal.has("x.y"));
  EXPECT_EQ(store_->authenticate("recast_secret_tokeN").error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(store_->authenticate("").error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(store_->create_key(user_, "other", {}, "recast_secret_token").error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->create_key(UserId(99), "x", {}, "t").error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->create_key(user_, "x", {"two words"}, "t").error().field, "scopes");
  ASSERT_TRUE(store_->check());
  EXPECT_EQ(store_->page_of_keys(user_, {})->items.at(0).last_used, clock_.now());
}

TEST_F(Accounts, LoseARevokedKeyAtOnce) {
  const auto key = store_->create_key(user_, "laptop", {}, "token").value();
  ASSERT_TRUE(store_->authenticate("token"));
  EXPECT_EQ(store_->revoke_key(UserId(99), key.id).error().code, ErrorCode::not_found);
  ASSERT_TRUE(store_->revoke_key(user_, key.id));
  EXPECT_EQ(store_->authenticate("token").error().code, ErrorCode::unauthenticated);
  EXPECT_TRUE(store_->page_of_keys(user_, {})->items.empty());
}

TEST_F(Accounts, HaveNamesOfTheirOwn) {
  EXPECT_EQ(store_->create_user("ann", "", false).error().field, "username");
  EXPECT_EQ(store_->create_user("  ", "", false).error().field, "username");
  EXPECT_TRUE(store_->create_user("root", "", true)->administrator);
  EXPECT_EQ(store_->list_users()->size(), 2u);
  EXPECT_EQ(store_->user_by_name("ann")->id, user_);
  EXPECT_EQ(store_->user_by_name("nobody").error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->user(user_)->email, "ann@example.org");
}

TEST_F(Accounts, TakeEverythingWithThem) {
  const auto job = run_chain(create(chain()));
  const auto running = create(chain());
  const auto one = claim_one(Load::network);
  ASSERT_TRUE(store_->create_key(user_, "k", {}, "token"));
  ASSERT_TRUE(store_->authenticate("token"));
  ASSERT_TRUE(store_->delete_user(user_));
  EXPECT_EQ(store_->authenticate("token").error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(store_->job(user_, job.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->renew({{one.task.id, 1}})->size(), 1u);
  EXPECT_EQ(store_->garbage(10)->size(), 3u);
  EXPECT_EQ(store_->delete_user(user_).error().code, ErrorCode::not_found);
}

TEST_F(Accounts, KeepTheSecretOfTheInstallation) {
  const auto secret = store_->secret("url-signing").value();
  EXPECT_EQ(secret.size(), 43u);
  EXPECT_NE(store_->secret("other").value(), secret);
  open();
  EXPECT_EQ(store_->secret("url-signing").value(), secret);
}

}  // namespace
}  // namespace recast::store
