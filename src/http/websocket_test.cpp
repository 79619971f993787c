#include "http/test_server.hpp"
#include "http/websocket_codec.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

/// A frame as a client sends it, with a mask of zeros.
std::string frame(unsigned first, std::string_view payload) {
  auto bytes = websocket_frame(Opcode::text, payload);
  const auto head = bytes.size() - payload.size();
  bytes[0] = static_cast<char>(first);
  bytes[1] = static_cast<char>(bytes[1] | '\x80');
  return bytes.insert(head, std::string(4, '\0'));
}

struct Frame {
  unsigned first = 0;
  std::string payload;
};

Frame read_frame(Client& client) {
  const auto byte = [](const std::string& text, std::size_t at) { return static_cast<unsigned char>(text.at(at)); };
  const auto head = client.take(2);
  if (head.size() < 2) return {};
  std::size_t size = byte(head, 1);
  if (size >= 126) {
    const auto more = client.take(size == 126 ? 2 : 8);
    size = 0;
    for (std::size_t i = 0; i < more.size(); ++i) size = size << 8 | byte(more, i);
  }
  return {byte(head, 0), client.take(size)};
}

struct SocketLog {
  std::atomic<int> opened = 0;
  std::atomic<int> closed = 0;
  std::atomic<int> destroyed = 0;
  std::atomic<int> inside = 0;
  std::atomic<int> most_inside = 0;
  std::mutex mutex;
  std::vector<std::shared_ptr<WebSocketPeer>> peers;
};

class Echo final : public WebSocketSession {
 public:
  Echo(SocketLog& log, std::shared_ptr<WebSocketPeer> peer) : log_(log), peer_(std::move(peer)) {
    ++log_.opened;
    std::lock_guard lock(log_.mutex);
    log_.peers.push_back(peer_);
  }
  ~Echo() override { ++log_.destroyed; }
  void on_message(std::string_view text) override {
    log_.most_inside = std::max<int>(log_.most_inside, ++log_.inside);
    if (text == "throw") {
      --log_.inside;
      throw std::runtime_error("session");
    }
    if (text == "close") peer_->close();
    peer_->send(std::string(text));
    --log_.inside;
  }
  void on_close() override {
    peer_->send("to nobody");
    ++log_.closed;
  }

 private:
  SocketLog& log_;
  std::shared_ptr<WebSocketPeer> peer_;
};

class WebSocketTest : public test::ServerTest {
 protected:
  WebSocketTest() {
    router.websocket(
        "/socket",
        [this](Request& request, std::shared_ptr<WebSocketPeer> peer) -> Result<std::unique_ptr<WebSocketSession>> {
          if (request.query.get("refuse")) return fail(ErrorCode::invalid_data, "no");
          peer->send("open");
          return std::make_unique<Echo>(log, std::move(peer));
        });
    router.get("/socket", [](Request&) -> Result<Response> { return Response::text(200, "polling"); });
  }

  std::unique_ptr<Client> connect(std::uint16_t port) {
    auto client = std::make_unique<Client>(port);
    EXPECT_EQ(upgrade(*client).status, 101u);
    EXPECT_EQ(read_frame(*client).payload, "open");
    return client;
  }
  static test::Reply upgrade(Client& client, std::string_view query = "") {
    return client.ask("GET /socket" + std::string(query) +
                          " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                      true);
  }

  SocketLog log;
};

TEST_F(WebSocketTest, Echoes) {
  const auto port = start();
  Client client(port);
  const auto reply = upgrade(client);
  EXPECT_EQ(reply.status, 101u);
  EXPECT_EQ(reply.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(read_frame(client).payload, "open");
  EXPECT_EQ(server->figures().websockets, 1u);
  for (const auto size : {0u, 5u, 125u, 126u, 70'000u, 1'000'000u}) {
    const std::string text(size, 'x');
    client.send(frame(0x81, text));
    const auto answer = read_frame(client);
    EXPECT_EQ(answer.first, 0x81u);
    EXPECT_EQ(answer.payload, text);
  }
}

TEST_F(WebSocketTest, AnswersPlainRequestsToo) {
  Client client(start());
  EXPECT_EQ(client.get("/socket").body, "polling");
  EXPECT_EQ(upgrade(client, "?refuse").status, 422u);
}

TEST_F(WebSocketTest, KeepsTheOrderAndOneCallAtATime) {
  const auto client = connect(start());
  std::string bytes;
  for (int i = 0; i < 500; ++i) bytes += frame(0x81, std::to_string(i));
  client->send(bytes);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(read_frame(*client).payload, std::to_string(i));
  EXPECT_EQ(log.most_inside, 1);
}

TEST_F(WebSocketTest, AnswersPingsAndJoinsFragments) {
  const auto client = connect(start());
  client->send(frame(0x01, "frag") + frame(0x89, "are you there") + frame(0x80, "ment"));
  const auto pong = read_frame(*client);
  EXPECT_EQ(pong.first, 0x8au);
  EXPECT_EQ(pong.payload, "are you there");
  EXPECT_EQ(read_frame(*client).payload, "fragment");
}

TEST_F(WebSocketTest, ClosesWhenTheClientDoes) {
  const auto client = connect(start());
  client->send(frame(0x88, "\x03\xe8"));
  const auto answer = read_frame(*client);
  EXPECT_EQ(answer.first, 0x88u);
  EXPECT_EQ(answer.payload, "\x03\xe8");
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(test::eventually([&] { return log.destroyed == 1; }));
  EXPECT_EQ(log.closed, 1);
  EXPECT_EQ(server->figures().websockets, 0u);
}

TEST_F(WebSocketTest, ClosesWhenTheSessionWantsTo) {
  const auto client = connect(start());
  client->send(frame(0x81, "close"));
  const auto farewell = read_frame(*client);
  EXPECT_EQ(farewell.first, 0x88u);
  client->send(frame(0x88, "\x03\xe8"));
  EXPECT_TRUE(client->closed());
}

TEST_F(WebSocketTest, NoticesAClientThatVanishes) {
  const auto port = start();
  connect(port).reset();
  EXPECT_TRUE(test::eventually([&] { return log.destroyed == 1; }));
  connect(port)->reset();
  EXPECT_TRUE(test::eventually([&] { return log.destroyed == 2; }));
  EXPECT_EQ(log.closed, 2);
  for (const auto& peer : log.peers) {
    peer->send("nobody is there");
    peer->close();
  }
}

TEST_F(WebSocketTest, RefusesWhatIsTooLargeOrBroken) {
  const auto port = start();
  const auto code = [&](std::string_view bytes) {
    const auto client = connect(port);
    client->send(bytes);
    const auto farewell = read_frame(*client);
    EXPECT_EQ(farewell.first, 0x88u);
    client->finish_sending();
    EXPECT_TRUE(client->closed());
    return farewell.payload;
  };
  EXPECT_EQ(code(frame(0x81, std::string((1 << 20) + 1, 'x'))), "\x03\xf1");
  EXPECT_EQ(code(frame(0x82, "binary")), "\x03\xeb");
  EXPECT_EQ(code(frame(0x81, "\xff")), "\x03\xef");
  EXPECT_EQ(code("\x81\x02hi"), "\x03\xea");
}

TEST_F(WebSocketTest, EndsAPeerThatDoesNotRead) {
  const auto client = connect(start());
  const auto peer = log.peers.at(0);
  const std::string text(100'000, 'x');
  EXPECT_TRUE(test::eventually([&] {
    for (int i = 0; i < 10; ++i) peer->send(text);
    return log.destroyed == 1;
  }));
}

TEST_F(WebSocketTest, SendsFromAnyThread) {
  const auto client = connect(start());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) log.peers.at(0)->send("hello");
    });
  }
  for (int i = 0; i < 400; ++i) EXPECT_EQ(read_frame(*client).payload, "hello");
  for (auto& thread : threads) thread.join();
}

TEST_F(WebSocketTest, SurvivesASessionThatThrows) {
  const auto client = connect(start());
  client->send(frame(0x81, "throw"));
  client->send(frame(0x81, "still here"));
  EXPECT_EQ(read_frame(*client).payload, "still here");
}

TEST_F(WebSocketTest, SaysGoodbyeWhenTheServerStops) {
  const auto client = connect(start());
  std::thread stopper([&] { server->stop(Deadline::in(10s)); });
  const auto farewell = read_frame(*client);
  EXPECT_EQ(farewell.first, 0x88u);
  EXPECT_EQ(farewell.payload, "\x03\xe9");
  client->send(frame(0x88, "\x03\xe9"));
  stopper.join();
  EXPECT_EQ(log.closed, 1);
  server.reset();
  log.peers.at(0)->send("after the server is gone");
}

TEST_F(WebSocketTest, OutlivesTheLimitsOfRequests) {
  settings.request_seconds = settings.keep_alive_seconds = settings.header_seconds = 1;
  const auto client = connect(start());
  EXPECT_TRUE(client->silent(1500ms));
  client->send(frame(0x81, "still here"));
  EXPECT_EQ(read_frame(*client).payload, "still here");
}

}  // namespace
}  // namespace recast::http
