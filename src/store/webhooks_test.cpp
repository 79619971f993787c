#include "store/webhooks.hpp"

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using account::Delivery;

class WebhooksTest : public StoreTest {
 protected:
  Webhooks& webhooks() { return store_->webhooks(); }
  account::Webhook hook(std::vector<std::string> events = {"job.created", "job.finished", "job.failed"}) {
    return webhooks().create(user_, "https://hooks.example.org/a", std::move(events), 100).value();
  }
  std::vector<Delivery> log() { return webhooks().deliveries(user_, std::nullopt, {}).value().items; }
  std::optional<Webhooks::Taken> take() {
    const auto work = webhooks().work().value();
    return work.targets.empty() ? std::nullopt : webhooks().take(work.targets[0].name, 60s).value();
  }
};

TEST_F(WebhooksTest, QueueWhatTheyAreSubscribedTo) {
  hook({"job.finished"});
  const auto job = create(chain());
  EXPECT_TRUE(log().empty());
  run_chain(job);
  ASSERT_EQ(log().size(), 1u);
  EXPECT_EQ(log()[0].event, "job.finished");
  EXPECT_EQ(log()[0].job, job.id);
}

TEST_F(WebhooksTest, QueueNothingWhileDisabledOrForOthers) {
  const auto webhook = hook();
  ASSERT_TRUE(webhooks().change(user_, webhook.id, {.url = {}, .events = {}, .disabled = true}));
  create(chain());
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  ASSERT_TRUE(store_->create_job(other, chain()));
  EXPECT_TRUE(log().empty());
}

TEST_F(WebhooksTest, AreTakenOnceAndAgainAfterTheLease) {
  hook({"job.created"});
  create(chain());
  ASSERT_TRUE(take());
  EXPECT_FALSE(take());
  clock_.advance(61s);
  EXPECT_TRUE(take());
}

TEST_F(WebhooksTest, KeepTheOrderOfAJobButNotOfJobs) {
  hook({"job.created", "job.finished"});
  const auto first = create(chain());
  run_chain(first);
  const auto second = create(chain());
  const auto one = take().value();
  EXPECT_EQ(one.delivery.job, first.id);
  EXPECT_EQ(one.delivery.event, "job.created");
  const auto two = take().value();
  EXPECT_EQ(two.delivery.job, second.id);
  EXPECT_FALSE(take()) << "the end of the first waits for its beginning";
  ASSERT_TRUE(webhooks().record(one.delivery,
                                {.outcome = Delivery::Outcome::delivered, .due = {}, .status = 200, .error = {}}));
  EXPECT_EQ(take().value().delivery.event, "job.finished");
}

TEST_F(WebhooksTest, AreNoWorkWhileAnOlderOneOfTheirJobWaits) {
  hook({"job.created", "job.finished"});
  run_chain(create(chain()));
  const auto one = take().value();
  ASSERT_TRUE(webhooks().record(one.delivery, {.outcome = Delivery::Outcome::pending,
                                               .due = clock_.now() + 10s,
                                               .status = 0,
                                               .error = "could not connect to host"}));
  EXPECT_TRUE(webhooks().work().value().targets.empty()) << "the end of the job is behind its beginning";
  clock_.advance(10s);
  EXPECT_EQ(webhooks().work().value().targets.size(), 1u);
}

TEST_F(WebhooksTest, ThatHaveWaitedLongestComeFirst) {
  const auto first = hook({"job.created"});
  const auto second = webhooks().create(user_, "https://hooks.example.org/b", {"job.created"}, 100).value();
  create(chain());
  const auto taken = webhooks().take("w" + std::to_string(static_cast<std::int64_t>(first.id)), 60s).value().value();
  ASSERT_TRUE(webhooks().record(taken.delivery,
                                {.outcome = Delivery::Outcome::delivered, .due = {}, .status = 200, .error = {}}));
  clock_.advance(1s);
  create(chain());
  const auto targets = webhooks().work().value().targets;
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0].name, "w" + std::to_string(static_cast<std::int64_t>(second.id)));
}

TEST_F(WebhooksTest, AreTriedAgainWhenTheyAreDue) {
  hook({"job.created"});
  create(chain());
  const auto one = take().value();
  ASSERT_TRUE(webhooks().record(
      one.delivery,
      {.outcome = Delivery::Outcome::pending, .due = clock_.now() + 10s, .status = 503, .error = "HTTP 503"}));
  EXPECT_EQ(webhooks().work().value().next, clock_.now() + 10s);
  EXPECT_FALSE(take());
  clock_.advance(10s);
  EXPECT_EQ(take().value().delivery.attempts, 1);
}

TEST_F(WebhooksTest, ThatAreGoneDropWhatWaits) {
  const auto webhook = hook({"job.created"});
  create(chain());
  create(chain());
  const auto one = take().value();
  ASSERT_TRUE(webhooks().record(one.delivery, {.outcome = Delivery::Outcome::failed,
                                               .due = {},
                                               .status = 410,
                                               .error = "HTTP 410",
                                               .duration = {},
                                               .gone = true}));
  EXPECT_FALSE(take());
  EXPECT_TRUE(webhooks().find(user_, webhook.id).value().disabled);
  EXPECT_EQ(log()[0].outcome, Delivery::Outcome::dropped);
}

TEST_F(WebhooksTest, RememberTheFormerSecretForAWhile) {
  const auto webhook = hook();
  EXPECT_EQ(webhook.secret.current.size(), account::kSigningSecretLength);
  const auto changed = webhooks().rotate(user_, webhook.id, 3600s).value();
  EXPECT_NE(changed.secret.current, webhook.secret.current);
  EXPECT_EQ(changed.secret.former, webhook.secret.current);
  EXPECT_EQ(changed.secret.former_until, clock_.now() + 3600s);
}

TEST_F(WebhooksTest, KeepTheirSecretsThroughANewKeyOfTheStore) {
  const auto webhook = hook();
  const auto of_jobs = webhooks().job_secret(user_).value();
  ASSERT_TRUE(store_->rotate_secrets());
  EXPECT_EQ(webhooks().find(user_, webhook.id).value().secret.current, webhook.secret.current);
  EXPECT_EQ(webhooks().job_secret(user_).value().current, of_jobs.current);
}

TEST_F(WebhooksTest, RestSealed) {
  const auto secret = hook().secret.current;
  store_.reset();
  std::string bytes;
  for (const auto* const name : {"store.db", "store.db-wal"}) {
    if (std::filesystem::exists(folder_ / name)) bytes += test::read_file(folder_ / name);
  }
  EXPECT_NE(bytes.find("hooks.example.org"), std::string::npos);
  EXPECT_EQ(bytes.find(secret), std::string::npos);
}

TEST_F(WebhooksTest, OfOthersLookLikeNone) {
  const auto webhook = hook();
  create(chain());
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  EXPECT_EQ(webhooks().find(other, webhook.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(webhooks().rotate(other, webhook.id, 1s).error().code, ErrorCode::not_found);
  EXPECT_EQ(webhooks().remove(other, webhook.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(webhooks().deliveries(other, webhook.id, {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(webhooks().replay(other, log()[0].id).error().code, ErrorCode::not_found);
}

TEST_F(WebhooksTest, AreLimitedInNumber) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(webhooks().create(user_, "https://example.org", {"job.failed"}, 3));
  EXPECT_EQ(webhooks().create(user_, "https://example.org", {"job.failed"}, 3).error().field, "url");
}

TEST_F(WebhooksTest, ForgetTheirLogAfterAWhile) {
  hook({"job.created"});
  create(chain());
  const auto one = take().value();
  ASSERT_TRUE(webhooks().record(one.delivery,
                                {.outcome = Delivery::Outcome::delivered, .due = {}, .status = 200, .error = {}}));
  EXPECT_EQ(webhooks().purge(clock_.now() - 1h, 100).value(), 0u);
  EXPECT_EQ(webhooks().purge(clock_.now(), 100).value(), 1u);
  EXPECT_TRUE(log().empty());
}

}  // namespace
}  // namespace recast::store
