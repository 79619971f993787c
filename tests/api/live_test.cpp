// What a script cannot say: many clients at once, and what comes over Socket.IO.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <thread>

#include "account/account.hpp"
#include "account/login.hpp"
#include "base/text.hpp"
#include "http/test_client.hpp"
#include "store/logins.hpp"
#include "test_server.hpp"

namespace recast::api_test {
namespace {

namespace json = boost::json;
using http::test::Client;

std::size_t threads_of_this_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return std::stoul(line.substr(8));
  }
  return 0;
}

class Live : public testing::Test {
 protected:
  std::string key(const std::string& name = "key") const { return server.values().at(name); }
  std::string bearer() const { return "Authorization: Bearer " + key() + "\r\n"; }

  json::value ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    Client client(server.port());
    const auto reply = method == "GET" ? client.get(path, bearer()) : client.post(path, body, bearer());
    return reply.body.empty() ? json::value(nullptr) : json::parse(reply.body).at("data");
  }
  std::string text(const json::value& value, std::string_view name) { return std::string(value.at(name).as_string()); }

  template <class Condition>
  bool soon(const Condition& condition) {
    const auto end = Deadline::in(std::chrono::seconds(10));
    while (!condition() && !end.expired()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return condition();
  }

  TestServer server{{}};
};

TEST_F(Live, HundredsWaitForOneJobWithoutAThreadEach) {
  const auto job = ask("POST", "/v2/jobs", R"({"tasks":{"slow":{"operation":"test/hang"}}})");
  const auto before = threads_of_this_process();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send("GET /v2/jobs/" + text(job, "id") + "/wait HTTP/1.1\r\nHost: x\r\n" + bearer() + "\r\n");
  }
  ASSERT_TRUE(soon([&] { return server.figures().waiting == clients.size(); }));
  EXPECT_LE(threads_of_this_process(), before + 2);
  ask("POST", "/v2/tasks/" + text(job.at("tasks").at(0), "id") + "/cancel");
  for (const auto& client : clients) {
    const auto reply = client->reply();
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(text(json::parse(reply.body).at("data"), "status"), "error");
  }
  EXPECT_EQ(server.figures().waiting, 0U);
}

TEST_F(Live, NoWaitMissesAnEndThatComesWhileItBegins) {
  for (int i = 0; i < 50; ++i) {
    const auto task = ask("POST", "/v2/import/raw", R"({"file":"x","filename":"x.txt"})");
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(text(ask("GET", "/v2/tasks/" + text(task, "id") + "/wait"), "status"), "finished");
    // The re-check that heals a lost wake-up comes after 20 s.
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(15));
  }
}

/// A Socket.IO client on long polling: one request at a time.
class Poller {
 public:
  Poller(std::uint16_t port, std::string token) : client_(port), token_(std::move(token)) {
    const auto open = client_.get("/socket.io/?EIO=4&transport=polling").body;
    id_ = json::parse(open.substr(1)).at("sid").as_string();
    send("40");
    next();
  }

  void send(const std::string& packets) {
    EXPECT_EQ(client_.post("/socket.io/?EIO=4&transport=polling&sid=" + id_, packets).body, "ok");
  }
  /// The acknowledgement makes sure that what the subscription gave at once is not taken for something later.
  void subscribe(const std::string& channel) {
    send(fmt::format(R"(42["subscribe",{{"channel":"{}","auth":{{"headers":{{"Authorization":"Bearer {}"}}}}}}])",
                     channel, token_));
  }
  /// The next packet, pings answered.
  std::string next() {
    while (packets_.empty()) {
      const auto body = client_.get("/socket.io/?EIO=4&transport=polling&sid=" + id_).body;
      if (body.empty()) return {};
      for (const auto packet : split(body, '\x1e')) packets_.emplace_back(packet);
    }
    auto packet = packets_.front();
    packets_.erase(packets_.begin());
    return packet;
  }
  json::array event() {
    const auto packet = next();
    return packet.starts_with("42") ? json::parse(packet.substr(2)).as_array() : json::array{packet};
  }

 private:
  Client client_;
  std::string token_, id_;
  std::vector<std::string> packets_;
};

TEST_F(Live, ALateSubscriberHearsTheEndOnce) {
  const auto job = ask(
      "POST", "/sync/v2/jobs",
      R"({"tasks":{"in":{"operation":"import/raw","file":"x","filename":"x.txt"},"out":{"operation":"export/url","input":"in"}}})");
  Poller poller(server.port(), key());
  const auto channel = "private-job." + text(job, "id");
  poller.subscribe(channel);
  const auto event = poller.event();
  EXPECT_EQ(event.at(0), "job.finished");
  EXPECT_EQ(event.at(1), json::value(channel));
  EXPECT_EQ(event.at(2).at("job").at("tasks").as_array().size(), 2U);
  EXPECT_TRUE(
      text(event.at(2).at("job").at("tasks").at(1).at("result").at("files").at(0), "url").starts_with("http://"));
  poller.subscribe(channel);  // once more changes nothing
  poller.subscribe("private-jobs." + text(job, "id") + ".tasks");
  EXPECT_EQ(poller.event().at(0), "task.finished");
  EXPECT_EQ(poller.event().at(0), "task.finished");
  poller.subscribe("private-task." + text(job.at("tasks").at(0), "id"));
  const auto task = poller.event();
  EXPECT_EQ(task.at(0), "task.finished");
  EXPECT_EQ(task.at(2).at("task").at("name"), "in");
}

TEST_F(Live, RefusedSubscriptionsSayWhy) {
  const auto job = ask("POST", "/v2/jobs", R"({"tasks":{"in":{"operation":"import/upload"}}})");
  const auto refusal = [&](const std::string& token, const std::string& channel) {
    Poller poller(server.port(), token);
    poller.subscribe(channel);
    const auto event = poller.event();
    EXPECT_EQ(event.at(0), "subscription_error");
    EXPECT_EQ(event.at(1), json::value(channel));
    return event.at(2).to_number<int>();
  };
  const auto own = "private-job." + text(job, "id");
  EXPECT_EQ(refusal("nonsense", own), 401);
  EXPECT_EQ(refusal(key("write_key"), own), 403);
  EXPECT_EQ(refusal(key("other_key"), own), 404);
  EXPECT_EQ(refusal(key(), "private-user." + server.values().at("other_user") + ".jobs"), 403);
  EXPECT_EQ(refusal(key(), "public-news"), 404);
}

// A key, a browser and a socket that listen at this moment.
TEST_F(Live, WhoIsDisabledIsOutAtOnce) {
  const auto bob = static_cast<UserId>(std::stol(server.values().at("other_user")));
  const auto authorization = "Authorization: Bearer " + key("other_key") + "\r\n";
  const auto made =
      Client(server.port()).post("/v2/jobs", R"({"tasks":{"slow":{"operation":"test/hang"}}})", authorization);
  const auto job = text(json::parse(made.body).at("data"), "id");
  ASSERT_TRUE(server.store().logins().begin_session(
      bob, {.hash = account::token_hash("the cookie"), .life = std::chrono::hours(1), .way = "password"}));
  Client by_key(server.port()), by_browser(server.port());
  by_key.send("GET /v2/jobs/" + job + "/wait HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n");
  by_browser.send("GET /v2/jobs/" + job + "/wait HTTP/1.1\r\nHost: x\r\nCookie: recast_session=the cookie\r\n\r\n");
  ASSERT_TRUE(soon([&] { return server.figures().waiting == 2; }));
  Poller poller(server.port(), key("other_key"));
  poller.subscribe("private-job." + job);
  ASSERT_TRUE(server.store().change_user(bob, {.email = {}, .administrator = {}, .enabled = false}));
  EXPECT_EQ(by_key.reply().status, 401U);
  EXPECT_EQ(by_browser.reply().status, 401U);
  // The last word, unless the socket was gone before it was asked for.
  const auto refused = json::serialize(poller.event());
  EXPECT_TRUE(refused.contains("subscription_error") || refused.contains("Session ID unknown")) << refused;
}

TEST_F(Live, AKeyThatExpiresEndsWhatItWaitsFor) {
  const auto user = static_cast<UserId>(std::stol(server.values().at("user")));
  account::KeyTerms terms;
  terms.expires = server.clock().now() + std::chrono::seconds(3);
  ASSERT_TRUE(server.store().create_key(user, "brief", account::all_scopes(), "the brief key", terms));
  const auto job = ask("POST", "/v2/jobs", R"({"tasks":{"slow":{"operation":"test/hang"}}})");
  Client waiting(server.port());
  waiting.send("GET /v2/jobs/" + text(job, "id") +
               "/wait HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer the brief key\r\n\r\n");
  ASSERT_TRUE(soon([&] { return server.figures().waiting == 1; }));
  Poller poller(server.port(), "the brief key");
  poller.subscribe("private-job." + text(job, "id"));
  EXPECT_EQ(waiting.reply().status, 401U);
  const auto last = json::serialize(poller.event());
  EXPECT_TRUE(last.contains("subscription_error") || last.contains("Session ID unknown")) << last;
}

TEST_F(Live, UpdatesComeAboutOnceASecondAndTheLastIsNotLost) {
  const auto task = ask("POST", "/v2/test/hang", "{}");
  const TaskId id(text(task, "id"));
  ASSERT_TRUE(soon([&] { return text(ask("GET", "/v2/tasks/" + id.str()), "status") == "processing"; }));
  Poller poller(server.port(), key());
  poller.subscribe("private-task." + id.str());
  // Nothing tells when the subscription stands, but a second one is answered after it.
  poller.subscribe("private-nothing");
  EXPECT_EQ(poller.event().at(0), "subscription_error");
  const auto user = UserId(std::stol(server.values().at("user")));
  for (int i = 0; i < 50; ++i)
    server.bus().publish({{.sequence = 0, .name = "task.updated", .user = user, .job = {}, .task = id}});
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(poller.event().at(0), "task.updated");
  EXPECT_EQ(poller.event().at(0), "task.updated");
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(500));
  ask("POST", "/v2/tasks/" + id.str() + "/cancel");
  EXPECT_EQ(poller.event().at(0), "task.failed");  // no third update in between
}

TEST(Lists, FollowedByTheirLinksGiveEveryJobOnce) {
  TestServer server({.answer_bytes = 8000});
  const auto bearer = "Authorization: Bearer " + server.values().at("key") + "\r\n";
  Client client(server.port());
  std::vector<std::string> created;
  for (const auto* const tasks : {"1", "2", "3", "4", "5", "6", "7"}) {
    std::string body;
    for (int i = 0; i < std::stoi(tasks); ++i) {
      body += fmt::format(R"({}"t{}":{{"operation":"import/upload"}})", i == 0 ? "" : ",", i);
    }
    const auto reply = client.post("/v2/jobs", fmt::format(R"({{"tasks":{{{}}}}})", body), bearer);
    created.emplace_back(json::parse(reply.body).at("data").at("id").as_string());
  }
  std::vector<std::string> seen;
  std::string path = "/v2/jobs?per_page=6&include=tasks";
  for (int round = 0; round < 10 && !path.empty(); ++round) {
    const auto body = json::parse(client.get(path, bearer).body);
    const auto& jobs = body.at("data").as_array();
    EXPECT_EQ(body.at("meta").at("from"), seen.size() + 1);
    for (const auto& job : jobs) seen.emplace_back(job.at("id").as_string());
    EXPECT_EQ(body.at("meta").at("to"), seen.size());
    const auto& next = body.at("links").at("next");
    path = next.is_null() ? "" : std::string(next.as_string()).substr(next.as_string().find("/v2"));
  }
  EXPECT_EQ(path, "");
  std::ranges::reverse(seen);
  EXPECT_EQ(seen, created);
}

TEST_F(Live, StopsWithClientsOnTheLine) {
  const auto job = ask("POST", "/v2/jobs", R"({"tasks":{"slow":{"operation":"test/hang"}}})");
  Client waiting(server.port());
  waiting.send("GET /v2/jobs/" + text(job, "id") + "/wait HTTP/1.1\r\nHost: x\r\n" + bearer() + "\r\n");
  Poller poller(server.port(), key());
  poller.subscribe("private-job." + text(job, "id"));
  EXPECT_TRUE(soon([&] { return server.figures().waiting == 1; }));
}

}  // namespace
}  // namespace recast::api_test
