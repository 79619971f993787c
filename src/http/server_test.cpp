#include "http/server.hpp"

#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::ServerTest;

TEST_F(ServerTest, AnswersARequestAndKeepsTheConnection) {
  Client client(start());
  const auto first = client.get("/hello?a=1");
  EXPECT_EQ(first.status, 200u);
  EXPECT_EQ(first.reason, "OK");
  EXPECT_EQ(first.body, R"({"data":"a=1"})");
  EXPECT_EQ(first.headers.at("server"), "Recast");
  EXPECT_EQ(first.headers.at("content-type"), "application/json");
  EXPECT_FALSE(first.headers.at("date").empty());
  EXPECT_EQ(first.headers.at("x-request-id").size(), 36u);
  EXPECT_FALSE(first.headers.contains("connection"));
  EXPECT_EQ(client.get("/hello?b=2").body, R"({"data":"b=2"})");
  EXPECT_EQ(server->figures().connections, 1u);
}

TEST_F(ServerTest, ReadsABody) {
  Client client(start());
  const std::string body(3'000'000, 'x');
  EXPECT_EQ(client.post("/echo", body).body, body);
  EXPECT_EQ(client.post("/echo", "").status, 201u);
  EXPECT_EQ(
      client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
          .body,
      "abcde");
}

TEST_F(ServerTest, EchoesAWellFormedRequestId) {
  Client client(start());
  EXPECT_EQ(client.get("/hello", "X-Request-Id: abc-1\r\n").headers.at("x-request-id"), "abc-1");
  EXPECT_NE(client.get("/hello", "X-Request-Id: a b\r\n").headers.at("x-request-id"), "a b");
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  Client client(start());
  const auto head = client.ask("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n", true);
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.headers.at("content-length"), "11");
  EXPECT_EQ(client.get("/hello").body, R"({"data":""})");
}

TEST_F(ServerTest, ClosesWhenTheClientWantsItTo) {
  const auto port = start();
  Client one(port);
  EXPECT_EQ(one.get("/hello", "Connection: close\r\n").headers.at("connection"), "close");
  EXPECT_TRUE(one.closed());
  Client two(port);
  EXPECT_EQ(two.get("/hello", "Connection: x-y\r\nConnection: Close\r\n").headers.at("connection"), "close");
  EXPECT_TRUE(two.closed());
  Client old(port);
  EXPECT_EQ(old.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").status, 200u);
  EXPECT_TRUE(old.closed());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Client client(start());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += "GET /hello?" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.reply().body, R"({"data":")" + std::to_string(i) + "\"}");
}

TEST_F(ServerTest, RendersErrorsThroughTheRouter) {
  router.get("/bad",
             [](Request&) -> Result<Response> { return fail(ErrorCode::invalid_data, "The x is wrong.", "x"); });
  Client client(start());
  const auto bad = client.get("/bad");
  EXPECT_EQ(bad.status, 422u);
  EXPECT_EQ(bad.reason, "Unprocessable Entity");
  EXPECT_EQ(bad.body, R"({"message":"The x is wrong.","path":"/bad"})");
  const auto missing = client.get("/none");
  EXPECT_EQ(missing.status, 404u);
  EXPECT_EQ(missing.body, R"({"message":"Not Found","path":"/none"})");
}

TEST_F(ServerTest, SurvivesAHandlerThatThrows) {
  router.get("/throw", [](Request&) -> Result<Response> { throw std::runtime_error("secret"); });
  router.get("/throw-int", [](Request&) -> Result<Response> { throw 1; });
  Client client(start());
  for (const auto* path : {"/throw", "/throw-int"}) {
    const auto reply = client.get(path);
    EXPECT_EQ(reply.status, 500u);
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  }
  EXPECT_EQ(client.get("/hello").status, 200u);
}

TEST_F(ServerTest, AnswersWithoutARenderer) {
  Router plain;
  plain.get("/gone", [](Request&) -> Result<Response> { return fail(ErrorCode::unavailable, "No."); });
  plain.get("/other", [](Request&) -> Result<Response> { return fail(ErrorCode::too_many_jobs, "No."); });
  auto other = Server::start(settings, {{"api"}}, plain).value();
  Client client(other->port("api"));
  const auto reply = client.get("/gone");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(reply.reason, "Service Unavailable");
  EXPECT_EQ(reply.body, R"({"message":"No.","code":"SERVICE_UNAVAILABLE"})");
  EXPECT_EQ(client.get("/other").status, 500u);  // what that means is known where it is rendered
}

TEST_F(ServerTest, NamesTheMethodsOfAPath) {
  Client client(start());
  const auto wrong = client.ask("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(wrong.status, 405u);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD, OPTIONS");
  const auto options = client.ask("OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(options.status, 204u);
  EXPECT_EQ(options.headers.at("allow"), "POST, OPTIONS");
  EXPECT_FALSE(options.headers.contains("content-length"));
  EXPECT_EQ(client.ask("OPTIONS /none HTTP/1.1\r\nHost: a\r\n\r\n").status, 404u);
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204u);
}

TEST_F(ServerTest, SaysWhatOfHttpItDoesNotSpeak) {
  const auto port = start();
  EXPECT_EQ(Client(port).ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 505u);
  EXPECT_EQ(Client(port).ask("GET /hello http/1.1\r\nHost: a\r\n\r\n").status, 400u);
  EXPECT_EQ(Client(port).get("/hello", "Transfer-Encoding: gzip, chunked\r\n").status, 501u);
  EXPECT_EQ(Client(port).get("/hello", "Transfer-Encoding: gzip\r\n").status, 400u);
}

TEST_F(ServerTest, ReadsASmallUnwantedBodyAway) {
  Client client(start());
  EXPECT_EQ(client.post("/none", std::string(10'000, 'x')).status, 404u);
  EXPECT_EQ(client.get("/hello").status, 200u);
  const auto large = client.ask("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  EXPECT_EQ(large.status, 404u);
  EXPECT_EQ(large.headers.at("connection"), "close");
}

TEST_F(ServerTest, LetsAllowedOriginsIn) {
  settings.cors_origins = {"https://app.example"};
  Client client(start());
  const auto preflight = client.ask(
      "OPTIONS /upload HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: "
      "POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 204u);
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST, OPTIONS");
  EXPECT_EQ(preflight.headers.at("vary"), "Origin");
  EXPECT_EQ(client.get("/none", "Origin: https://app.example\r\n").headers.at("access-control-allow-origin"),
            "https://app.example");
  EXPECT_FALSE(
      client.get("/hello", "Origin: https://evil.example\r\n").headers.contains("access-control-allow-origin"));
}

TEST_F(ServerTest, BelievesTrustedProxiesOnly) {
  router.get("/who", [](Request& request) -> Result<Response> {
    return Response::text(200, request.remote_address + (request.secure ? " https " : " http ") +
                                   std::string(request.headers.get("Host")) + " " + request.listener);
  });
  settings.trusted_proxies = {"127.0.0.2/32"};
  const auto port = start();
  const std::string_view claims =
      "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: api.example\r\n";
  EXPECT_EQ(Client(port, "127.0.0.2").get("/who", claims).body, "1.2.3.4 https api.example api");
  EXPECT_EQ(Client(port, "127.0.0.1").get("/who", claims).body, "127.0.0.1 http test api");
}

TEST_F(ServerTest, RewritesBeforeItRoutes) {
  router.before([](Request& request) {
    if (request.path.starts_with("/sync/")) request.path.erase(0, 5);
  });
  router.get("/v2/jobs/{id}",
             [](Request& request) -> Result<Response> { return Response::text(200, request.captures.at(0)); });
  Client client(start());
  EXPECT_EQ(client.get("/sync/v2/jobs/a%20b").body, "a b");
}

TEST_F(ServerTest, ReportsEachExchange) {
  struct Seen {
    unsigned status;
    std::uint64_t received, sent;
    std::string pattern;
  };
  std::mutex mutex;
  std::vector<Seen> seen;
  router.on_exchange([&](const Router::Exchange& exchange) {
    std::lock_guard lock(mutex);
    seen.push_back({exchange.status, exchange.bytes_received, exchange.bytes_sent, std::string(exchange.pattern)});
    throw std::runtime_error("a reporter's fault harms nobody");
  });
  Client client(start());
  client.post("/echo", "12345");
  client.get("/none");
  server->stop(Deadline::in(5s));
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].status, 201u);
  EXPECT_EQ(seen[0].pattern, "/echo");
  EXPECT_GT(seen[0].received, 5u);
  EXPECT_GT(seen[0].sent, 100u);
  EXPECT_EQ(seen[1].status, 404u);
  EXPECT_EQ(seen[1].pattern, "");
}

TEST_F(ServerTest, ServesSeveralListeners) {
  router.get("/listener", [](Request& request) -> Result<Response> { return Response::text(200, request.listener); });
  start({{"api"}, {"sync"}});
  EXPECT_EQ(Client(server->port("api")).get("/listener").body, "api");
  EXPECT_EQ(Client(server->port("sync")).get("/listener").body, "sync");
  EXPECT_EQ(server->port("none"), 0);
}

TEST_F(ServerTest, SaysWhyItCannotStart) {
  const auto port = start();
  const auto taken = Server::start(settings, {{"api", "127.0.0.1", port}}, router);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("in use"), std::string::npos) << taken.error().message;
  EXPECT_FALSE(Server::start(settings, {{"api", "not an address"}}, router));
  settings.trusted_proxies = {"x"};
  EXPECT_EQ(Server::start(settings, {{"api"}}, router).error().field, "trusted_proxies");
}

TEST_F(ServerTest, LetsARequestFinishWhenItStops) {
  test::Signal entered, go;
  router.get("/slow", [&](Request&) -> Result<Response> {
    entered.set();
    go.wait();
    return Response::text(200, "done");
  });
  const auto port = start();
  Client busy(port), idle(port);
  EXPECT_EQ(idle.get("/hello").status, 200u);
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  std::thread stopper([&] { server->stop(Deadline::in(10s)); });
  EXPECT_TRUE(idle.closed());  // at once
  go.set();
  const auto reply = busy.reply();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.headers.at("connection"), "close");
  stopper.join();
  EXPECT_FALSE(Client(port).connected());
}

TEST_F(ServerTest, EndsSlowClientsAtTheDeadline) {
  folder.write("file", std::string(50'000'000, 'x'));
  const auto port = start();
  Client download(port), upload_client(port), head(port);
  download.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(download.receive());
  upload_client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
  head.send("GET /hello HT");
  ASSERT_TRUE(test::eventually([&] { return server->figures().connections == 3; }));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(Deadline::in(100ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(server->figures().connections, 0u);
  EXPECT_EQ(upload.finished, 0);
  server->stop(Deadline::in(1s));  // again is nothing
}

}  // namespace
}  // namespace recast::http
