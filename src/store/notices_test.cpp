#include "store/notices.hpp"

#include "store/logins.hpp"
#include "store/store_fixture.hpp"
#include "store/webhooks.hpp"

namespace recast::store {
namespace {

using account::Delivery;
using account::NoticeKind;

class NoticesTest : public StoreTest {
 protected:
  Notices& notices() { return store_->notices(); }
  std::vector<account::Notice> all() { return notices().list(user_, false, {}).value().items; }
  std::optional<Notices::Taken> take() { return notices().take(60s, clock_.now() - 72h).value(); }
  /// A task whose engine's version is deprecated.
  void use(const std::string& version) {
    job::JobSpec spec;
    spec.tasks = {task_spec("a", "convert")};
    create(spec);
    const auto claim = claim_one(operation::Load::cpu);
    auto ending = success(claim.task.id.str() + "/1");
    ending.engine = "ghostscript";
    ending.engine_version = version;
    ending.engine_deprecated = true;
    ASSERT_TRUE(store_->end(claim.task.id, claim.attempt, ending));
  }
  /// One delivery to a webhook, ended so.
  void deliver(const account::Webhook& webhook, Webhooks::Attempt attempt) {
    create(chain());
    const auto work = store_->webhooks().work().value();
    ASSERT_FALSE(work.targets.empty());
    const auto taken = store_->webhooks().take(work.targets[0].name, 60s).value().value();
    ASSERT_EQ(taken.delivery.webhook, webhook.id);
    ASSERT_TRUE(store_->webhooks().record(taken.delivery, attempt));
  }
};

TEST_F(NoticesTest, TellOfADeprecatedVersionOnceADay) {
  use("9.27");
  use("9.27");
  use("9.26");
  ASSERT_EQ(all().size(), 2u);
  EXPECT_EQ(all()[1].kind, NoticeKind::engine_deprecated);
  EXPECT_EQ(all()[1].values.at("version"), "9.27");
  clock_.advance(24h);
  use("9.27");
  EXPECT_EQ(all().size(), 3u);
}

TEST_F(NoticesTest, TellOfAWebhookWhenItBeginsToFailAndWhenItIsGone) {
  const auto webhook =
      store_->webhooks().create(user_, "https://bob:secret@hooks.example.org/a?token=x", {"job.created"}, 9).value();
  const Webhooks::Attempt failed{.outcome = Delivery::Outcome::failed, .due = {}, .status = 500, .error = {}};
  deliver(webhook, failed);
  deliver(webhook, failed);
  ASSERT_EQ(all().size(), 1u) << "it failed already";
  EXPECT_EQ(all()[0].kind, NoticeKind::webhook_failing);
  EXPECT_EQ(all()[0].values.at("url"), "https://hooks.example.org/a");
  EXPECT_EQ(all()[0].values.at("cause"), "HTTP 500");
  deliver(webhook, {.outcome = Delivery::Outcome::delivered, .due = {}, .status = 200, .error = {}});
  deliver(webhook, failed);
  EXPECT_EQ(all().size(), 2u) << "it had been well between";
  deliver(webhook,
          {.outcome = Delivery::Outcome::failed, .due = {}, .status = 410, .error = {}, .duration = {}, .gone = true});
  EXPECT_EQ(all().size(), 3u);
}

TEST_F(NoticesTest, AreMailedOnceAgainLaterOrNeverMore) {
  use("9.27");
  ASSERT_TRUE(notices().is_due(clock_.now() - 72h).value());
  const auto first = take().value();
  EXPECT_EQ(first.username, "ann");
  EXPECT_EQ(first.email, "ann@example.org");
  EXPECT_EQ(first.attempts, 1);
  EXPECT_FALSE(take()) << "it is held";
  ASSERT_TRUE(notices().record(first.notice.id, Notices::Outcome::failed, clock_.now() + 600s));
  EXPECT_FALSE(take());
  clock_.advance(601s);
  EXPECT_EQ(take().value().attempts, 2);
  clock_.advance(61s);
  EXPECT_EQ(take().value().attempts, 3) << "whoever held it is gone";
  ASSERT_TRUE(notices().record(first.notice.id, Notices::Outcome::sent, {}));
  clock_.advance(1h);
  EXPECT_FALSE(take());
  EXPECT_TRUE(all()[0].mailed);
  use("9.26");
  ASSERT_TRUE(notices().record(take().value().notice.id, Notices::Outcome::failed, {}));
  clock_.advance(1h);
  EXPECT_FALSE(take()) << "given up";
  EXPECT_FALSE(all()[0].mailed);
}

TEST_F(NoticesTest, ThatAreOldAreNotMailedAndGoInTheEnd) {
  use("9.27");
  clock_.advance(73h);
  EXPECT_FALSE(notices().is_due(clock_.now() - 72h).value());
  EXPECT_FALSE(take());
  EXPECT_EQ(notices().purge(clock_.now() - 72h).value(), 1u);
  EXPECT_TRUE(all().empty());
}

TEST_F(NoticesTest, AreMailedAsTheUserChose) {
  EXPECT_EQ(notices().choice(user_).value().language, "");
  EXPECT_TRUE(notices().choice(user_).value().without_mail.empty());
  ASSERT_TRUE(notices().choose(
      user_, {.language = "de", .mail = {{NoticeKind::engine_deprecated, false}, {NoticeKind::credits_low, false}}}));
  const auto chosen = notices().choose(user_, {.language = {}, .mail = {{NoticeKind::credits_low, true}}}).value();
  EXPECT_EQ(chosen.language, "de") << "what is not named stays";
  EXPECT_EQ(chosen.without_mail, std::vector{NoticeKind::engine_deprecated});
  EXPECT_EQ(notices().choice(user_).value().without_mail, chosen.without_mail);
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  EXPECT_TRUE(notices().choice(other).value().without_mail.empty());
  EXPECT_EQ(notices().choose(UserId(77), {}).error().code, ErrorCode::not_found);

  use("9.27");
  ASSERT_TRUE(store_->logins().begin_session(user_, {.hash = "h1", .life = 1h, .address = "192.0.2.1"}));
  ASSERT_TRUE(store_->logins().begin_session(other, {.hash = "h2", .life = 1h, .address = "192.0.2.1"}));
  const auto first = take().value();
  EXPECT_EQ(first.notice.kind, NoticeKind::new_login);
  EXPECT_EQ(first.username, "ann");
  EXPECT_EQ(first.language, "de");
  const auto second = take().value();
  EXPECT_EQ(second.username, "ben");
  EXPECT_EQ(second.language, "") << "that of the server";
  EXPECT_FALSE(take());
  ASSERT_EQ(all().size(), 2u) << "in the list it stands all the same";
  EXPECT_EQ(all()[1].kind, NoticeKind::engine_deprecated);
  EXPECT_FALSE(all()[1].mailed);
}

TEST_F(NoticesTest, ThatNobodyWantedDoNotComeLater) {
  ASSERT_TRUE(notices().choose(user_, {.language = {}, .mail = {{NoticeKind::engine_deprecated, false}}}));
  use("9.27");
  EXPECT_FALSE(take());
  ASSERT_TRUE(notices().choose(user_, {.language = {}, .mail = {{NoticeKind::engine_deprecated, true}}}));
  EXPECT_FALSE(take());
  use("9.26");
  EXPECT_EQ(take().value().notice.values.at("version"), "9.26");
  // One that is tried again is let go when its user has enough of them.
  ASSERT_TRUE(notices().choose(user_, {.language = {}, .mail = {{NoticeKind::engine_deprecated, false}}}));
  clock_.advance(61s);
  EXPECT_FALSE(take());
}

TEST_F(NoticesTest, AreReadByTheirUserOnly) {
  use("9.27");
  use("9.26");
  const auto id = all()[0].id;
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  EXPECT_TRUE(notices().list(other, false, {}).value().items.empty());
  EXPECT_EQ(notices().mark_read(other, id).error().code, ErrorCode::not_found);
  EXPECT_TRUE(notices().mark_read(user_, id).value().read);
  EXPECT_EQ(notices().list(user_, true, {}).value().items.size(), 1u);
  EXPECT_EQ(notices().mark_all_read(user_).value(), 1u);
  EXPECT_TRUE(notices().list(user_, true, {}).value().items.empty());
}

}  // namespace
}  // namespace recast::store
