// What a script cannot say of limits: many clients at once, and addresses that are signed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <thread>

#include "account/signing.hpp"
#include "base/text.hpp"
#include "http/test_client.hpp"
#include "store/ledger.hpp"
#include "test_server.hpp"

namespace recast::api_test {
namespace {

namespace json = boost::json;
using http::test::Client;

class Limits : public testing::Test {
 protected:
  std::string bearer(const std::string& key) const {
    return "Authorization: Bearer " + server.values().at(key) + "\r\n";
  }
  UserId user() const { return UserId(std::stoll(server.values().at("other_user"))); }
  store::Ledger& ledger() { return server.store().ledger(); }

  /// How many of 60 requests, of twelve clients at once, were answered so.
  std::map<unsigned, int> many(const std::string& path, const std::string& body) {
    std::mutex mutex;
    std::map<unsigned, int> statuses;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        Client client(server.port());
        for (int j = 0; j < 5; ++j) {
          const auto status = client.post(path, body, bearer("other_key")).status;
          std::lock_guard lock(mutex);
          ++statuses[status];
        }
      });
    }
    threads.clear();
    return statuses;
  }

  /// Opens the signed address of a job.
  http::test::Reply open_signed(const std::string& job) {
    Client client(server.port());
    const auto made = client.post("/v2/signed-urls", R"({"name":"site"})", bearer("other_key"));
    const auto base = json::parse(made.body).at("data");
    auto encoded = to_base64(job);
    for (auto& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
    const auto url =
        fmt::format("{}?job={}", base.at("base").as_string().c_str(), encoded.substr(0, encoded.find('=')));
    const auto signature = account::signature_of(base.at("signing_secret").as_string().c_str(), url);
    return client.get(fmt::format("{}&s={}", url.substr(url.find("/s/")), signature));
  }

  TestServer server{{}};
};

TEST_F(Limits, OfJobsInFlightAreExactForManyAtOnce) {
  ASSERT_TRUE(ledger().set_quota(user(), {.jobs_in_flight = 7}));
  EXPECT_EQ(many("/v2/import/upload", "{}"), (std::map<unsigned, int>{{201, 7}, {402, 53}}));
}

TEST_F(Limits, OfTasksInAMinuteAreExactForManyAtOnce) {
  ASSERT_TRUE(ledger().set_quota(user(), {.tasks_per_minute = 20}));
  const std::string body = R"({"tasks":{"a":{"operation":"import/upload"},"b":{"operation":"import/upload"}}})";
  EXPECT_EQ(many("/v2/jobs", body), (std::map<unsigned, int>{{201, 10}, {429, 50}}));
}

TEST_F(Limits, OfCreditsAreExactForManyAtOnce) {
  ASSERT_TRUE(ledger().change(user(), {.unlimited = false, .amount = 15, .note = {}, .idempotency_key = {}}));
  const std::string body = R"({"tasks":{"a":{"operation":"test/hang"},"b":{"operation":"test/hang"}}})";
  EXPECT_EQ(many("/v2/jobs", body), (std::map<unsigned, int>{{201, 7}, {402, 53}}));
  EXPECT_EQ(ledger().balance(user())->left(), 1);
  EXPECT_EQ(ledger().verify()->faults, std::vector<std::string>());
}

TEST_F(Limits, HoldForSignedAddresses) {
  const std::string copy =
      R"({"tasks":{"in":{"operation":"import/raw","file":"x","filename":"x.txt"},)"
      R"("copy":{"operation":"test/copy","input":"in"},"out":{"operation":"export/url","input":"copy"}}})";
  EXPECT_EQ(open_signed(copy).status, 302u);
  ASSERT_TRUE(ledger().set_quota(user(), {.operations = {"import/*", "export/*"}}));
  const auto refused = open_signed(copy);
  EXPECT_EQ(refused.status, 403u);
  EXPECT_TRUE(refused.body.contains("Your quota does not allow the operation test/copy.")) << refused.body;
  ASSERT_TRUE(ledger().set_quota(user(), {}));
  ASSERT_TRUE(ledger().change(user(), {.unlimited = false, .amount = {}, .note = {}, .idempotency_key = {}}));
  EXPECT_EQ(open_signed(copy).status, 402u);
}

}  // namespace
}  // namespace recast::api_test
