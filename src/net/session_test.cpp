#include "net/session.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>

#include "net/client_fixture.hpp"
#include "net/pauses.hpp"

namespace recast::net {

namespace {

class Sessions : public Downloads {
 protected:
  Sessions() { with(settings()); }

  void with(const Settings& settings, std::vector<std::uint16_t> own = {}) {
    session_.reset();
    client_ = make_client(settings, Policy::open(settings, std::move(own)).value());
    session_ = client_->session(deadline, stop.get_token());
  }
  Session& session() { return *session_; }
  UniqueFd open(const std::filesystem::path& path, int flags) {
    return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  }

  std::unique_ptr<Client> client_;
  std::unique_ptr<Session> session_;
};

TEST_F(Sessions, SendsAPieceOfAFile) {
  HttpTestServer server([](const Request& request, Connection& to) { to.answer("201 Created", "", request.body); });
  const auto source = open(folder.write("source", "0123456789"), O_RDONLY);
  std::uint64_t sent = 0;
  const auto answer = session().call({.method = "PUT",
                                      .url = server.url("/a//b/../c%20d?x=1&y=%2F"),
                                      .headers = {{"X-Name", "value"}},
                                      .body = FilePart{source.get(), 3, 4},
                                      .on_bytes = [&](std::uint64_t bytes) { sent += bytes; }});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201u);
  EXPECT_EQ(answer->body, "3456");
  EXPECT_EQ(sent, 4u);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target, "/a//b/../c%20d?x=1&y=%2F");
  EXPECT_EQ(request.headers.at("content-length"), "4");
  EXPECT_EQ(request.headers.at("x-name"), "value");
  for (const auto* const unasked : {"expect", "content-type", "transfer-encoding", "accept-encoding"})
    EXPECT_FALSE(request.headers.contains(unasked)) << unasked;
}

TEST_F(Sessions, WritesABodyWhereItIsTold) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("206 Partial", "X-A: b\r\n", "WORLD"); });
  const auto target = open(folder.write("target", "hello _____!"), O_WRONLY);
  const auto answer = session().call({.url = server.url("/"), .place = [&](const Answer& head) {
                                        EXPECT_EQ(head.status, 206u);
                                        return Result<std::optional<FileSpace>>(FileSpace{target.get(), 6, 5});
                                      }});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->body.empty());
  EXPECT_EQ(test::read_file(folder / "target"), "hello WORLD!");
}

TEST_F(Sessions, AsksForNoPlaceWhereNothingCame) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("404 Not Found", "", "<Error/>"); });
  int asked = 0;
  const auto answer = session().call({.url = server.url("/"), .place = [&](const Answer&) {
                                        ++asked;
                                        return Result<std::optional<FileSpace>>(std::nullopt);
                                      }});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404u);
  EXPECT_EQ(answer->body, "<Error/>");
  EXPECT_EQ(asked, 0);
}

TEST_F(Sessions, ABodyBeyondItsSpaceIsTooLarge) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("200 OK", "", std::string(100, 'x')); });
  const auto target = open(folder.write("target", ""), O_WRONLY);
  const auto answer = session().call({.url = server.url("/"), .place = [&](const Answer&) {
                                        return Result<std::optional<FileSpace>>(FileSpace{target.get(), 0, 99});
                                      }});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::file_too_large);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(Sessions, TriesAgainWhatMayPass) {
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request&, Connection& to) {
    switch (++count) {
      case 1:
        return to.answer("503 Slow Down", "Retry-After: 0\r\n", "");
      case 2:
        return to.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      default:
        return to.answer("200 OK", "", "whole");
    }
  });
  int made = 0;
  const auto answer = session().call([&]() -> Result<Call> {
    ++made;
    return Call{.url = server.url("/")};
  });
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "whole");
  EXPECT_EQ(made, 3);
}

TEST_F(Sessions, GivesTheLastAnswerWhenAllAttemptsFailed) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("503 Slow Down", "", "busy"); });
  const auto answer = session().call({.url = server.url("/")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503u);
  EXPECT_EQ(answer->body, "busy");
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(Sessions, TriesAgainWhatTheCallerNames) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("400 Bad", "", "RequestTimeout"); });
  const auto answer = session().call([&]() -> Result<Call> { return Call{.url = server.url("/")}; },
                                     [](const Answer& one) { return one.body == "RequestTimeout"; });
  ASSERT_TRUE(answer);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(Sessions, DoesNotTryAgainWhatIsWrong) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("403 Forbidden", "", "no"); });
  ASSERT_TRUE(session().call({.method = "POST", .url = server.url("/"), .body = std::string("x")}));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(Sessions, FollowsNoRedirect) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("307 Go", "Location: /elsewhere\r\n", ""); });
  const auto answer = session().call({.url = server.url("/")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 307u);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(Sessions, ObeysThePolicyUnlessTheAddressIsTheOperators) {
  HttpTestServer server(&say_hello, "127.0.0.2");
  const auto refused = session().call({.url = server.url("/")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "target address is not allowed");
  const auto trusted = session().call({.url = server.url("/"), .trusted = true});
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->body, "hello");
}

TEST_F(Sessions, SaysWhatIsWrongWithTheConnection) {
  std::uint16_t port = 0;
  { port = HttpTestServer(&say_hello).port(); }
  const auto answer = session().call({.url = "http://127.0.0.1:" + std::to_string(port) + "/"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_EQ(answer.error().message, "could not connect to host");
}

TEST_F(Sessions, AFileThatShrankEndsTheCall) {
  HttpTestServer server(&say_hello);
  const auto source = open(folder.write("source", "short"), O_RDONLY);
  const auto answer =
      session().call({.method = "PUT", .url = server.url("/"), .body = FilePart{source.get(), 0, 500'000}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "The file cannot be read");
}

TEST_F(Sessions, RefusesHeadersThatCannotBeSent) {
  HttpTestServer server(&say_hello);
  EXPECT_FALSE(session().call({.url = server.url("/"), .headers = {{"X-A", "b\r\nX-C: d"}}}));
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Sessions, ConnectsForOtherProtocols) {
  HttpTestServer server(&say_hello);
  const auto port = server.port();
  ASSERT_TRUE(client_->connect({"sftp", "127.0.0.1", port}, deadline, stop.get_token()));
  const auto refused = client_->connect({"sftp", "127.0.0.2", port}, deadline, stop.get_token());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "target address is not allowed");
  EXPECT_FALSE(client_->connect({"sftp", "127.0.0.1", 25}, deadline, stop.get_token()));
  for (const auto* const host : {"127.0.0.1/x", "a@127.0.0.1", "127.0.0.1:80", "", "a b", "x#"})
    EXPECT_FALSE(client_->connect({"sftp", host, port}, deadline, stop.get_token())) << host;
}

TEST(Pauses, GrowAndHeedTheServer) {
  const Settings settings{.retry_milliseconds = 1000};
  for (int attempt = 1; attempt <= 4; ++attempt) {
    const auto pause = pause_after(attempt, settings, "");
    const auto base = attempt == 1 ? 1000ms : attempt == 2 ? 4000ms : 10'000ms;
    EXPECT_GE(pause, base * 3 / 4);
    EXPECT_LE(pause, base * 5 / 4);
  }
  EXPECT_EQ(pause_after(1, settings, "30"), 30s);
  EXPECT_EQ(pause_after(1, settings, "86400"), 60s);
  EXPECT_LE(pause_after(1, settings, "Fri, 31 Dec 1999 23:59:59 GMT"), 2s);
}

TEST(Patience, IsWhatTheOperatorSays) {
  Settings with{.attempts = 7, .stall_seconds = 5, .retry_milliseconds = 100};
  const auto patience = make_client(with, Policy::open(with).value())->patience();
  EXPECT_EQ(patience.attempts, 7);
  EXPECT_EQ(patience.stall, 5s);
  const auto lies_around = [&](int attempt, std::chrono::milliseconds middle) {
    const auto pause = patience.pause_after(attempt);
    return pause >= middle * 3 / 4 && pause <= middle * 5 / 4;
  };
  EXPECT_TRUE(lies_around(1, 100ms) && lies_around(2, 400ms) && lies_around(3, 1s) && lies_around(9, 1s));
}

}  // namespace
}  // namespace recast::net
