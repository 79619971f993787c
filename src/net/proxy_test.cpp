#include "net/proxy.hpp"

#include <gtest/gtest.h>

#include "net/client_fixture.hpp"

namespace recast::net {
namespace {

using test::HttpTestServer;

TEST(ProxyRequest, ReadsAWholeUrl) {
  const auto request = read_proxy_request(
      "GET http://Example.org:8080/a%20b?q=1#x HTTP/1.1\r\nHost: other.example\r\nProxy-Connection: keep-alive\r\n"
      "Accept: */*\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->tunnel);
  EXPECT_EQ(request->head,
            "GET /a%20b?q=1 HTTP/1.1\r\nHost: example.org:8080\r\nConnection: close\r\nAccept: */*\r\n\r\n");
}

TEST(ProxyRequest, ReadsATunnel) {
  const auto tunnel = read_proxy_request("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
  ASSERT_TRUE(tunnel);
  EXPECT_TRUE(tunnel->tunnel);
  EXPECT_EQ(tunnel->url, "https://example.org:443/");
  EXPECT_EQ(read_proxy_request("CONNECT [::1]:80 HTTP/1.1\r\n\r\n")->url, "http://[::1]:80/");
}

TEST(ProxyRequest, RefusesWhatIsNone) {
  for (const std::string_view head :
       {"GET / HTTP/1.1\r\n\r\n", "GET https://a.example/ HTTP/1.1\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        "GET ftp://a.example/ HTTP/1.1\r\n\r\n", "CONNECT a.example HTTP/1.1\r\n\r\n",
        "CONNECT u@a.example:1 HTTP/1.1\r\n\r\n", "CONNECT a.example:1/x HTTP/1.1\r\n\r\n",
        "G\x01T http://a.example/ HTTP/1.1\r\n\r\n", "GET http://a.example/ HTTP/2\r\n\r\n",
        "GET http://a.example/ x HTTP/1.1\r\n\r\n", "GET http://a.example/ HTTP/1.1\r\nno field\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\na b: c\r\n\r\n", "\r\n\r\n", ""})
    EXPECT_FALSE(read_proxy_request(head)) << head;
}

/// A program behind the proxy, played by the test.
class ProxyTest : public testing::Test {
 protected:
  void start(Settings settings) {
    auto policy = Policy::open(settings);
    ASSERT_TRUE(policy);
    client_ = make_client(settings, std::move(*policy), {"site.test:" + std::to_string(server_.port()) + ":127.0.0.1"});
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener.get(), 16), 0);
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    address_ = address;
    proxy_ = client_->proxy(std::move(listener), Deadline::in(std::chrono::seconds(60)), stop_.get_token());
  }
  static Settings open_settings() {
    Settings settings;
    settings.allow_hosts = {"site.test"};
    return settings;
  }
  std::string site() const { return "site.test:" + std::to_string(server_.port()); }

  /// Sends, and gives what comes until the end or until `enough` has come.
  std::string ask(std::string_view request, std::string_view enough = {}, std::string_view then = {}) {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
    EXPECT_EQ(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    std::string came;
    std::array<char, 65536> piece{};
    for (bool sent = then.empty();;) {
      if (!sent && came.contains(enough)) {
        sent = true;
        EXPECT_GT(::send(socket.get(), then.data(), then.size(), MSG_NOSIGNAL), 0);
      }
      const auto count = ::recv(socket.get(), piece.data(), piece.size(), 0);
      if (count <= 0) return came;
      came.append(piece.data(), static_cast<std::size_t>(count));
    }
  }

  std::string body_ = "hello";
  Guarded<std::vector<HttpTestServer::Request>> asked_;
  HttpTestServer server_{[this](const HttpTestServer::Request& request, HttpTestServer::Connection& connection) {
    asked_.with([&](auto& list) { list.push_back(request); });
    connection.answer("200 OK", "", body_);
  }};
  std::unique_ptr<Client> client_;
  std::unique_ptr<Proxy> proxy_;
  std::stop_source stop_;
  sockaddr_in address_{};
};

TEST_F(ProxyTest, PassesAPlainRequestOn) {
  start(open_settings());
  const auto answer = ask("GET http://" + site() + "/page HTTP/1.1\r\nHost: x\r\nX-Mine: 1\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("hello")) << answer;
  const auto asked = asked_.with([](const auto& list) { return list; });
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].target, "/page");
  EXPECT_EQ(asked[0].headers.at("host"), site());
  EXPECT_EQ(asked[0].headers.at("x-mine"), "1");
  EXPECT_GT(proxy_->traffic().bytes, 5U);
}

TEST_F(ProxyTest, GivesATunnel) {
  start(open_settings());
  const auto answer = ask("CONNECT " + site() + " HTTP/1.1\r\n\r\n", "200 Connection established\r\n\r\n",
                          "GET /in HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("hello")) << answer;
  EXPECT_EQ(asked_.with([](const auto& list) { return list.at(0).target; }), "/in");
}

TEST_F(ProxyTest, RefusesWhatThePolicyRefuses) {
  start({});  // public addresses only: the loopback is none
  EXPECT_TRUE(ask("CONNECT " + site() + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_EQ(ask("GET http://" + site() + "/ HTTP/1.1\r\n\r\n"), "") << "a browser would show an answer as the page";
  EXPECT_TRUE(ask("CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(ask("CONNECT [::ffff:127.0.0.1]:443 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 403"));
  const auto traffic = proxy_->traffic();
  EXPECT_EQ(traffic.refused, (std::vector<std::string>{site(), "169.254.169.254:80", "[::ffff:127.0.0.1]:443"}));
  EXPECT_TRUE(asked_.with([](const auto& list) { return list.empty(); }));
}

TEST_F(ProxyTest, SaysThatNobodyAnswers) {
  auto settings = open_settings();
  settings.allow_cidrs = {"127.0.0.1/32"};
  start(settings);
  // Bound, so that nobody else gets the port, but nobody listens there.
  const UniqueFd silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(silent.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(silent.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto port = std::to_string(ntohs(address.sin_port));
  EXPECT_TRUE(ask("CONNECT 127.0.0.1:" + port + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 502"));
  EXPECT_TRUE(proxy_->traffic().refused.empty());
  EXPECT_TRUE(ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_F(ProxyTest, StopsAtTheLimitOfBytes) {
  auto settings = open_settings();
  settings.website_bytes = 100'000;
  body_ = std::string(1'000'000, 'x');
  start(settings);
  EXPECT_LT(ask("GET http://" + site() + "/ HTTP/1.1\r\n\r\n").size(), 400'000U);
  EXPECT_TRUE(proxy_->traffic().exhausted);
  EXPECT_EQ(ask("GET http://" + site() + "/again HTTP/1.1\r\n\r\n"), "");
}

TEST_F(ProxyTest, ServesMoreThanItsConnectionsInTurn) {
  auto settings = open_settings();
  settings.website_connections = 2;
  start(settings);
  std::vector<std::jthread> many;
  std::atomic<int> good = 0;
  for (int i = 0; i < 12; ++i) {
    many.emplace_back([&] { good += ask("GET http://" + site() + "/ HTTP/1.1\r\n\r\n").ends_with("hello") ? 1 : 0; });
  }
  many.clear();
  EXPECT_EQ(good, 12);
}

TEST_F(ProxyTest, EndsWithItsConnectionsOpen) {
  start(open_settings());
  const UniqueFd idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(idle.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
  proxy_.reset();
  char byte = 0;
  EXPECT_LE(::recv(idle.get(), &byte, 1, 0), 0);
}

TEST_F(ProxyTest, EndsWhenTheTaskIsStopped) {
  start(open_settings());
  const UniqueFd idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(idle.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
  // Answered, so the connection has been taken.
  ASSERT_TRUE(ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  stop_.request_stop();
  timeval patience{.tv_sec = 20, .tv_usec = 0};  // less than an idle connection has by itself
  ASSERT_EQ(::setsockopt(idle.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
  char byte = 0;
  EXPECT_EQ(::recv(idle.get(), &byte, 1, 0), 0) << "hung up by the proxy, which is still there";
}

}  // namespace
}  // namespace recast::net
