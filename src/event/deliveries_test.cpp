#include "event/deliveries.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

#include "../store/store_fixture.hpp"
#include "net/client.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"

namespace recast::event {
namespace {

using account::Delivery;
using test::HttpTestServer;

/// What a receiver got, to be waited for.
class Inbox {
 public:
  void put(const HttpTestServer::Request& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    changed_.notify_all();
  }
  std::vector<HttpTestServer::Request> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_.size() >= count; });
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HttpTestServer::Request> requests_;
};

class DeliveriesTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_->on_events([this](const std::vector<store::Event>& events) { bus_.publish(events); });
    net::Settings outbound;
    outbound.allow_cidrs = {"127.0.0.0/8"};
    net_ = net::make_client(outbound, net::Policy::open(outbound).value());
    settings_of_webhooks_.retry_seconds = {"0", "0", "0"};
  }
  void TearDown() override { deliveries_.reset(); }

  void start() {
    deliveries_ = std::make_unique<Deliveries>(settings_of_webhooks_, store_->webhooks(), *net_, bus_, clock_,
                                               [this](const Delivery& delivery) -> Result<std::string> {
                                                 RECAST_TRY(const auto job, store_->job(user_, delivery.job));
                                                 return delivery.event + " " + job.id.str();
                                               });
  }
  account::Webhook hook(const HttpTestServer& server, std::vector<std::string> events = {"job.created"}) {
    return store_->webhooks().create(user_, server.url("/hook"), std::move(events), 100).value();
  }
  /// The newest delivery, once nothing more is tried.
  Delivery over() {
    for (int i = 0; i < 2000; ++i) {
      const auto list = store_->webhooks().deliveries(user_, std::nullopt, {}).value();
      if (!list.items.empty() && !list.items.front().due) return list.items.front();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "it is still due";
    return {};
  }

  Bus bus_;
  WebhookSettings settings_of_webhooks_;
  std::unique_ptr<net::Client> net_;
  std::unique_ptr<Deliveries> deliveries_;
};

TEST_F(DeliveriesTest, SignsWhatItSends) {
  Inbox inbox;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("200 OK", "", "");
  });
  const auto webhook = hook(server);
  start();
  const auto job = create(store::chain());
  const auto got = inbox.wait_for(1).at(0);
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.body, "job.created " + job.id.str());
  EXPECT_EQ(got.headers.at("content-type"), "application/json");
  EXPECT_EQ(got.headers.at("cloudconvert-signature"), account::signature_of(webhook.secret.current, got.body));
  const auto log = over();
  EXPECT_EQ(log.outcome, Delivery::Outcome::delivered);
  EXPECT_EQ(log.status, 200);
}

TEST_F(DeliveriesTest, TellsTheAddressOfAJobOfItsEndAlone) {
  Inbox inbox;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("204 No Content", "", "");
  });
  start();
  auto spec = store::chain();
  spec.webhook_url = server.url("/job");
  const auto job = create(spec);
  run_chain(job);
  const auto got = inbox.wait_for(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].body, "job.finished " + job.id.str());
  EXPECT_EQ(got[0].headers.at("cloudconvert-signature"),
            account::signature_of(store_->webhooks().job_secret(user_).value().current, got[0].body));
}

TEST_F(DeliveriesTest, TriesAgainAfterAFaultAndKeepsTheOrderOfAJob) {
  Inbox inbox;
  std::atomic<int> count = 0;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer(count++ < 2 ? "503 Busy" : "200 OK", "", "");
  });
  hook(server, {"job.created", "job.finished"});
  start();
  const auto job = create(store::chain());
  run_chain(job);
  const auto got = inbox.wait_for(4);
  ASSERT_EQ(got.size(), 4u);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(got[static_cast<std::size_t>(i)].body.starts_with("job.created"));
  EXPECT_TRUE(got[3].body.starts_with("job.finished"));
}

TEST_F(DeliveriesTest, GivesUpAfterThreeMoreAndMarksTheWebhook) {
  HttpTestServer server([](const auto&, auto& connection) { connection.answer("500 Broken", "", ""); });
  const auto webhook = hook(server);
  start();
  create(store::chain());
  const auto log = over();
  EXPECT_EQ(log.outcome, Delivery::Outcome::failed);
  EXPECT_EQ(log.attempts, 4);
  EXPECT_EQ(log.error, "HTTP 500");
  EXPECT_TRUE(store_->webhooks().find(user_, webhook.id).value().failing);
}

TEST_F(DeliveriesTest, DoesNotRepeatWhatAReceiverRefuses) {
  HttpTestServer server(
      [](const auto&, auto& connection) { connection.answer("302 Found", "Location: http://127.0.0.1:1/\r\n", ""); });
  hook(server);
  start();
  create(store::chain());
  const auto log = over();
  EXPECT_EQ(log.outcome, Delivery::Outcome::failed);
  EXPECT_EQ(log.attempts, 1);
  EXPECT_EQ(log.status, 302);
}

TEST_F(DeliveriesTest, DisablesAWebhookThatIsGone) {
  HttpTestServer server([](const auto&, auto& connection) { connection.answer("410 Gone", "", ""); });
  const auto webhook = hook(server);
  start();
  create(store::chain());
  over();
  const auto now = store_->webhooks().find(user_, webhook.id).value();
  EXPECT_TRUE(now.disabled);
  EXPECT_TRUE(now.failing);
}

TEST_F(DeliveriesTest, TakesTheFormerSecretWhileBothAreRight) {
  Inbox inbox;
  std::string known;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    const bool right = request.headers.at("cloudconvert-signature") == account::signature_of(known, request.body);
    connection.answer(right ? "200 OK" : "400 Bad Request", "", "");
  });
  const auto webhook = hook(server);
  known = webhook.secret.current;
  ASSERT_TRUE(store_->webhooks().rotate(user_, webhook.id, std::chrono::hours(24)));
  start();
  create(store::chain());
  EXPECT_EQ(over().outcome, Delivery::Outcome::delivered);
  EXPECT_EQ(inbox.wait_for(2).size(), 2u);
}

TEST_F(DeliveriesTest, IsNotHeldUpByAReceiverThatHangs) {
  Inbox inbox;
  HttpTestServer hanging([&](const auto&, auto& connection) { connection.hang(); });
  HttpTestServer quick([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("200 OK", "", "");
  });
  settings_of_webhooks_.deliveries = 4;
  hook(hanging);
  hook(quick);
  start();
  for (int i = 0; i < 20; ++i) create(store::chain());
  EXPECT_EQ(inbox.wait_for(20).size(), 20u);
}

/// Receivers that answer nobody take half of a user's calls at most, once they are known for it.
TEST_F(DeliveriesTest, LeavesRoomForTheOthersOfAUser) {
  Inbox inbox;
  HttpTestServer closing([](const auto&, auto&) {});
  HttpTestServer quick([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("200 OK", "", "");
  });
  settings_of_webhooks_.deliveries = 8;
  settings_of_webhooks_.deliveries_per_user = 4;
  settings_of_webhooks_.retry_seconds = {"86400"};
  for (int i = 0; i < 4; ++i) hook(closing, {"job.created", "job.finished"});
  hook(quick, {"job.created", "job.finished"});
  start();
  for (int i = 0; i < 5; ++i) run_chain(create(store::chain()));
  EXPECT_EQ(inbox.wait_for(10).size(), 10u);
}

TEST_F(DeliveriesTest, DoesNotReadWhatAReceiverPours) {
  HttpTestServer server([](const auto&, auto& connection) {
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 1000; ++i) connection.send(std::string(65536, 'x'));
  });
  hook(server);
  start();
  create(store::chain());
  const auto log = over();
  EXPECT_EQ(log.outcome, Delivery::Outcome::delivered);
}

TEST_F(DeliveriesTest, IsSubjectToTheOutboundPolicy) {
  net_ = net::make_client({}, net::Policy::open({}).value());
  HttpTestServer server([](const auto&, auto& connection) { connection.answer("200 OK", "", ""); });
  hook(server);
  start();
  create(store::chain());
  const auto log = over();
  EXPECT_EQ(log.outcome, Delivery::Outcome::failed);
  EXPECT_EQ(log.error, "target address is not allowed");
}

TEST_F(DeliveriesTest, SendsWhatWasQueuedBeforeItBegan) {
  Inbox inbox;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("200 OK", "", "");
  });
  hook(server);
  create(store::chain());
  start();
  EXPECT_EQ(inbox.wait_for(1).size(), 1u);
}

TEST_F(DeliveriesTest, RepeatsOneByHand) {
  Inbox inbox;
  HttpTestServer server([&](const auto& request, auto& connection) {
    inbox.put(request);
    connection.answer("404 Not Found", "", "");
  });
  hook(server);
  start();
  create(store::chain());
  const auto first = over();
  ASSERT_TRUE(store_->webhooks().replay(user_, first.id));
  deliveries_->look();
  EXPECT_EQ(inbox.wait_for(2).size(), 2u);
}

TEST(WebhookPauses, AreNumbers) {
  WebhookSettings settings;
  settings.retry_seconds = {"10", "soon"};
  EXPECT_EQ(Deliveries::pauses_of(settings).error().field, "webhooks.retry_seconds");
}

}  // namespace
}  // namespace recast::event
