#include "storages/google_cloud_storage/objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "base/text.hpp"
#include "storage/digest.hpp"
#include "storage/object_store_fixture.hpp"
#include "storages/google_cloud_storage/key_fixture.hpp"

namespace recast::storages::google {
namespace {

using recast::test::HttpTestServer;
using Answering = HttpTestServer::Connection;
using Request = HttpTestServer::Request;
using Handler = HttpTestServer::Handler;

constexpr std::size_t kChunk = 256 << 10;

std::string described(std::string_view content) {
  return fmt::format(R"({{"md5Hash":"{}","generation":"17"}})", to_base64(storage::md5(content)));
}

/// Cloud Storage as each test wants it, with tokens "t1", "t2", … as they are granted.
class GoogleObjects : public storage::ObjectStores {
 protected:
  GoogleObjects() {
    connection().settings.multipart_bytes = 1000;
    connection().settings.part_bytes = static_cast<std::int64_t>(kChunk);
  }

  Result<std::unique_ptr<storage::ObjectStore>> open(Purpose purpose = Purpose::writing) {
    Access access;
    access.project_id = "acme-files";
    access.bucket = "box";
    access.client_email = "me@acme";
    access.private_key = TestKey::rsa().pkcs8();
    settings.url = server.url("");
    settings.token_url = server.url("/token");
    return Objects::open(access, settings, connection(), purpose);
  }
  std::unique_ptr<storage::ObjectStore> opened(Purpose purpose = Purpose::writing) {
    return std::move(open(purpose).value());
  }
  /// All but those for tokens.
  std::vector<Request> requests() const {
    auto all = server.requests();
    std::erase_if(all, [](const auto& one) { return one.target == "/token"; });
    return all;
  }
  void address_of_upload(Answering& to) const {
    to.answer("200 OK", "Location: " + server.url("/upload/storage/v1/b/box/o?upload_id=u1") + "\r\n", "");
  }

  std::atomic<int> tokens = 0;
  Handler handler = [](const Request&, Answering& to) { to.answer("404 Not Found", "", ""); };
  Settings settings;
  HttpTestServer server{[this](const Request& request, Answering& to) {
    if (request.target != "/token") return handler(request, to);
    to.answer("200 OK", "", fmt::format(R"({{"access_token":"t{}","expires_in":3599}})", ++tokens));
  }};
};

TEST_F(GoogleObjects, SharesTokensWhileTheyAreGood) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(open());
  EXPECT_EQ(tokens, 1);
  ASSERT_TRUE(open(Purpose::reading));  // another scope
  EXPECT_EQ(tokens, 2);
  const auto grant = server.requests().at(0);
  EXPECT_EQ(grant.method, "POST");
  EXPECT_TRUE(grant.body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="));
}

TEST_F(GoogleObjects, AsksForANewTokenWhenOneIsRefused) {
  handler = [](const Request& request, Answering& to) {
    if (request.headers.at("authorization") == "Bearer t1")
      return to.answer("401 Unauthorized", "", "Invalid Credentials");
    to.answer("200 OK", "", R"({"items":[{"name":"a","size":"1"}]})");
  };
  const auto listed = opened()->list("", 10);
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(listed->size(), 1u);
  EXPECT_EQ(tokens, 2);
  handler = [](const Request&, Answering& to) { to.answer("401 Unauthorized", "", "Invalid Credentials"); };
  const auto refused = opened()->list("", 10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(refused.error().message, "Invalid Credentials");
}

TEST_F(GoogleObjects, NamesThePayerOnlyWhereOneIsWanted) {
  handler = [](const Request& request, Answering& to) {
    if (!request.target.contains("userProject=acme-files"))
      return to.answer("400 Bad", "", "Bucket is a requester pays bucket but no user project provided.");
    to.answer("200 OK", "", "content");
  };
  const auto store = opened();
  ASSERT_TRUE(store->fetch("dir/a b", target(), meter));
  ASSERT_TRUE(store->fetch("dir/a b", target(), meter));
  EXPECT_EQ(fetched(), "content");
  ASSERT_EQ(requests().size(), 3u);
  EXPECT_EQ(requests().at(0).target, "/storage/v1/b/box/o/dir%2Fa%20b?alt=media");
}

TEST_F(GoogleObjects, RefusesBytesThatAreNotTheObjects) {
  handler = [](const Request&, Answering& to) {
    to.answer("200 OK", "x-goog-hash: crc32c=n03x6A==,md5=" + to_base64(storage::md5("hello")) + "\r\n", "jello");
  };
  const auto size = opened()->fetch("a", target(), meter);
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, ErrorCode::unavailable);
}

// gzip of "hello"
const std::string kPacked = from_base64("H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==").value();

TEST_F(GoogleObjects, UnpacksWhatTheStoreKeepsPacked) {
  handler = [](const Request& request, Answering& to) {
    EXPECT_EQ(request.headers.at("accept-encoding"), "gzip");
    to.answer("200 OK",
              "Content-Encoding: gzip\r\nx-goog-stored-content-encoding: gzip\r\nx-goog-hash: md5=" +
                  to_base64(storage::md5(kPacked)) + "\r\n",
              kPacked);
  };
  const auto store = opened();
  EXPECT_EQ(store->fetch("a.txt", target(), meter).value(), 5u);
  EXPECT_EQ(fetched(), "hello");
  // What is named so is meant to be packed.
  EXPECT_EQ(store->fetch("a.txt.GZ", target(), meter).value(), kPacked.size());
  EXPECT_EQ(fetched(), kPacked);
}

TEST_F(GoogleObjects, TakesWhatWasUnpackedOnItsWay) {
  handler = [](const Request&, Answering& to) {
    to.answer("200 OK",
              "x-goog-stored-content-encoding: gzip\r\nx-goog-hash: md5=" + to_base64(storage::md5(kPacked)) + "\r\n",
              "hello");
  };
  EXPECT_EQ(opened()->fetch("a.txt", target(), meter).value(), 5u);
  EXPECT_EQ(fetched(), "hello");
}

TEST_F(GoogleObjects, GoesOnWithADownloadByATagWithoutQuotes) {
  handler = [](const Request& request, Answering& to) {
    if (!request.headers.contains("range"))
      return to.send("HTTP/1.1 200 OK\r\nETag: CKih16GjycICEAE=\r\nContent-Length: 10\r\n\r\n01234");
    EXPECT_EQ(request.headers.at("if-match"), "CKih16GjycICEAE=");
    to.answer("206 Partial", "Content-Range: bytes 5-9/10\r\n", "56789");
  };
  ASSERT_TRUE(opened()->fetch("a", target(), meter));
  EXPECT_EQ(fetched(), "0123456789");
}

TEST_F(GoogleObjects, WritesASmallFileAtOnce) {
  handler = [](const Request& request, Answering& to) { to.answer("200 OK", "", described(request.body)); };
  const auto sent = opened()->send(file("hello"), "dir/a b.txt", meter);
  ASSERT_TRUE(sent) << sent.error().message;
  const auto request = requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/upload/storage/v1/b/box/o?uploadType=media&name=dir%2Fa%20b.txt");
  EXPECT_EQ(request.headers.at("content-type"), "text/plain");
  EXPECT_EQ(request.headers.at("authorization"), "Bearer t1");
  EXPECT_EQ(request.body, "hello");
}

TEST_F(GoogleObjects, TakesAwayWhatArrivedOtherwise) {
  handler = [](const Request&, Answering& to) { to.answer("200 OK", "", described("other")); };
  ASSERT_FALSE(opened()->send(file("hello"), "a", meter));
  const auto last = requests().back();
  EXPECT_EQ(last.method, "DELETE");
  EXPECT_EQ(last.target, "/storage/v1/b/box/o/a?ifGenerationMatch=17");
}

/// The store's side of a resumable upload. Tests make it lose things.
struct Keeper {
  std::string content;
  std::uint64_t total = 0;

  /// Keeps at most `most` bytes of a chunk.
  void take(const Request& request, std::size_t most = std::string::npos) {
    const auto range = request.headers.at("content-range");
    total = std::stoull(range.substr(range.find('/') + 1));
    if (range.starts_with("bytes */")) return;
    EXPECT_EQ(std::stoull(range.substr(6)), content.size());
    content += request.body.substr(0, most);
  }
  void confirm(Answering& to) const {
    if (content.size() == total) return to.answer("200 OK", "", described(content));
    to.answer("308 Resume Incomplete",
              content.empty() ? std::string() : fmt::format("Range: bytes=0-{}\r\n", content.size() - 1), "");
  }
};

std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<char>((at * 7 + at / 251) & 0xff);
  return bytes;
}

TEST_F(GoogleObjects, WritesALargeFileChunkByChunk) {
  Keeper keeper;
  handler = [&](const Request& request, Answering& to) {
    if (request.method == "POST") return address_of_upload(to);
    keeper.take(request);
    keeper.confirm(to);
  };
  const auto content = some_bytes(2 * kChunk + 100);
  meter.announce(content.size());
  const auto sent = opened()->send(file(content), "a.pdf", meter);
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(keeper.content, content);
  EXPECT_EQ(meter.percent(), 100);
  const auto all = requests();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].headers.at("x-upload-content-type"), "application/pdf");
  EXPECT_EQ(all[0].headers.at("x-upload-content-length"), std::to_string(content.size()));
  EXPECT_EQ(all[1].target, "/upload/storage/v1/b/box/o?upload_id=u1");
  EXPECT_EQ(all[1].headers.at("content-range"), fmt::format("bytes 0-{}/{}", kChunk - 1, content.size()));
  EXPECT_EQ(all[3].headers.at("content-range"),
            fmt::format("bytes {}-{}/{}", 2 * kChunk, content.size() - 1, content.size()));
  EXPECT_FALSE(all[1].headers.contains("authorization"));
}

TEST_F(GoogleObjects, AsksHowMuchArrivedAfterALostAnswer) {
  Keeper keeper;
  std::atomic<int> puts = 0;
  handler = [&](const Request& request, Answering& to) {
    if (request.method == "POST") return address_of_upload(to);
    switch (++puts) {
      case 1:  // half of it is kept, and the connection ends without a word
        return keeper.take(request, kChunk / 2);
      case 3:  // nothing is kept
        return to.answer("503 Busy", "", "");
      case 5:  // the last chunk: all is kept, nothing is said
        return keeper.take(request);
      default:
        keeper.take(request);
        keeper.confirm(to);
    }
  };
  const auto content = some_bytes(kChunk + kChunk / 2);
  meter.announce(content.size());
  const auto sent = opened()->send(file(content), "a", meter);
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(keeper.content, content);
  EXPECT_EQ(meter.percent(), 100);
  const auto all = requests();
  const auto question = fmt::format("bytes */{}", content.size());
  EXPECT_EQ(all.at(2).headers.at("content-range"), question);
  EXPECT_EQ(all.at(2).headers.at("content-length"), "0");
  EXPECT_EQ(all.at(4).headers.at("content-range"), question);
  EXPECT_EQ(all.back().headers.at("content-range"), question);
}

TEST_F(GoogleObjects, GoesOnBehindWhatTheStoreKept) {
  Keeper keeper;
  handler = [&](const Request& request, Answering& to) {
    if (request.method == "POST") return address_of_upload(to);
    keeper.take(request, 100'000);
    keeper.confirm(to);
  };
  const auto content = some_bytes(2 * kChunk);
  ASSERT_TRUE(opened()->send(file(content), "a", meter));
  EXPECT_EQ(keeper.content, content);
}

TEST_F(GoogleObjects, BeginsAgainWhenTheUploadIsForgotten) {
  Keeper keeper;
  std::atomic<int> puts = 0;
  handler = [&](const Request& request, Answering& to) {
    if (request.method == "POST") {
      keeper.content.clear();
      return address_of_upload(to);
    }
    if (++puts == 2) return to.answer("410 Gone", "", "");
    keeper.take(request);
    keeper.confirm(to);
  };
  const auto content = some_bytes(2 * kChunk);
  meter.announce(content.size());
  ASSERT_TRUE(opened()->send(file(content), "a", meter));
  EXPECT_EQ(keeper.content, content);
  EXPECT_EQ(meter.percent(), 100);
  EXPECT_EQ(std::ranges::count(requests(), "POST", &Request::method), 2);
}

TEST_F(GoogleObjects, TakesAnUploadBackThatFails) {
  for (const auto* const status : {"410 Gone", "308 Resume Incomplete", "403 Forbidden"}) {
    handler = [&](const Request& request, Answering& to) {
      if (request.method == "POST") return address_of_upload(to);
      if (request.method == "DELETE") return to.answer("499 Client Closed Request", "", "");
      to.answer(status, "", "");
    };
    const auto sent = opened()->send(file(some_bytes(kChunk)), "a", meter);
    ASSERT_FALSE(sent) << status;
    if (std::string_view(status).starts_with("410")) continue;  // there is nothing to take back
    EXPECT_EQ(requests().back().method, "DELETE") << status;
    EXPECT_EQ(requests().back().target, "/upload/storage/v1/b/box/o?upload_id=u1");
  }
}

TEST_F(GoogleObjects, BelievesNoStoreThatHasMoreThanItWasSent) {
  handler = [&](const Request& request, Answering& to) {
    if (request.method == "POST") return address_of_upload(to);
    to.answer("308 Resume Incomplete", fmt::format("Range: bytes=0-{}\r\n", 2 * kChunk), "");
  };
  const auto sent = opened()->send(file(some_bytes(2 * kChunk)), "a", meter);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().message, "the store confirmed other bytes than it was sent");
}

TEST_F(GoogleObjects, SendsTheFileToNoOtherHost) {
  const HttpTestServer other([](const Request&, Answering& to) { to.answer("200 OK", "", "{}"); });
  for (const auto& location : {other.url("/u"), std::string("/u"), std::string("http://169.254.169.254/u"),
                               "https://127.0.0.1:" + std::to_string(server.port()) + "/u"}) {
    handler = [&](const Request&, Answering& to) { to.answer("200 OK", "Location: " + location + "\r\n", ""); };
    const auto sent = opened()->send(file(some_bytes(kChunk)), "a", meter);
    ASSERT_FALSE(sent) << location;
    EXPECT_EQ(sent.error().message, "the store wants the file to be sent to another host");
  }
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(GoogleObjects, SaysWhatIsWrongWithItsParameters) {
  Access access;
  access.client_email = "me@acme";
  access.private_key = "some-private-key";
  for (const auto* const bucket : {"a/b", ".", ".."}) {
    access.bucket = bucket;
    EXPECT_EQ(Objects::open(access, settings, connection(), Purpose::reading).error().code, ErrorCode::invalid_data);
  }
  access.bucket = "box";
  EXPECT_EQ(Objects::open(access, settings, connection(), Purpose::reading).error().code,
            ErrorCode::invalid_credentials);
  settings.url = "storage.example";
  EXPECT_EQ(Objects::open(access, settings, connection(), Purpose::reading).error().code, ErrorCode::invalid_data);
}

}  // namespace
}  // namespace recast::storages::google
