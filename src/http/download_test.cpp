#include <fstream>

#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

class DownloadTest : public test::ServerTest {
 protected:
  /// A file of this size that takes no place on the disk.
  void make_sparse(std::uintmax_t size) {
    folder.write("file", "");
    std::filesystem::resize_file(folder / "file", size);
  }
};

TEST_F(DownloadTest, SendsAFile) {
  std::string content;
  for (int i = 0; i < 1'000'000; ++i) content += static_cast<char>(i * 31 >> 4);
  folder.write("file", content);
  Client client(start());
  const auto reply = client.get("/file");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body, content);
  EXPECT_EQ(reply.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(reply.headers.at("etag"), "\"abc\"");
  EXPECT_EQ(reply.headers.at("content-type"), "application/pdf");
  EXPECT_EQ(client.get("/hello").status, 200u);
}

TEST_F(DownloadTest, SendsRanges) {
  folder.write("file", "0123456789");
  Client client(start());
  const auto part = client.get("/file", "Range: bytes=2-4\r\n");
  EXPECT_EQ(part.status, 206u);
  EXPECT_EQ(part.reason, "Partial Content");
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.headers.at("content-range"), "bytes 2-4/10");
  EXPECT_EQ(client.get("/file", "Range: bytes=-3\r\n").body, "789");
  EXPECT_EQ(client.get("/file", "Range: bytes=0-1,4-5\r\n").body, "0123456789");
  EXPECT_EQ(client.get("/file", "Range: bytes=2-4\r\nIf-Range: \"other\"\r\n").body, "0123456789");
  const auto outside = client.get("/file", "Range: bytes=10-\r\n");
  EXPECT_EQ(outside.status, 416u);
  EXPECT_EQ(outside.headers.at("content-range"), "bytes */10");
  EXPECT_EQ(client.get("/file").body, "0123456789");
}

TEST_F(DownloadTest, AnswersHeadAndConditions) {
  folder.write("file", "0123456789");
  Client client(start());
  const auto head = client.ask("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n", true);
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.headers.at("content-length"), "10");
  const auto same = client.get("/file", "If-None-Match: \"abc\"\r\n");
  EXPECT_EQ(same.status, 304u);
  EXPECT_EQ(same.headers.at("etag"), "\"abc\"");
  EXPECT_FALSE(same.headers.contains("content-length"));
  EXPECT_EQ(client.get("/file", "If-Modified-Since: Wed, 04 Mar 2026 05:06:07 GMT\r\n").status, 304u);
  const auto other = client.get("/file", "If-Match: \"abd\"\r\n");
  EXPECT_EQ(other.status, 412u);
  EXPECT_EQ(other.headers.at("etag"), "\"abc\"");
  EXPECT_EQ(other.body.find("0123456789"), std::string::npos);
  EXPECT_EQ(client.get("/file").body, "0123456789");
}

TEST_F(DownloadTest, SendsAnEmptyFile) {
  folder.write("file", "");
  Client client(start());
  EXPECT_EQ(client.get("/file").headers.at("content-length"), "0");
  EXPECT_EQ(client.get("/hello").status, 200u);
}

TEST_F(DownloadTest, BreaksOffWhenTheFileIsShorterThanItWas) {
  folder.write("file", "0123456789");
  router.get("/shrunk", [this](Request&) -> Result<Response> {
    auto response = file();
    std::get<FileBody>(response.body).size = 1000;
    return response;
  });
  Client client(start());
  const auto all = (client.send("GET /shrunk HTTP/1.1\r\nHost: a\r\n\r\n"), client.rest());
  EXPECT_LT(all.size(), 1000u);
  EXPECT_TRUE(client.closed());
}

TEST_F(DownloadTest, EndsAClientThatDoesNotRead) {
  settings.body_stall_seconds = 1;
  settings.minimum_rate = 1000;
  make_sparse(200'000'000);
  Client client(start(), "127.0.0.1", 4096);
  client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 1; }));
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
}

TEST_F(DownloadTest, LetsASlowClientReadOn) {
  settings.body_stall_seconds = 1;
  settings.minimum_rate = 1000;
  make_sparse(200'000'000);
  Client client(start(), "127.0.0.1", 4096);
  client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string piece(2048, '\0');
  for (int i = 0; i < 60; ++i) {
    ASSERT_GT(::recv(client.fd(), piece.data(), piece.size(), 0), 0) << i;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(server->figures().connections, 1u);
}

TEST_F(DownloadTest, NeedsLittleMemoryForALargeFile) {
  make_sparse(300'000'000);
  Client client(start());
  client.send("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=100000000-\r\n\r\n");
  const auto head = client.reply(true);
  EXPECT_EQ(head.headers.at("content-length"), "200000000");
  std::string piece(1 << 20, '\0');
  std::size_t got = 0;
  const auto resident = [] {
    std::ifstream in("/proc/self/statm");
    std::size_t size = 0, pages = 0;
    in >> size >> pages;
    return pages * 4096;
  };
  const auto before = resident();
  while (true) {
    const auto now = ::recv(client.fd(), piece.data(), piece.size(), 0);
    if (now <= 0) break;
    got += static_cast<std::size_t>(now);
    if (got > 199'000'000) break;
  }
  EXPECT_GT(got, 199'000'000u);
  EXPECT_LT(resident(), before + 50'000'000);
}

}  // namespace
}  // namespace recast::http
