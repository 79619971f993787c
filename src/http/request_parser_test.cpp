#include "http/request_parser.hpp"

#include <gtest/gtest.h>

namespace recast::http {
namespace {

/// The message of the refusal, or empty if the head was read.
std::string refusal(std::string_view head) {
  RequestParser parser(8192);
  const auto taken = parser.read_head(head);
  if (!taken) return taken.error().message.empty() ? "refused" : taken.error().message;
  EXPECT_EQ(*taken, head.size()) << head;
  return "";
}

TEST(RequestParser, ReadsAHeadHoweverItArrives) {
  const std::string_view head =
      "\r\nGET /v2/jobs?include=a%2Cb HTTP/1.1\r\nHost: api:8080\r\nX-Empty:\r\nAccept:  */* \r\n\r\n";
  RequestParser parser(8192);
  for (std::size_t size = 1; size < head.size(); ++size) EXPECT_EQ(parser.read_head(head.substr(0, size)).value(), 0u);
  EXPECT_EQ(parser.read_head(std::string(head) + "GET /next").value(), head.size());
  const auto& request = parser.request();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/v2/jobs");
  EXPECT_EQ(request.raw_query, "include=a%2Cb");
  EXPECT_EQ(request.query.get("include"), "a,b");
  EXPECT_EQ(request.headers.get("accept"), "*/*");
  EXPECT_TRUE(request.headers.has("x-empty"));
  EXPECT_TRUE(parser.framing().keep_alive);
  EXPECT_TRUE(parser.done());
}

TEST(RequestParser, RefusesWhatTwoServersCouldReadDifferently) {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(refusal(start + "Content-Length: 5\r\n\r\n"), "");
  EXPECT_EQ(refusal(start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"), "");
  EXPECT_EQ(refusal(start + "Transfer-Encoding: chunked\r\n\r\n"), "");
  for (const auto* fields : {
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 6\r\n",
           "Content-Length: -1\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: 99999999999999999999999\r\n",
           "Content-Length:\r\n",
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: \x0b"
           "chunked\r\n",
           "Transfer-Encoding : chunked\r\n",
           "Bad Name: x\r\n",
           ": x\r\n",
           "X: a\r\n folded\r\n",
           "X: a\r\n\tfolded\r\n",
           "X: a\nY: b\r\n",
           "X: a\rY: b\r\n",
           "X: a\x01\r\n",
           "no colon\r\n",
           "Host: b\r\n",
       }) {
    EXPECT_NE(refusal(start + fields + "\r\n"), "") << fields;
  }
  EXPECT_NE(refusal(start + std::string("X: a\0b\r\n\r\n", 10)), "");
}

TEST(RequestParser, RefusesBadRequestLines) {
  for (const auto* line :
       {"GET / HTTP/1.1 \r\n", "GET  / HTTP/1.1\r\n", "GET /a b HTTP/1.1\r\n", "GET / HTTP/2.0\r\n",
        "GET / http/1.1\r\n", "GET /\r\n", "G(T / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "GET a HTTP/1.1\r\n",
        "GET * HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n", "GET /a#b HTTP/1.1\r\n", "GET ftp://a/ HTTP/1.1\r\n",
        "GET http:/// HTTP/1.1\r\n", "GET http://a@b/ HTTP/1.1\r\n"}) {
    EXPECT_NE(refusal(std::string(line) + "Host: a\r\n\r\n"), "") << line;
  }
  EXPECT_NE(refusal("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_NE(refusal("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "");
  EXPECT_NE(refusal("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), "");
  EXPECT_NE(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), "");
  EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), "");
  EXPECT_EQ(refusal("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "");
}

TEST(RequestParser, ReducesAbsoluteTargets) {
  RequestParser parser(8192);
  ASSERT_TRUE(parser.read_head("GET http://sync.example:80?x=1 HTTP/1.1\r\nHost: other\r\n\r\n"));
  EXPECT_EQ(parser.request().path, "/");
  EXPECT_EQ(parser.request().raw_query, "x=1");
  EXPECT_EQ(parser.request().headers.get("Host"), "sync.example:80");
}

TEST(RequestParser, LimitsTheHead) {
  RequestParser parser(8192);
  const auto long_head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a');
  const auto taken = parser.read_head(long_head);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::payload_too_large);
  EXPECT_EQ(taken.error().field, "headers");
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 300; ++i) many += "X: 1\r\n";
  RequestParser other(8192);
  EXPECT_EQ(other.read_head(many + "\r\n").error().field, "headers");
}

TEST(RequestParser, LetsTheCallerReadAPlainBodyByItself) {
  RequestParser parser(8192);
  ASSERT_TRUE(parser.read_head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"));
  EXPECT_EQ(parser.plain_left(), 10u);
  std::string out;
  EXPECT_EQ(parser.read_body("abc", out).value(), 3u);
  EXPECT_EQ(parser.plain_left(), 7u);
  parser.took_plain(6);
  EXPECT_FALSE(parser.done());
  EXPECT_EQ(parser.read_body("xyz", out).value(), 1u);
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(out, "abcx");
}

TEST(RequestParser, ReadsChunksAndDropsTrailers) {
  const std::string_view body = "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 7\r\n\r\nNEXT";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    RequestParser parser(8192);
    ASSERT_TRUE(parser.read_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"));
    std::string input, out;
    std::size_t at = 0;
    while (!parser.done() && at < body.size()) {
      input += body.substr(at, step);
      at += step;
      while (true) {
        const auto taken = parser.read_body(input, out);
        ASSERT_TRUE(taken) << taken.error().message;
        input.erase(0, *taken);
        if (*taken == 0 || parser.done()) break;
      }
    }
    EXPECT_TRUE(parser.done()) << step;
    EXPECT_EQ(out, "hello world");
    EXPECT_EQ(parser.request().headers.all().size(), 2u);
  }
}

TEST(RequestParser, RefusesBadChunks) {
  const std::vector<std::string> bodies{"x\r\n",
                                        "5\r\nhelloX\r\n0\r\n\r\n",
                                        "-1\r\n",
                                        "ffffffffffffffffff\r\n",
                                        "5\r\nhello\n0\r\n\r\n",
                                        "1;" + std::string(40'000, 'a')};
  for (const auto& body : bodies) {
    RequestParser parser(8192);
    ASSERT_TRUE(parser.read_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    std::string input = body, out;
    auto taken = parser.read_body(input, out);
    while (taken && *taken > 0) {
      input.erase(0, *taken);
      taken = parser.read_body(input, out);
    }
    EXPECT_FALSE(taken) << body.substr(0, 20);
  }
}

TEST(RequestParser, TakesTheLastChunkInAnyPieces) {
  for (const std::string_view end : {"0\r\n\r\n", "000\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nA: b\r\n\r\n"}) {
    RequestParser parser(8192);
    ASSERT_TRUE(parser.read_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    std::string input, out;
    for (const char byte : "2\r\nhi\r\n" + std::string(end)) {
      input += byte;
      const auto taken = parser.read_body(input, out);
      ASSERT_TRUE(taken) << taken.error().message;
      input.erase(0, *taken);
    }
    EXPECT_TRUE(parser.done()) << end;
    EXPECT_EQ(out, "hi");
  }
}

TEST(RequestParser, StopsAtTheEndOfTheBody) {
  RequestParser parser(8192);
  ASSERT_TRUE(parser.read_head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_TRUE(parser.framing().expect_continue);
  EXPECT_EQ(parser.framing().content_length, 5u);
  std::string out;
  EXPECT_EQ(parser.read_body("helloGET /", out).value(), 5u);
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(out, "hello");
}

TEST(RequestParser, RecognisesAnUpgrade) {
  const auto key = [](std::string_view fields) {
    RequestParser parser(8192);
    EXPECT_TRUE(parser.read_head("GET /s HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n"));
    return parser.framing().websocket_key;
  };
  EXPECT_EQ(key("Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
            "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_NE(key("Upgrade: h2c\r\nUpgrade: websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
            "");
  EXPECT_EQ(key("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
            "");
  EXPECT_EQ(key("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"), "");
}

}  // namespace
}  // namespace recast::http
