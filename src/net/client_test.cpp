#include "net/client.hpp"

#include <gtest/gtest.h>

#include "net/client_fixture.hpp"

namespace recast::net {
namespace {

TEST_F(Downloads, FetchAFile) {
  const HttpTestServer server([](const Request&, Connection& to) {
    to.answer("200 OK", "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n", "hello");
  });
  std::uint64_t seen = 0;
  progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
    seen = done;
    EXPECT_EQ(total, 5u);
  };
  const auto result = get(server.url("/a/../a%20b?x=%2F#z"), {{"X-Token", "71c"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->size, 5u);
  EXPECT_EQ(result->content_type, "text/plain");
  EXPECT_EQ(result->content_disposition, "attachment; filename=a.txt");
  EXPECT_EQ(result->final_url, server.url("/a/../a%20b?x=%2F"));
  EXPECT_EQ(content(), "hello");
  EXPECT_EQ(seen, 5u);
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.target, "/a/../a%20b?x=%2F");
  EXPECT_EQ(request.headers.at("x-token"), "71c");
  EXPECT_EQ(request.headers.at("accept"), "*/*");
  EXPECT_TRUE(request.headers.at("user-agent").starts_with("Recast/"));
  for (const auto* const absent : {"accept-encoding", "cookie", "referer", "authorization", "expect", "range"}) {
    EXPECT_FALSE(request.headers.contains(absent)) << absent;
  }
}

TEST_F(Downloads, TakeAnEmptyFile) {
  const HttpTestServer server([](const Request&, Connection& to) { to.answer("200 OK", "", ""); });
  ASSERT_TRUE(get(server.url("/")));
  EXPECT_EQ(content(), "");
}

TEST_F(Downloads, SendUserInfoAsBasicCredentials) {
  const HttpTestServer server(&say_hello);
  ASSERT_TRUE(get("http://us:p%40w@127.0.0.1:" + std::to_string(server.port()) + "/"));
  EXPECT_EQ(server.requests().at(0).headers.at("authorization"), "Basic " + to_base64("us:p@w"));
}

TEST_F(Downloads, AreRefusedForInternalAddressesInEverySpelling) {
  const HttpTestServer server(&say_hello, "127.0.0.2");
  const auto port = std::to_string(server.port());
  for (const std::string host :
       {"127.0.0.2", "0x7f000002", "2130706434", "0177.0.0.2", "127.2", "[::ffff:127.0.0.2]", "[::1]", "[::]",
        "0.0.0.0", "127.0.0%2e2", "public.example@127.0.0.2", "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "[fe80::1]",
        "169.254.169.254", "10.0.0.1", "[fd00:ec2::254]"}) {
    SCOPED_TRACE(host);
    expect_refused(get("http://" + host + ":" + port + "/"));
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Downloads, AreRefusedForAddressesThatReadersTakeDifferently) {
  const HttpTestServer server(&say_hello, "127.0.0.2");
  const auto place = "127.0.0.2:" + std::to_string(server.port());
  const std::vector<std::string> urls{"http://a@b@" + place + "/", "http://example.org\\@" + place + "/",
                                      "http://127.0.0.2:0/", "http://[fe80::1%25lo]:80/"};
  for (const auto& text : urls) {
    const auto result = get(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_data) << text;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Downloads, AreRefusedForEveryNameThatResolvesToASpecialAddress) {
  for (const std::string address : {"0.0.0.0",
                                    "127.0.0.2",
                                    "10.0.0.1",
                                    "172.16.0.1",
                                    "192.168.0.1",
                                    "100.64.0.1",
                                    "169.254.169.254",
                                    "192.0.0.1",
                                    "192.0.2.1",
                                    "198.51.100.1",
                                    "203.0.113.1",
                                    "198.18.0.1",
                                    "192.88.99.1",
                                    "224.0.0.1",
                                    "240.0.0.1",
                                    "255.255.255.255",
                                    "168.63.129.16",
                                    "[::1]",
                                    "[::]",
                                    "[::ffff:10.0.0.1]",
                                    "[fe80::1]",
                                    "[fc00::1]",
                                    "[fec0::1]",
                                    "[ff02::1]",
                                    "[2001::1]",
                                    "[2001:db8::1]",
                                    "[2002:7f00:1::1]",
                                    "[3fff::1]",
                                    "[64:ff9b::7f00:1]",
                                    "[64:ff9b:1::1]",
                                    "[100::1]",
                                    "[5f00::1]"}) {
    SCOPED_TRACE(address);
    resolve = {"files.example:8000:" + address};
    expect_refused(get("http://files.example:8000/"));
  }
}

TEST_F(Downloads, AreRefusedForLocalhostWithADot) {
  const HttpTestServer server(&say_hello, "127.0.0.2");
  const auto port = std::to_string(server.port());
  resolve = {"localhost.:" + port + ":127.0.0.2", "localhost:" + port + ":127.0.0.2"};
  auto strict = settings();
  strict.allow_cidrs.clear();
  expect_refused(get_with(strict, "http://localhost.:" + port + "/"));
  expect_refused(get_with(strict, "http://localhost:" + port + "/"));
}

TEST_F(Downloads, AreRefusedForBlockedPortsAndOwnPorts) {
  const HttpTestServer server(&say_hello);
  expect_refused(get("http://127.0.0.1:22/"));
  own_ports = {server.port()};
  expect_refused(get(server.url("/")));
}

TEST_F(Downloads, DoNotTellWhetherSomebodyListensWhereTheyMayNotGo) {
  std::uint16_t closed = 0;
  const HttpTestServer open(&say_hello, "127.0.0.2");
  {
    const HttpTestServer gone(&say_hello, "127.0.0.2");
    closed = gone.port();
  }
  expect_refused(get(open.url("/")));
  expect_refused(get("http://127.0.0.2:" + std::to_string(closed) + "/"));
  EXPECT_TRUE(open.requests().empty());
}

TEST_F(Downloads, AreRefusedWhenARedirectLeadsInside) {
  const HttpTestServer inside(&say_hello, "127.0.0.2");
  for (const auto status : {"301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"}) {
    const HttpTestServer outside([&](const Request&, Connection& to) {
      to.answer(status, "Location: " + inside.url("/secret") + "\r\n", "moved");
    });
    expect_refused(get(outside.url("/")));
  }
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Downloads, AreRefusedWhenANameIsReboundBetweenHops) {
  const HttpTestServer inside(&say_hello, "127.0.0.2");
  const HttpTestServer outside([&](const Request&, Connection& to) {
    to.answer("302 Found", "Location: " + inside.url("/", "rebind.example") + "\r\n", "");
  });
  resolve = {"rebind.example:" + std::to_string(outside.port()) + ":127.0.0.1",
             "rebind.example:" + std::to_string(inside.port()) + ":127.0.0.2"};
  expect_refused(get(outside.url("/", "rebind.example")));
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Downloads, SkipTheForbiddenAddressOfAName) {
  const HttpTestServer inside(&say_hello, "127.0.0.2");
  const auto port = std::to_string(inside.port());
  resolve = {"both.example:" + port + ":127.0.0.2,127.0.0.1"};  // the allowed one is not listening
  const auto result = get("http://both.example:" + port + "/");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Download failed: could not connect to host");
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Downloads, ReachAnInternalHostThatARuleNames) {
  const HttpTestServer server(&say_hello, "127.0.0.2");
  auto with = settings();
  with.allow_hosts = {"minio.internal:" + std::to_string(server.port())};
  resolve = {"minio.internal:" + std::to_string(server.port()) + ":127.0.0.2"};
  EXPECT_TRUE(get_with(with, server.url("/", "minio.internal")));
  expect_refused(get_with(with, server.url("/")));
}

TEST_F(Downloads, DropCallerHeadersOnAnotherOrigin) {
  const HttpTestServer other(&say_hello);
  const HttpTestServer first([&](const Request& request, Connection& to) {
    if (request.target == "/start") return to.answer("302 Found", "Location: /second\r\n", "");
    to.answer("302 Found", "Location: " + other.url("/third") + "\r\n", "");
  });
  const auto result =
      get("http://us:pw@127.0.0.1:" + std::to_string(first.port()) + "/start", {{"X-Api-Key", "k"}, {"Cookie", "c=1"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->redirects, 2u);
  EXPECT_EQ(result->final_url, other.url("/third"));
  for (const auto& request : first.requests()) {
    EXPECT_EQ(request.headers.at("x-api-key"), "k");
    EXPECT_TRUE(request.headers.contains("authorization"));
  }
  EXPECT_EQ(first.requests().size(), 2u);
  const auto last = other.requests().at(0).headers;
  for (const auto* const dropped : {"x-api-key", "cookie", "authorization"})
    EXPECT_FALSE(last.contains(dropped)) << dropped;
}

TEST_F(Downloads, DoNotSendHeadersAgainOnTheWayBack) {
  std::string back;
  const HttpTestServer other(
      [&](const Request&, Connection& to) { to.answer("302 Found", "Location: " + back + "\r\n", ""); });
  const HttpTestServer first([&](const Request& request, Connection& to) {
    if (request.target == "/back") return say_hello(request, to);
    to.answer("302 Found", "Location: " + other.url("/") + "\r\n", "");
  });
  back = first.url("/back");
  ASSERT_TRUE(get(first.url("/"), {{"X-Api-Key", "k"}}));
  EXPECT_FALSE(first.requests().at(1).headers.contains("x-api-key"));
}

TEST_F(Downloads, EndAtRedirectsThatLeadNowhere) {
  for (const std::string location : {"Location: file:///etc/passwd\r\n", "Location: gopher://127.0.0.1/\r\n", ""}) {
    const HttpTestServer server([&](const Request&, Connection& to) { to.answer("302 Found", location, ""); });
    const auto result = get(server.url("/"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::download_failed);
    EXPECT_EQ(server.requests().size(), 1u);
  }
  const HttpTestServer loop([](const Request&, Connection& to) { to.answer("302 Found", "Location: /\r\n", ""); });
  const auto result = get(loop.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Download failed: too many redirects");
  EXPECT_EQ(loop.requests().size(), 11u);
}

TEST_F(Downloads, ReportTheStatusAndNeverTheBody) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("404 Not Found", "", "secret internals"); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::download_failed);
  EXPECT_EQ(result.error().message, "Download failed: HTTP 404");
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Downloads, RefuseAnswersThatAreNoFile) {
  for (const std::string status :
       {"204 No Content", "205 Reset", "206 Partial", "304 Not Modified", "400 Bad", "403 No", "451 Law"}) {
    const HttpTestServer server(
        [&](const Request&, Connection& to) { to.answer(status, "Content-Range: bytes 0-0/1\r\n", ""); });
    const auto result = get(server.url("/"));
    ASSERT_FALSE(result) << status;
    EXPECT_EQ(result.error().message, "Download failed: HTTP " + status.substr(0, 3));
    EXPECT_EQ(server.requests().size(), 1u);
  }
  const HttpTestServer accepted([](const Request&, Connection& to) { to.answer("203 Mirror", "", "x"); });
  EXPECT_TRUE(get(accepted.url("/")));
}

TEST_F(Downloads, TryAgainAfterAPassingFault) {
  std::atomic<int> count = 0;
  const HttpTestServer server([&](const Request& request, Connection& to) {
    const int now = ++count;
    if (now == 1) return to.answer("503 Busy", "Retry-After: 0\r\n", "wait");
    if (now == 2) return;  // hangs up without a word
    say_hello(request, to);
  });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), "hello");
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(Downloads, GiveUpAfterTheLastAttempt) {
  const HttpTestServer server([](const Request&, Connection& to) { to.answer("502 Bad", "", ""); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Download failed: HTTP 502");
  EXPECT_EQ(server.requests().size(), 3u);
}

}  // namespace
}  // namespace recast::net
