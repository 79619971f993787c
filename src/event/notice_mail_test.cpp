#include "event/notice_mail.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "../../tests/support/temporary_folder.hpp"
#include "store/store.hpp"
#include "store/webhooks.hpp"

namespace recast::event {
namespace {

class NoticeMailTest : public testing::Test {
 protected:
  NoticeMailTest() {
    store::Store::Settings settings;
    settings.file = folder_ / "store.db";
    store_ = store::Store::open(settings, clock_, random_, "host").value();
    user_ = store_->create_user("ann", "ann@example.org", false).value().id;
  }
  /// That a webhook is gone.
  void raise() {
    account::Delivery delivery;
    delivery.user = user_;
    delivery.webhook = store_->webhooks().create(user_, "https://hooks.example.org/", {"job.failed"}, 9).value().id;
    store::Webhooks::Attempt attempt;
    attempt.outcome = account::Delivery::Outcome::failed;
    attempt.gone = true;
    ASSERT_TRUE(store_->webhooks().record(delivery, attempt));
  }
  std::size_t notices() { return store_->notices().list(user_, false, {}).value().items.size(); }

  test::TemporaryFolder folder_;
  FakeClock clock_;
  FakeRandom random_;
  std::unique_ptr<store::Store> store_;
  UserId user_{};
};

TEST_F(NoticeMailTest, RemovesWhatIsOldAlsoWhereNoMailIsSent) {
  raise();
  ASSERT_EQ(notices(), 1U);
  clock_.advance(std::chrono::hours(24) * 366);
  const auto mail = NoticeMail::start({}, store_->notices(), clock_, "");
  ASSERT_TRUE(mail) << mail.error().message;
  for (int i = 0; i < 1000 && notices() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(notices(), 0U);
}

TEST_F(NoticeMailTest, NamesTheSettingThatIsWrong) {
  const auto field_of = [](const MailSettings& settings) { return NoticeMail::check(settings).error().field; };
  EXPECT_TRUE(NoticeMail::check({}));
  MailSettings settings;
  settings.server = "mail.example.org";
  EXPECT_EQ(field_of(settings), "mail.server");
  settings.server = "smtp://mail.example.org:587";
  EXPECT_EQ(field_of(settings), "mail.from");
  settings.from = "Recast <recast@example.org>";
  EXPECT_TRUE(NoticeMail::check(settings));
  settings.language = "xx";
  EXPECT_EQ(field_of(settings), "mail.language");
  settings.language = "de";
  settings.retry_seconds = {"soon"};
  EXPECT_EQ(field_of(settings), "mail.retry_seconds");
}

}  // namespace
}  // namespace recast::event
