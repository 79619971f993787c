#include "storage/http.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "../../tests/support/temporary_folder.hpp"
#include "base/text.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"
#include "storage/digest.hpp"

namespace recast::storage {
namespace {

using test::HttpTestServer;
using Request = HttpTestServer::Request;
using Peer = HttpTestServer::Connection;

class HttpStore : public ::testing::Test {
 protected:
  Result<std::uint64_t> fetch(const HttpTestServer& server,
                              const std::function<std::string(const net::Answer& head)>& md5_of_head = {}) {
    const Http http(connection_, {.explain =
                                      [](const net::Answer& answer) {
                                        return Error{ErrorCode::unavailable, std::to_string(answer.status), {}};
                                      },
                                  .another = {}});
    return http.fetch(
        [&](const Headers& range) -> Result<net::Call> {
          net::Call call;
          call.url = server.url("/object");
          call.headers = range;
          return call;
        },
        to_, meter_, md5_of_head);
  }
  std::string content() const { return test::read_file(to_); }

  test::TemporaryFolder folder_;
  const fs::path to_ = folder_ / "object";
  Meter meter_;
  net::Settings settings_{.allow_cidrs = {"127.0.0.1"}, .attempts = 3, .retry_milliseconds = 1};
  std::unique_ptr<net::Client> net_ = net::make_client(settings_, net::Policy::open(settings_).value());
  Connection connection_{*net_, Deadline::in(std::chrono::seconds(20)), {}, {}};
};

/// Ten bytes with a strong tag; the first answer ends after four.
void cut_once(const Request& request, Peer& to, std::atomic<int>& count, std::string_view tag) {
  const auto head =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: " + std::string(tag) + "\r\nContent-Length: 10\r\n\r\n";
  if (++count == 1) return to.send(head + "0123");
  if (!request.headers.contains("range")) return to.send(head + "abcdefghij");
  to.send(
      "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: bytes 4-9/10\r\nContent-Length: "
      "6\r\n\r\n456789");
}

TEST_F(HttpStore, GoesOnWhereACutWas) {
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request& request, Peer& to) { cut_once(request, to, count, "\"tag\""); });
  ASSERT_EQ(fetch(server).value(), 10u);
  EXPECT_EQ(content(), "0123456789");
  EXPECT_EQ(server.requests().at(1).headers.at("range"), "bytes=4-");
  EXPECT_EQ(server.requests().at(1).headers.at("if-match"), "\"tag\"");
  EXPECT_EQ(meter_.percent(), 100);
}

TEST_F(HttpStore, BeginsAnewWithoutAStrongTag) {
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request& request, Peer& to) { cut_once(request, to, count, "W/\"weak\""); });
  ASSERT_EQ(fetch(server).value(), 10u);
  EXPECT_EQ(content(), "abcdefghij");
  EXPECT_FALSE(server.requests().at(1).headers.contains("range"));
  EXPECT_EQ(meter_.percent(), 100);
}

TEST_F(HttpStore, BeginsAnewWhenTheObjectChanged) {
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request& request, Peer& to) {
    if (count == 1) {
      ++count;
      return to.answer("412 Precondition Failed", "", "");
    }
    cut_once(request, to, count, "\"tag\"");
  });
  ASSERT_EQ(fetch(server).value(), 10u);
  EXPECT_EQ(content(), "abcdefghij");
}

TEST_F(HttpStore, TakesNoOtherPartForTheRest) {
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request& request, Peer& to) {
    if (count == 1) {
      ++count;
      return to.send(
          "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: bytes 0-5/10\r\nContent-Length: "
          "6\r\n\r\nwrong!");
    }
    cut_once(request, to, count, "\"tag\"");
  });
  ASSERT_EQ(fetch(server).value(), 10u);
  EXPECT_EQ(content(), "abcdefghij");
}

TEST_F(HttpStore, NeverTakesAPieceForTheWhole) {
  HttpTestServer server([](const Request&, Peer& to) {
    to.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n0123");
  });
  const auto size = fetch(server);
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().message, "the connection ended before the end of the answer");
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(HttpStore, KeepsToTheLargestFile) {
  connection_.settings.max_file_bytes = 4;
  HttpTestServer server([](const Request&, Peer& to) { to.answer("200 OK", "", "01234"); });
  EXPECT_EQ(fetch(server).error().code, ErrorCode::file_too_large);
}

TEST_F(HttpStore, FetchesAnEmptyObject) {
  HttpTestServer server([](const Request&, Peer& to) { to.answer("200 OK", "", ""); });
  EXPECT_EQ(fetch(server).value(), 0u);
  EXPECT_TRUE(fs::exists(to_));
}

TEST(Parts, CoverAFile) {
  const auto parts = Parts::of(25, 10, 100, 1);
  ASSERT_EQ(parts.count(), 3u);
  EXPECT_EQ(parts.offset(2), 20u);
  EXPECT_EQ(parts.length(1), 10u);
  EXPECT_EQ(parts.length(2), 5u);
  EXPECT_EQ(Parts::of(20, 10, 100, 1).count(), 2u);
}

TEST(Parts, GrowWhereThereWouldBeTooMany) {
  constexpr std::uint64_t mega = 1 << 20;
  const auto parts = Parts::of(1'000'000 * mega, 16 * mega, 9'000, mega);
  EXPECT_LE(parts.count(), 9'000u);
  EXPECT_EQ(parts.size % mega, 0u);
  EXPECT_EQ(parts.size, 112 * mega);
}

TEST(ProviderText, IsOneLineForAClient) {
  EXPECT_EQ(provider_text("No such\r\n\tthing\x1b[31m ", "NoSuchKey"), "No such thing [31m (Code: NoSuchKey)");
  EXPECT_EQ(provider_text("", "X"), "(Code: X)");
  EXPECT_EQ(provider_text("", ""), "the store refused without a reason");
  EXPECT_EQ(provider_text("text", "not a code"), "text");
  EXPECT_EQ(provider_text(std::string(299, 'x') + "\u00e4\u00e4", ""), std::string(299, 'x'));
}

TEST(EncodePath, KeepsSlashesOnly) {
  EXPECT_EQ(encode_path("a b/\u00e4+(1)~.txt"), "a%20b/%C3%A4%2B%281%29~.txt");
  EXPECT_EQ(encode_path("//a/../b/"), "//a/../b/");
  EXPECT_EQ(encode_path(""), "");
}

std::string md5_of_tag(const net::Answer& head) { return md5_of_hex(header(head, "etag")); }

/// Two other bytes than the tag says for the first `wrong` answers.
HttpTestServer::Handler answers_with_other_bytes(std::atomic<int>& count, int wrong) {
  return [&count, wrong](const Request&, Peer& to) {
    to.answer("200 OK", "ETag: \"" + to_hex(md5("0123456789")) + "\"\r\n",
              ++count <= wrong ? "0123456xx9" : "0123456789");
  };
}

TEST_F(HttpStore, OtherBytesThanTheStoreSaysAreFetchedOnceMore) {
  std::atomic<int> count = 0;
  HttpTestServer server(answers_with_other_bytes(count, 2));
  ASSERT_EQ(fetch(server, &md5_of_tag).value(), 10u);
  EXPECT_EQ(content(), "0123456789");
  EXPECT_EQ(count, 3);
  EXPECT_EQ(meter_.percent(), 100);
}

TEST_F(HttpStore, OtherBytesThanTheStoreSaysAreNotKept) {
  std::atomic<int> count = 0;
  HttpTestServer server(answers_with_other_bytes(count, 100));
  const auto fetched = fetch(server, &md5_of_tag);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().message, "the bytes that came are not those of the object");
  EXPECT_EQ(count, 3);
}

TEST_F(HttpStore, AResumedDownloadIsLookedAtAsAWhole) {
  std::atomic<int> count = 0;
  const auto tag = "\"" + to_hex(md5("0123456789")) + "\"";
  HttpTestServer server([&](const Request& request, Peer& to) { cut_once(request, to, count, tag); });
  ASSERT_EQ(fetch(server, &md5_of_tag).value(), 10u);
  EXPECT_EQ(count, 2);
}

TEST_F(HttpStore, LargeFilesAreLookedAtWhileTheyCome) {
  const std::string large(6 << 20, 'x');
  const auto tag = "ETag: \"" + to_hex(md5(large)) + "\"\r\n";
  std::atomic<int> count = 0;
  HttpTestServer server([&](const Request& request, Peer& to) {
    // Cut, then as a whole again with another byte, then as it should be.
    if (++count == 1) {
      return to.send("HTTP/1.1 200 OK\r\nConnection: close\r\n" + tag +
                     "Content-Length: " + std::to_string(large.size()) + "\r\n\r\n" + large.substr(0, 5 << 20));
    }
    auto body = large;
    if (count == 2) body[3 << 20] = 'y';
    EXPECT_EQ(request.headers.contains("range"), count == 2);
    to.answer("200 OK", tag, body);
  });
  ASSERT_EQ(fetch(server, &md5_of_tag).value(), large.size());
  EXPECT_EQ(content(), large);
  EXPECT_EQ(count, 3);
  EXPECT_EQ(meter_.percent(), 100);
}

TEST(HttpDigests, OfTagsAreSixteenBytesOrNone) {
  const std::string hex = "0123456789abcdef0123456789ABCDEF";
  EXPECT_EQ(to_hex(md5_of_hex(hex)), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(md5_of_hex("\"" + hex + "\"").size(), 16u);
  for (const auto& text : {hex + "-2", "W/\"" + hex + "\"", hex.substr(2), hex.substr(1) + "x", std::string()})
    EXPECT_EQ(md5_of_hex(text), "") << text;
  EXPECT_EQ(to_hex(md5_of_base64("ASNFZ4mrze8BI0VniavN7w==")), "0123456789abcdef0123456789abcdef");
  for (const auto* const text : {"", "AAAA", "no base64!"}) EXPECT_EQ(md5_of_base64(text), "") << text;
}

}  // namespace
}  // namespace recast::storage
