#include "net/client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "net/client_fixture.hpp"

namespace recast::net {
namespace {

TEST_F(Downloads, EndWhenTheServerStalls) {
  auto with = settings();
  with.attempts = 1;
  with.stall_seconds = 1;
  const HttpTestServer server([](const Request&, Connection& to) {
    to.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
    to.hang();
  });
  const auto result = get_with(with, server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::timeout);
  EXPECT_EQ(result.error().message, "Download timed out");
}

TEST_F(Downloads, EndAtTheDeadline) {
  deadline = Deadline::in(150ms);
  const HttpTestServer server([](const Request&, Connection& to) { to.hang(); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::timeout);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(Downloads, EndSoonAfterAStop) {
  const HttpTestServer server([this](const Request&, Connection& to) {
    to.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
    stop.request_stop();
    to.hang();
  });
  const auto before = std::chrono::steady_clock::now();
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Downloads, EndAStopDuringThePauseBetweenAttempts) {
  auto with = settings();
  with.retry_milliseconds = 60'000;
  const HttpTestServer server([this](const Request&, Connection& to) {
    to.answer("503 Busy", "", "");
    stop.request_stop();
  });
  const auto result = get_with(with, server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
}

TEST_F(Downloads, IgnoreTheProxiesOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
  const HttpTestServer server(&say_hello);
  EXPECT_TRUE(get(server.url("/")));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_F(Downloads, CheckTheNameBeforeTheProxyIsAsked) {
  const HttpTestServer proxy(&say_hello, "127.0.0.3");
  auto with = settings();
  with.proxy = proxy.url("");
  ASSERT_TRUE(get_with(with, "http://127.0.0.1:8000/x"));
  EXPECT_EQ(proxy.requests().at(0).target, "http://127.0.0.1:8000/x");
  expect_refused(get_with(with, "http://127.0.0.2:8000/x"));
  EXPECT_EQ(proxy.requests().size(), 1u);
  with.proxy_enforces = true;
  EXPECT_TRUE(get_with(with, "http://internal.example/x"));
}

TEST_F(Downloads, RefuseHeadersThatCarryLines) {
  for (const std::map<std::string, std::string>& headers : {std::map<std::string, std::string>{{"X", "a\r\nHost: b"}},
                                                            {{"X: y", "a"}},
                                                            {{"", "a"}},
                                                            {{"X", std::string("a\0b", 3)}}}) {
    const auto result = get("http://127.0.0.1:1/", headers);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(result.error().field, "headers");
  }
}

TEST_F(Downloads, SayWhenNothingListens) {
  const auto result = get("http://127.0.0.1:1024/");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::download_failed);
}

TEST_F(Downloads, LimitTheHead) {
  const HttpTestServer server([](const Request&, Connection& to) {
    to.send("HTTP/1.1 200 OK\r\n");
    for (int line = 0; line < 400; ++line) to.send("X-Fill: " + std::string(1000, 'x') + "\r\n");
    to.send("\r\n");
  });
  EXPECT_FALSE(get(server.url("/")));
}

}  // namespace
}  // namespace recast::net
