#include "account/webhook.hpp"

#include <gtest/gtest.h>

namespace recast::account {
namespace {

// The vector of core.md 14.2.
TEST(WebhookSignature, IsTheHmacOfTheBody) {
  EXPECT_EQ(signature_of("wh-secret-1", R"({"event":"job.finished","job":{"id":"0c0ffee0-1111-4222-8333-444455556666",)"
                                        R"("tag":"demo","status":"finished"}})"),
            "4282412fb705993764a1a2b50a3e02ab8eb381701d6ce192b290547ce691a3ce");
}

TEST(WebhookEvents, AreEachKeptOnceInOneOrder) {
  EXPECT_EQ(checked_events({"job.failed", "job.created", "job.failed"}).value(),
            (std::vector<std::string>{"job.created", "job.failed"}));
}

TEST(WebhookEvents, MustBeKnownAndSome) {
  EXPECT_EQ(checked_events({}).error().field, "events");
  EXPECT_EQ(checked_events({"task.finished"}).error().field, "events");
}

TEST(Webhook, PlaceOfAnAddressIsWithoutWhateverMayBeASecret) {
  EXPECT_EQ(place_of("https://ann:pw@hooks.example.org:8443/services/T00/B00?x=1#y"), "https://hooks.example.org:8443");
  EXPECT_EQ(place_of("https://hooks.example.org"), "https://hooks.example.org");
  EXPECT_EQ(place_of("https://hooks.example.org?token"), "https://hooks.example.org");
}

}  // namespace
}  // namespace recast::account
