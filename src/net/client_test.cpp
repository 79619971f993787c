#include "net/client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "../../tests/support/temporary_folder.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"

namespace recast::net {
namespace {

using namespace std::chrono_literals;
using test::HttpTestServer;
using Connection = HttpTestServer::Connection;
using Request = HttpTestServer::Request;

/// Under the default rule, with 127.0.0.1 (and nothing else of this machine) standing for the public Internet.
Settings settings() { return {.allow_cidrs = {"127.0.0.1"}, .attempts = 3, .retry_milliseconds = 1}; }

class Downloads : public ::testing::Test {
 protected:
  Result<Downloaded> get(const std::string& url, std::map<std::string, std::string> headers = {}) {
    return get_with(settings(), url, std::move(headers));
  }
  Result<Downloaded> get_with(const Settings& with, const std::string& url,
                              std::map<std::string, std::string> headers = {}) {
    auto policy = Policy::open(with, own_ports);
    if (!policy) return std::unexpected(policy.error());
    const auto client = make_client(with, std::move(*policy), resolve);
    return client->download(
        {.url = url, .headers = std::move(headers), .to = file(), .max_bytes = max_bytes, .on_progress = progress},
        deadline, stop.get_token());
  }
  std::filesystem::path file() const { return folder / "download"; }
  std::string content() const { return test::read_file(file()); }

  void expect_refused(const Result<Downloaded>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::download_failed);
    EXPECT_EQ(result.error().message, "Download failed: target address is not allowed");
    EXPECT_FALSE(std::filesystem::exists(file()));
  }

  test::TemporaryFolder folder;
  std::vector<std::string> resolve;
  std::vector<std::uint16_t> own_ports;
  std::uint64_t max_bytes = 10'000'000'000;
  std::function<void(std::uint64_t, std::optional<std::uint64_t>)> progress;
  Deadline deadline = Deadline::in(20s);
  std::stop_source stop;
};

void say_hello(const Request&, Connection& to) { to.answer("200 OK", "Content-Type: text/plain\r\n", "hello"); }

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
        "0.0.0.0", "127.0.0%2e2", "public.example@127.0.0.2", "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "[fe80::1%25lo]",
        "169.254.169.254", "10.0.0.1", "[fd00:ec2::254]"}) {
    SCOPED_TRACE(host);
    expect_refused(get("http://" + host + ":" + port + "/"));
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
  expect_refused(get("http://127.0.0.1:0/"));
  own_ports = {server.port()};
  expect_refused(get(server.url("/")));
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

constexpr std::string_view kLong = "0123456789abcdefghij";

/// Sends the first half of kLong, then hangs up.
void half(Connection& to, std::string_view fields) {
  to.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n" + std::string(fields) + "\r\n");
  to.send(kLong.substr(0, 10));
}

TEST_F(Downloads, GoOnWhereATruncatedBodyEnded) {
  const HttpTestServer server([](const Request& request, Connection& to) {
    if (!request.headers.contains("range")) return half(to, "ETag: \"v1\"\r\n");
    to.answer("206 Partial Content", "Content-Range: bytes 10-19/20\r\nETag: \"v1\"\r\n", kLong.substr(10));
  });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), kLong);
  EXPECT_EQ(result->size, 20u);
  const auto second = server.requests().at(1).headers;
  EXPECT_EQ(second.at("range"), "bytes=10-");
  EXPECT_EQ(second.at("if-match"), "\"v1\"");
}

TEST_F(Downloads, StartAgainWithoutAStrongTag) {
  for (const std::string tag : {"", "ETag: W/\"v1\"\r\n"}) {
    std::atomic<int> count = 0;
    const HttpTestServer server([&](const Request&, Connection& to) {
      if (++count == 1) return half(to, tag);
      to.answer("200 OK", "", kLong);
    });
    ASSERT_TRUE(get(server.url("/")));
    EXPECT_EQ(content(), kLong);
    EXPECT_FALSE(server.requests().at(1).headers.contains("range"));
  }
}

TEST_F(Downloads, StartAgainWhenTheFileChangedMeanwhile) {
  const HttpTestServer changed([](const Request& request, Connection& to) {
    static std::atomic<int> count;
    if (request.headers.contains("range")) return to.answer("412 Precondition Failed", "", "");
    if (++count == 1) return half(to, "ETag: \"v1\"\r\n");
    to.answer("200 OK", "ETag: \"v2\"\r\n", "new");
  });
  ASSERT_TRUE(get(changed.url("/")));
  EXPECT_EQ(content(), "new");

  const HttpTestServer ignores_ranges([](const Request& request, Connection& to) {
    if (!request.headers.contains("range")) return half(to, "ETag: \"v1\"\r\n");
    to.answer("200 OK", "", "all of it");
  });
  ASSERT_TRUE(get(ignores_ranges.url("/")));
  EXPECT_EQ(content(), "all of it");

  const HttpTestServer emptied([](const Request& request, Connection& to) {
    if (!request.headers.contains("range")) return half(to, "ETag: \"v1\"\r\n");
    to.answer("200 OK", "", "");
  });
  ASSERT_TRUE(get(emptied.url("/")));
  EXPECT_EQ(content(), "");
}

TEST_F(Downloads, CountWhatIsThereOnlyWhileItStays) {
  max_bytes = kLong.size();
  const HttpTestServer ignores_ranges([](const Request& request, Connection& to) {
    if (!request.headers.contains("range")) return half(to, "ETag: \"v1\"\r\n");
    to.answer("200 OK", "", kLong);  // as much as is allowed, all of it anew
  });
  const auto whole = get(ignores_ranges.url("/"));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(content(), kLong);

  const HttpTestServer grown([](const Request& request, Connection& to) {
    if (!request.headers.contains("range")) return half(to, "ETag: \"v1\"\r\n");
    to.answer("206 Partial Content", "Content-Range: bytes 10-20/21\r\nETag: \"v1\"\r\n", "abcdefghijk");
  });
  const auto too_large = get(grown.url("/"));
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code, ErrorCode::file_too_large);
  EXPECT_EQ(grown.requests().size(), 2u);
}

TEST_F(Downloads, DoNotJoinTheWrongPart) {
  const HttpTestServer server([](const Request& request, Connection& to) {
    static std::atomic<int> count;
    if (request.headers.contains("range"))
      return to.answer("206 Partial Content", "Content-Range: bytes 0-19/20\r\n", kLong);
    if (++count == 1) return half(to, "ETag: \"v1\"\r\n");
    to.answer("200 OK", "", kLong);
  });
  ASSERT_TRUE(get(server.url("/")));
  EXPECT_EQ(content(), kLong);
}

TEST_F(Downloads, FailOnABodyThatIsAlwaysCut) {
  const HttpTestServer server([](const Request&, Connection& to) { half(to, ""); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::download_failed);
  EXPECT_EQ(result.error().message, "Download failed: the connection ended before the end of the answer");
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Downloads, StopAtTheSizeLimit) {
  max_bytes = 8;
  const auto expect_too_large = [&](const HttpTestServer& server) {
    const auto result = get(server.url("/"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::file_too_large);
    EXPECT_EQ(result.error().message, "The file exceeds the maximum size of 8 bytes");
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_FALSE(std::filesystem::exists(file()));
  };
  const HttpTestServer announced([](const Request&, Connection& to) { to.answer("200 OK", "", "123456789"); });
  expect_too_large(announced);
  const HttpTestServer silent([](const Request&, Connection& to) {
    to.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    to.send("123456789");
  });
  expect_too_large(silent);
  const HttpTestServer exact([](const Request&, Connection& to) { to.answer("200 OK", "", "12345678"); });
  EXPECT_TRUE(get(exact.url("/")));
}

/// 1,000 times "a", packed by gzip.
const std::string kPacked = *from_base64("H4sIAAAAAAACA0tMHAWjYBQMdwAAA9o4mugDAAA=");

void packed(const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: gzip\r\n", kPacked); }

TEST_F(Downloads, UndoAnEncodingThatWasNotAskedFor) {
  const HttpTestServer server(&packed);
  const auto result = get(server.url("/page.html"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), std::string(1000, 'a'));
  EXPECT_FALSE(server.requests().at(0).headers.contains("accept-encoding"));
}

TEST_F(Downloads, KeepAPackedFilePacked) {
  const HttpTestServer server(&packed);
  ASSERT_TRUE(get(server.url("/dump.tar.gz?x=1")));
  EXPECT_EQ(content(), kPacked);
}

TEST_F(Downloads, CountTheUnpackedBytes) {
  max_bytes = 500;
  const HttpTestServer server(&packed);
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::file_too_large);
}

TEST_F(Downloads, KeepBytesUnderAnUnknownEncodingAsTheyAre) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: aws-chunked\r\n", "x"); });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), "x");
}

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
