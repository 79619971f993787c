#include "net/client.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "net/client_fixture.hpp"

namespace recast::net {
namespace {

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

TEST_F(Downloads, TryAgainWhenAPackedBodyEndsBeforeItsEndMarker) {
  const HttpTestServer server([count = std::make_shared<std::atomic<int>>()](const Request&, Connection& to) {
    // The length is that of what is sent: only the encoding shows that something is missing.
    const auto length = ++*count == 1 ? kPacked.size() - 5 : kPacked.size();
    to.answer("200 OK", "Content-Encoding: gzip\r\nETag: \"v1\"\r\n", kPacked.substr(0, length));
  });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), std::string(1000, 'a'));
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_FALSE(server.requests().at(1).headers.contains("range"));
}

TEST_F(Downloads, FailOnAPackedBodyThatNeverHasItsEnd) {
  for (const auto& body : {kPacked.substr(0, kPacked.size() - 5), std::string(100, 'x')}) {
    const HttpTestServer server(
        [&](const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: gzip\r\n", body); });
    const auto result = get(server.url("/"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message,
              "Download failed: the answer's content encoding is damaged or its end is missing");
    EXPECT_EQ(server.requests().size(), 3u);
    EXPECT_FALSE(std::filesystem::exists(file()));
  }
}

TEST_F(Downloads, SayThatAnEncodingIsNotKnown) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: compress\r\n", "x"); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "Download failed: the answer has a content encoding other than gzip, deflate, br and zstd");
  EXPECT_EQ(server.requests().size(), 1u);  // the next answer would be no other
}

TEST_F(Downloads, JoinTheMembersOfAPackedBody) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: gzip\r\n", kPacked + kPacked); });
  ASSERT_TRUE(get(server.url("/")));
  EXPECT_EQ(content(), std::string(2000, 'a'));
}

TEST_F(Downloads, ReportTheStatusWhateverTheErrorsOwnBodyIsPackedIn) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("404 Not Found", "Content-Encoding: gzip\r\n", "no gzip"); });
  const auto result = get(server.url("/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Download failed: HTTP 404");
}

TEST_F(Downloads, KeepBytesUnderAnUnknownEncodingAsTheyAre) {
  const HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("200 OK", "Content-Encoding: aws-chunked\r\n", "x"); });
  const auto result = get(server.url("/"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(content(), "x");
}

}  // namespace
}  // namespace recast::net
