#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

class UploadTest : public test::ServerTest {};

TEST_F(UploadTest, StreamsABodyInBoundedPieces) {
  Client client(start());
  const auto reply = client.post("/upload", std::string(5'000'000, 'z'));
  EXPECT_EQ(reply.status, 201u);
  EXPECT_EQ(reply.body, R"({"size":5000000})");
  EXPECT_LE(upload.largest, 256u * 1024);
  EXPECT_EQ(upload.finished, 1);
  EXPECT_EQ(upload.destroyed, 1);
  EXPECT_EQ(client.get("/hello").status, 200u);
  upload.bytes = 0;
  EXPECT_EQ(client.post("/upload", "").body, R"({"size":0})");
}

TEST_F(UploadTest, LeavesTheNextRequestAlone) {
  Client client(start());
  const std::string body(300'000, 'z');
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + body +
              "GET /hello?next HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.reply().body, R"({"size":300000})");
  EXPECT_EQ(client.reply().body, R"({"data":"next"})");
}

TEST_F(UploadTest, AsksForADiskOnlyOtherUploads) {
  settings.handler_threads = 1;
  settings.upload_threads = 1;
  test::Signal stuck;
  test::Signal go;
  upload.on_write = [&](std::size_t) -> Result<> {
    stuck.set();
    go.wait();
    return {};
  };
  const auto port = start();
  Client first(port);
  Client second(port);
  first.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  second.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(stuck.wait());
  EXPECT_EQ(Client(port).get("/hello").status, 200u);
  go.set();
  EXPECT_EQ(first.reply().status, 201u);
  EXPECT_EQ(second.reply().status, 201u);
}

TEST_F(UploadTest, TakesChunks) {
  Client client(start());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 1000; ++i) client.send("7d0;x=y\r\n" + std::string(2000, 'c') + "\r\n");
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.reply().body, R"({"size":2000000})");
  EXPECT_EQ(client.get("/hello").status, 200u);
}

TEST_F(UploadTest, ContinuesOnlyAfterTheHandlerAgreed) {
  router.stream("POST", "/refused",
                [](Request&) -> Result<std::unique_ptr<BodySink>> { return fail(ErrorCode::invalid_data, "no"); });
  const auto port = start();
  Client client(port);
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  const auto go_on = client.reply();
  EXPECT_EQ(go_on.status, 100u);
  client.send("abc");
  EXPECT_EQ(client.reply().status, 201u);
  Client refused(port);
  refused.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.reply().status, 422u);
  refused.finish_sending();
  EXPECT_TRUE(refused.closed());
}

TEST_F(UploadTest, ChecksTheLimitEarlyAndOnTheWay) {
  settings.upload_bytes = 100'000;
  const auto port = start();
  Client early(port);
  EXPECT_EQ(early.ask("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n").status, 413u);
  EXPECT_EQ(upload.destroyed, 0);  // the handler was not even asked
  Client counted(port);
  counted.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 101; ++i) counted.send("3e8\r\n" + std::string(1000, 'c') + "\r\n");
  EXPECT_EQ(counted.reply().status, 413u);
  EXPECT_EQ(upload.destroyed, 1);
  EXPECT_EQ(upload.finished, 0);
}

TEST_F(UploadTest, StopsWhenTheSinkRefuses) {
  upload.on_write = [this](std::size_t) -> Result<> {
    if (upload.bytes > 1'000'000) return fail(ErrorCode::invalid_data, "enough");
    return {};
  };
  Client client(start());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  client.send(std::string(8'000'000, 'x'));
  const auto reply = client.reply();
  EXPECT_EQ(reply.status, 422u);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_LT(upload.bytes, 2'000'000u);
  EXPECT_EQ(upload.finished, 0);
  EXPECT_EQ(upload.destroyed, 1);
}

TEST_F(UploadTest, SurvivesASinkThatThrows) {
  upload.on_write = [](std::size_t) -> Result<> { throw std::runtime_error("disk"); };
  Client client(start());
  EXPECT_EQ(client.post("/upload", "abc").status, 500u);
  EXPECT_EQ(upload.destroyed, 1);
}

TEST_F(UploadTest, DropsTheSinkWhenTheClientLeaves) {
  const auto port = start();
  auto client = std::make_unique<Client>(port);
  client->send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  client->send(std::string(100'000, 'x'));
  ASSERT_TRUE(test::eventually([&] { return upload.bytes > 0; }));
  client.reset();
  EXPECT_TRUE(test::eventually([&] { return upload.destroyed == 1; }));
  EXPECT_EQ(upload.finished, 0);
  Client crashed(port);
  crashed.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n" + std::string(100'000, 'x'));
  crashed.reset();
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
  EXPECT_EQ(upload.finished, 0);
}

TEST_F(UploadTest, TimesOutASlowLoris) {
  settings.body_stall_seconds = 1;
  settings.minimum_rate = 1000;
  Client client(start());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  std::thread dripping([&] {
    for (int i = 0; i < 60 && client.send("x"); ++i) std::this_thread::sleep_for(50ms);
  });
  EXPECT_NE(client.reply().body.find("too slow"), std::string::npos);
  dripping.join();
  EXPECT_EQ(upload.destroyed, 1);
  EXPECT_EQ(upload.finished, 0);
}

TEST_F(UploadTest, ASlowSinkHoldsTheClientBackAndIsForgiven) {
  settings.body_stall_seconds = 1;
  test::Signal go;
  upload.on_write = [&](std::size_t) -> Result<> {
    go.wait();
    return {};
  };
  Client client(start());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n");
  const timeval short_time{0, 200'000};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &short_time, sizeof(short_time));
  std::size_t sent = 0;
  const std::string piece(100'000, 'x');
  while (sent < 40'000'000) {
    const auto now = ::send(client.fd(), piece.data(), std::min(piece.size(), 40'000'000 - sent), MSG_NOSIGNAL);
    if (now < 0) break;
    sent += static_cast<std::size_t>(now);
  }
  EXPECT_LT(sent, 20'000'000u);  // what the kernel holds, and one piece
  EXPECT_LE(upload.bytes, 256u * 1024);
  std::this_thread::sleep_for(1500ms);  // longer than a stall may last
  go.set();
  const timeval long_time{10, 0};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &long_time, sizeof(long_time));
  client.send(std::string(40'000'000 - sent, 'x'));
  EXPECT_EQ(client.reply().body, R"({"size":40000000})");
}

}  // namespace
}  // namespace recast::http
