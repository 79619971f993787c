#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

/// Answers that are given by the test.
struct Waits {
  std::mutex mutex;
  std::vector<std::function<void(Response)>> done;
  std::atomic<int> started = 0;
  std::atomic<int> cancelled = 0;

  void answer(std::size_t which, std::string text) {
    std::function<void(Response)> call;
    {
      std::lock_guard lock(mutex);
      call = done.at(which);
    }
    call(Response::text(200, std::move(text)));
  }
};

class WaitTest : public test::ServerTest {
 protected:
  WaitTest() {
    router.get("/wait", [this](Request&) -> Result<Response> {
      Deferred deferred;
      deferred.start = [this](std::function<void(Response)> done) -> std::function<void()> {
        {
          std::lock_guard lock(waits->mutex);
          waits->done.push_back(std::move(done));
        }
        ++waits->started;
        return [kept = waits] { ++kept->cancelled; };
      };
      return Response{200, {}, std::move(deferred)};
    });
  }
  bool started(int count) {
    return test::eventually([&] { return waits->started == count; });
  }

  std::shared_ptr<Waits> waits = std::make_shared<Waits>();
};

TEST_F(WaitTest, SendsNothingBeforeTheAnswer) {
  Client client(start());
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  EXPECT_TRUE(client.silent(300ms));
  EXPECT_EQ(server->figures().waiting, 1u);
  waits->answer(0, "now");
  EXPECT_EQ(client.reply().body, "now");
  waits->answer(0, "again");
  EXPECT_EQ(client.get("/hello").body, R"({"data":""})");
  EXPECT_EQ(server->figures().waiting, 0u);
  EXPECT_EQ(waits->cancelled, 0);
}

TEST_F(WaitTest, TakesAnAnswerGivenAtOnce) {
  router.get("/at-once", [](Request&) -> Result<Response> {
    Deferred deferred;
    deferred.start = [](std::function<void(Response)> done) -> std::function<void()> {
      done(Response::text(200, "first"));
      done(Response::text(200, "second"));
      return nullptr;
    };
    return Response{200, {}, std::move(deferred)};
  });
  Client client(start());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.get("/at-once").body, "first");
}

TEST_F(WaitTest, CancelsWhenTheClientLeaves) {
  const auto port = start();
  {
    Client client(port);
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(started(1));
  }
  EXPECT_TRUE(test::eventually([&] { return waits->cancelled == 1; }));
  Client crashed(port);
  crashed.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(2));
  crashed.reset();
  EXPECT_TRUE(test::eventually([&] { return waits->cancelled == 2; }));
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
  waits->answer(0, "too late");
}

TEST_F(WaitTest, HoldsNoThread) {
  settings.handler_threads = 2;
  const auto port = start();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(started(i + 1));
  }
  EXPECT_EQ(server->figures().waiting, 100u);
  EXPECT_EQ(Client(port).get("/hello").status, 200u);
  for (std::size_t i = 0; i < 100; ++i) waits->answer(i, std::to_string(i));
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(clients[i]->reply().body, std::to_string(i));
}

TEST_F(WaitTest, KeepsWhatTheClientSendsAhead) {
  Client client(start());
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  EXPECT_TRUE(client.silent(100ms));
  waits->answer(0, "now");
  EXPECT_EQ(client.reply().body, "now");
  EXPECT_EQ(client.reply().body, R"({"data":""})");
}

TEST_F(WaitTest, EndsAClientThatFloodsWhileItWaits) {
  Client client(start());
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  client.send(std::string(1'000'000, 'x'));
  EXPECT_TRUE(test::eventually([&] { return waits->cancelled == 1; }));
}

TEST_F(WaitTest, IsNotLimitedInTime) {
  settings.request_seconds = 1;
  settings.keep_alive_seconds = 1;
  Client client(start());
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  EXPECT_TRUE(client.silent(1500ms));
  waits->answer(0, "now");
  EXPECT_EQ(client.reply().body, "now");
}

TEST_F(WaitTest, EndsWhenTheServerStops) {
  Client client(start());
  client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  std::thread stopper([&] { server->stop(Deadline::in(10s)); });
  const auto reply = client.reply();
  EXPECT_EQ(reply.status, 500u);  // by this test's renderer
  EXPECT_NE(reply.body.find("shutting down"), std::string::npos);
  stopper.join();
  EXPECT_EQ(waits->cancelled, 1);
  server.reset();
  waits->answer(0, "after the server is gone");
}

TEST_F(WaitTest, MayHaveAnAnswerForWhenTheServerStops) {
  test::Signal waiting;
  router.get("/parting", [&](Request&) -> Result<Response> {
    Deferred deferred;
    deferred.start = [&](std::function<void(Response)>) -> std::function<void()> {
      waiting.set();
      return [kept = waits] { ++kept->cancelled; };
    };
    deferred.at_stop = [kept = waits] { return Response::text(201, kept->cancelled == 1 ? "as it is" : "too early"); };
    return Response{200, {}, std::move(deferred)};
  });
  Client client(start());
  client.send("GET /parting HTTP/1.1\r\nHost: a\r\n\r\n");
  waiting.wait();
  std::thread stopper([&] { server->stop(Deadline::in(10s)); });
  const auto reply = client.reply();
  EXPECT_EQ(reply.status, 201u);
  EXPECT_EQ(reply.body, "as it is");
  stopper.join();
}

TEST_F(WaitTest, AnswersHeadToo) {
  Client client(start());
  client.send("HEAD /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(started(1));
  waits->answer(0, "12345");
  EXPECT_EQ(client.reply(true).headers.at("content-length"), "5");
  EXPECT_EQ(client.get("/hello").status, 200u);
}

TEST_F(WaitTest, SurvivesAnswersFromManyThreads) {
  const auto port = start();
  for (int round = 0; round < 20; ++round) {
    auto client = std::make_unique<Client>(port);
    client->send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(started(round + 1));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { waits->answer(static_cast<std::size_t>(round), "x"); });
    if (round % 2 == 0) {
      EXPECT_EQ(client->reply().body, "x");
    }
    client.reset();
    for (auto& thread : threads) thread.join();
  }
}

TEST_F(WaitTest, AHandlerThatIsLateWithAWaitIsCancelled) {
  settings.request_seconds = 1;
  test::Signal go;
  router.get("/late", [&](Request&) -> Result<Response> {
    go.wait();
    Deferred deferred;
    deferred.start = [this](std::function<void(Response)>) -> std::function<void()> {
      return [kept = waits] { ++kept->cancelled; };
    };
    return Response{200, {}, std::move(deferred)};
  });
  Client client(start());
  EXPECT_EQ(client.get("/late").status, 503u);
  go.set();
  EXPECT_TRUE(test::eventually([&] { return waits->cancelled == 1; }));
}

}  // namespace
}  // namespace recast::http
