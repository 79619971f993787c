#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

class LimitsTest : public test::ServerTest {};

TEST_F(LimitsTest, RefusesLargeHeaders) {
  settings.header_bytes = 8192;
  Client client(start());
  const auto reply = client.get("/hello", "X: " + std::string(9000, 'a') + "\r\n");
  EXPECT_EQ(reply.status, 431u);
  EXPECT_EQ(reply.reason, "Request Header Fields Too Large");
  EXPECT_NE(reply.body.find("too large"), std::string::npos);
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, AnswersALongHeadThatNeverEnds) {
  settings.header_bytes = 8192;
  Client client(start());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  std::string line = "X: " + std::string(1000, 'a') + "\r\n";
  for (int i = 0; i < 100; ++i) client.send(line);
  EXPECT_EQ(client.reply().status, 431u);
}

TEST_F(LimitsTest, RefusesMalformedRequests) {
  const auto port = start();
  for (const auto* request :
       {"GET / HTTP/1.1\r\n\r\n", "rubbish\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    Client client(port);
    const auto reply = client.ask(request);
    EXPECT_EQ(reply.status, 400u) << request;
    EXPECT_EQ(reply.headers.at("connection"), "close");
    client.finish_sending();
    EXPECT_TRUE(client.closed()) << request;
  }
}

TEST_F(LimitsTest, RefusesALargeBodyBeforeItIsSent) {
  settings.body_bytes = 1024;
  const auto port = start();
  Client client(port);
  const auto early =
      client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(early.status, 413u);
  EXPECT_EQ(early.reason, "Payload Too Large");
  Client exact(port);
  EXPECT_EQ(exact.post("/echo", std::string(1024, 'x')).status, 201u);
  Client counted(port);
  const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
  counted.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
  EXPECT_EQ(counted.reply().status, 413u);
}

TEST_F(LimitsTest, TheAnswerReachesAClientThatGoesOnSending) {
  settings.body_bytes = 1024;
  Client client(start());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
  client.send(std::string(20'000'000, 'x'));
  EXPECT_EQ(client.reply().status, 413u);
}

TEST_F(LimitsTest, TimesOutASlowHead) {
  settings.header_seconds = 1;
  const auto port = start();
  Client slow(port), mute(port);
  slow.send("GET /hello HTTP/1.1\r\n");
  std::thread dripping([&] {
    for (int i = 0; i < 30 && slow.send("X: y\r\n"); ++i) std::this_thread::sleep_for(50ms);
  });
  const auto reply = slow.reply();
  EXPECT_EQ(reply.status, 408u);
  EXPECT_EQ(reply.reason, "Request Timeout");
  dripping.join();
  EXPECT_TRUE(mute.rest().empty());  // closed without a word
}

TEST_F(LimitsTest, TimesOutABodyThatDrips) {
  settings.body_stall_seconds = 1;
  settings.minimum_rate = 1000;
  const auto port = start();
  Client slow(port);
  slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  std::thread dripping([&] {
    for (int i = 0; i < 60 && slow.send("x"); ++i) std::this_thread::sleep_for(50ms);
  });
  EXPECT_EQ(slow.reply().status, 408u);
  dripping.join();
}

TEST_F(LimitsTest, LetsASlowBodyThroughThatKeepsTheRate) {
  settings.body_stall_seconds = 1;
  settings.minimum_rate = 10;
  Client slow(start());
  slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 26\r\n\r\n");
  for (int i = 0; i < 26; ++i) {
    slow.send("x");
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(slow.reply().status, 201u);
}

TEST_F(LimitsTest, LimitsTheTimeForABody) {
  settings.request_seconds = 1;
  Client slow(start());
  slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  std::thread dripping([&] {
    for (int i = 0; i < 60 && slow.send(std::string(1000, 'x')); ++i) std::this_thread::sleep_for(50ms);
  });
  EXPECT_EQ(slow.reply().status, 408u);
  dripping.join();
}

TEST_F(LimitsTest, AnswersForAHandlerThatTakesTooLong) {
  settings.request_seconds = 1;
  test::Signal go, left;
  router.get("/slow", [&](Request& request) -> Result<Response> {
    go.wait();
    request.path = "changed by the handler, which is alone with its request";
    left.set();
    return Response::text(200, "late");
  });
  Client client(start());
  const auto reply = client.get("/slow");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_TRUE(client.closed());
  go.set();
  EXPECT_TRUE(left.wait());
}

TEST_F(LimitsTest, ClosesIdleConnections) {
  settings.keep_alive_seconds = 1;
  Client client(start());
  EXPECT_EQ(client.get("/hello").status, 200u);
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
}

TEST_F(LimitsTest, RefusesTooManyConnections) {
  settings.connections = 2;
  const auto port = start();
  Client one(port);
  EXPECT_EQ(one.get("/hello").status, 200u);
  {
    Client two(port);
    EXPECT_EQ(two.get("/hello").status, 200u);
    Client three(port);
    const auto refused = three.reply();
    EXPECT_EQ(refused.status, 503u);
    EXPECT_NE(refused.body.find("too many connections"), std::string::npos);
    three.finish_sending();
    EXPECT_TRUE(three.closed());
  }
  ASSERT_TRUE(test::eventually([&] { return server->figures().connections == 1; }));
  EXPECT_EQ(Client(port).get("/hello").status, 200u);
}

TEST_F(LimitsTest, RefusesTooManyConnectionsFromOneAddress) {
  settings.connections_per_address = 1;
  settings.trusted_proxies = {"127.0.0.3"};
  const auto port = start();
  Client one(port, "127.0.0.1");
  EXPECT_EQ(one.get("/hello").status, 200u);
  Client two(port, "127.0.0.1");
  EXPECT_EQ(two.reply().status, 503u);
  EXPECT_EQ(Client(port, "127.0.0.2").get("/hello").status, 200u);
  Client proxy(port, "127.0.0.3"), again(port, "127.0.0.3");
  EXPECT_EQ(proxy.get("/hello").status, 200u);
  EXPECT_EQ(again.get("/hello").status, 200u);
}

TEST_F(LimitsTest, HandlersDoNotStopTheRest) {
  settings.handler_threads = 1;
  settings.header_seconds = 1;
  test::Signal entered, go;
  router.get("/slow", [&](Request&) -> Result<Response> {
    entered.set();
    go.wait();
    return Response::text(200, "done");
  });
  const auto port = start();
  Client busy(port);
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  Client other(port);
  other.send("GET /hello HTTP/1.1\r\n");
  EXPECT_EQ(other.reply().status, 408u);  // the bytes still move
  go.set();
  EXPECT_EQ(busy.reply().body, "done");
}

}  // namespace
}  // namespace recast::http
