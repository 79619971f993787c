#include "net/client.hpp"

#include <gtest/gtest.h>

#include "net/client_fixture.hpp"

namespace recast::net {
namespace {

class Exchanges : public Downloads {
 protected:
  Result<Answer> send(const Exchange& request) {
    auto policy = Policy::open(settings());
    return make_client(settings(), std::move(*policy), resolve)->exchange(request, deadline, stop.get_token());
  }
};

TEST_F(Exchanges, SendABodyAndReadTheAnswer) {
  const HttpTestServer server([](const Request&, Connection& to) { to.answer("422 No", "X-A: 1\r\n", "sorry"); });
  const auto answer = send({.method = "POST",
                            .url = server.url("/hook"),
                            .headers = {{"Content-Type", "application/json"}, {"X-Sig", "s"}},
                            .body = "{}"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 422u);
  EXPECT_EQ(answer->body, "sorry");
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, "{}");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("content-length"), "2");
  EXPECT_EQ(request.headers.at("x-sig"), "s");
  EXPECT_FALSE(request.headers.contains("expect"));
}

TEST_F(Exchanges, AddNoTypeOfTheirOwn) {
  const HttpTestServer server(&say_hello);
  ASSERT_TRUE(send({.method = "PUT", .url = server.url("/"), .body = "x"}));
  ASSERT_TRUE(send({.method = "POST", .url = server.url("/")}));
  ASSERT_TRUE(send({.method = "HEAD", .url = server.url("/")}));
  EXPECT_FALSE(server.requests().at(0).headers.contains("content-type"));
  EXPECT_EQ(server.requests().at(1).headers.at("content-length"), "0");
  EXPECT_EQ(server.requests().at(2).method, "HEAD");
}

TEST_F(Exchanges, FollowOnlyWhenAsked) {
  const HttpTestServer other(&say_hello);
  const HttpTestServer server([&](const Request& request, Connection& to) {
    to.answer(request.target == "/308" ? "308 Permanent" : "302 Found", "Location: " + other.url("/") + "\r\n", "");
  });
  EXPECT_EQ(send({.method = "POST", .url = server.url("/302"), .body = "x"})->status, 302u);
  EXPECT_EQ(send({.method = "POST",
                  .url = server.url("/302"),
                  .headers = {{"X-Key", "k"}},
                  .body = "x",
                  .follow_redirects = true})
                ->status,
            200u);
  EXPECT_EQ(send({.method = "POST", .url = server.url("/308"), .body = "x", .follow_redirects = true})->status, 200u);
  EXPECT_EQ(other.requests().at(0).method, "GET");
  EXPECT_EQ(other.requests().at(0).body, "");
  EXPECT_FALSE(other.requests().at(0).headers.contains("x-key"));
  EXPECT_EQ(other.requests().at(1).method, "POST");
  EXPECT_EQ(other.requests().at(1).body, "x");
}

TEST_F(Exchanges, LimitTheAnswerAndKeepThePolicy) {
  const HttpTestServer server(&say_hello);
  const auto large = send({.url = server.url("/"), .max_bytes = 3});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().message, "Request failed: the answer is too large");
  const HttpTestServer inside(&say_hello, "127.0.0.2");
  const auto refused = send({.url = inside.url("/")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Request failed: target address is not allowed");
}

}  // namespace
}  // namespace recast::net
