#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "api/socketio/server.hpp"

namespace recast::socketio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FakePeer final : public http::WebSocketPeer {
 public:
  void send(std::string text) override { sent.push_back(std::move(text)); }
  void close() override { closed = true; }
  std::vector<std::string> sent;
  bool closed = false;
};

/// A server whose times come when the test says so.
class SocketIo : public testing::Test {
 protected:
  http::Request request(std::string_view query, std::string body = {}) {
    http::Request made;
    made.query = http::Query::parse(query);
    made.body = std::move(body);
    return made;
  }

  /// The text of an answer; an open poll gives "(waits)" and lands in `polled` later.
  std::string text(Result<http::Response> answer) {
    if (!answer) return "error " + answer.error().message;
    if (const auto* const body = std::get_if<std::string>(&answer->body)) return *body;
    cancel = std::get<http::Deferred>(answer->body).start([this](http::Response answered) {
      polled.push_back(std::get<std::string>(answered.body));
    });
    return "(waits)";
  }

  std::string get(std::string_view query) {
    auto made = request(query);
    return text(server.get(made));
  }
  std::string post(std::string_view query, std::string body) {
    auto made = request(query, std::move(body));
    return text(server.post(made));
  }

  /// Opens a long-polling session and returns its query.
  std::string open(const std::string& version = "4") {
    const auto answer = get("EIO=" + version + "&transport=polling");
    const auto start = answer.find('{');
    const auto end = answer.find('}');
    const auto value = json::parse(answer.substr(start, end - start + 1));
    return "EIO=" + version + "&transport=polling&sid=" + std::string(value.at("sid").as_string());
  }

  std::unique_ptr<http::WebSocketSession> connect(const std::string& query, std::shared_ptr<FakePeer> peer) {
    auto made = request(query);
    return std::move(server.upgrade(made, std::move(peer)).value());
  }

  /// Runs what was put off, once.
  void let_time_pass() {
    for (auto& work : std::exchange(later, {})) work();
  }

  SystemRandom random;
  std::vector<std::function<void()>> later;
  std::vector<std::string> events, closed, polled;
  std::shared_ptr<Socket> socket;
  std::function<void()> cancel, on_closing;
  Server server{{.ping_interval = std::chrono::milliseconds(0),
                 .ping_timeout = std::chrono::milliseconds(0),
                 .most_queued = 1000,
                 .most_sessions = 3},
                random,
                [this](Steady, std::function<void()> work) { later.push_back(std::move(work)); },
                {.on_open = {},
                 .on_event =
                     [this](const auto& from, const std::string& name, const json::array& arguments) {
                       socket = from;
                       events.push_back(name + json::serialize(arguments));
                     },
                 .on_close =
                     [this](const std::string& id) {
                       closed.push_back(id);
                       if (on_closing) on_closing();
                     }}};
};

TEST_F(SocketIo, SpeaksVersionFourOverAWebSocket) {
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket", peer);
  ASSERT_EQ(peer->sent.size(), 1U);
  EXPECT_THAT(peer->sent[0], HasSubstr(R"("upgrades":[],"pingInterval":0)"));
  EXPECT_THAT(peer->sent[0], HasSubstr(R"("maxPayload":1000000)"));
  link->on_message("40");
  ASSERT_EQ(peer->sent.size(), 2U);
  EXPECT_THAT(peer->sent[1], testing::StartsWith(R"(40{"sid":")"));
  link->on_message(R"(427["subscribe",{"channel":"x"}])");
  EXPECT_THAT(events, ElementsAre(R"(subscribe[{"channel":"x"}])"));
  EXPECT_EQ(peer->sent.back(), "437[]");
  socket->send("42[\"hello\"]");
  EXPECT_EQ(peer->sent.back(), "42[\"hello\"]");
  link->on_message("41");
  EXPECT_TRUE(peer->closed);
  EXPECT_EQ(closed.size(), 1U);
  EXPECT_EQ(server.sessions(), 0U);
}

TEST_F(SocketIo, ConnectsVersionThreeUnasked) {
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=3&transport=websocket", peer);
  ASSERT_EQ(peer->sent.size(), 2U);
  EXPECT_THAT(peer->sent[0], testing::Not(HasSubstr("maxPayload")));
  EXPECT_EQ(peer->sent[1], "40");
  link->on_message("2");
  EXPECT_EQ(peer->sent.back(), "3");
  link->on_message(R"(42["subscribe",{}])");
  EXPECT_EQ(events.size(), 1U);
  link->on_close();
  EXPECT_EQ(server.sessions(), 0U);
}

TEST_F(SocketIo, PollsAndPosts) {
  const auto query = open();
  EXPECT_EQ(get(query), "(waits)");
  EXPECT_EQ(post(query, "40"), "ok");
  ASSERT_EQ(polled.size(), 1U);
  EXPECT_THAT(polled[0], testing::StartsWith("40{"));
  EXPECT_EQ(post(query,
                 "42[\"a\"]\x1e"
                 "42[\"b\"]"),
            "ok");
  EXPECT_THAT(events, ElementsAre("a[]", "b[]"));
  socket->send("42[\"x\"]");
  socket->send("42[\"y\"]");
  EXPECT_EQ(get(query),
            "42[\"x\"]\x1e"
            "42[\"y\"]");
}

TEST_F(SocketIo, FramesPollsOfVersionThreeByLength) {
  const auto answer = get("EIO=3&transport=polling&b64=1");
  EXPECT_THAT(answer, testing::MatchesRegex("[0-9]+:0\\{.*\\}2:40"));
}

TEST_F(SocketIo, MovesToAWebSocketWithoutLosingAnything) {
  const auto query = open();
  post(query, "40");
  get(query);
  post(query, "42[\"a\"]");
  EXPECT_EQ(get(query), "(waits)");
  const auto peer = std::make_shared<FakePeer>();
  auto as_socket = query;
  as_socket.replace(as_socket.find("polling"), 7, "websocket");
  const auto link = connect(as_socket, peer);
  link->on_message("2probe");
  EXPECT_THAT(peer->sent, ElementsAre("3probe"));
  EXPECT_THAT(polled, ElementsAre("6"));  // the open poll ends
  socket->send("42[\"between\"]");
  EXPECT_EQ(peer->sent.size(), 1U);
  link->on_message("5");
  EXPECT_THAT(peer->sent, ElementsAre("3probe", "42[\"between\"]"));
  EXPECT_THAT(get(query), HasSubstr("Bad request"));
  socket->send("42[\"after\"]");
  EXPECT_EQ(peer->sent.back(), "42[\"after\"]");
}

TEST_F(SocketIo, AFailedProbeLeavesThePollingAlone) {
  const auto query = open();
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket&sid=" + query.substr(query.rfind('=') + 1), peer);
  link->on_message("nonsense");
  EXPECT_TRUE(peer->closed);
  link->on_close();
  EXPECT_EQ(post(query, "40"), "ok");
}

TEST_F(SocketIo, ClosesWhoDoesNotAnswerAPing) {
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket", peer);
  link->on_message("40");
  let_time_pass();
  EXPECT_EQ(peer->sent.back(), "2");
  link->on_message("3");
  let_time_pass();  // the pong was there
  EXPECT_FALSE(peer->closed);
  let_time_pass();
  EXPECT_EQ(peer->sent.back(), "2");
  let_time_pass();
  EXPECT_TRUE(peer->closed);
  EXPECT_EQ(closed.size(), 1U);
}

// The client may see the end of its poll before the answer to its probe, and polls again; it moves when that one ends.
TEST_F(SocketIo, EndsPollsUntilTheUpgradeIsDone) {
  const auto query = open();
  post(query, "40");
  get(query);
  EXPECT_EQ(get(query), "(waits)");
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket&" + query.substr(query.find("sid=")), peer);
  link->on_message("2probe");
  EXPECT_THAT(polled, ElementsAre("6"));
  EXPECT_EQ(get(query), "(waits)");
  later.erase(later.begin(), later.end() - 1);  // not the pings and time-outs of the opening
  let_time_pass();
  EXPECT_THAT(polled, ElementsAre("6", "6"));
  link->on_message("5");
  let_time_pass();
  EXPECT_THAT(later, IsEmpty());
  socket = nullptr;
  link->on_message("42[\"moved\"]");
  ASSERT_TRUE(socket);
  socket->send("42[\"there\"]");
  EXPECT_EQ(peer->sent.back(), "42[\"there\"]");
}

TEST_F(SocketIo, AProbeThatIsLostLeavesThePollsAlone) {
  const auto query = open();
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket&" + query.substr(query.find("sid=")), peer);
  link->on_message("2probe");
  link->on_close();
  later.erase(later.begin(), later.end() - 1);
  EXPECT_EQ(get(query), "(waits)");
  let_time_pass();
  EXPECT_THAT(polled, IsEmpty());
  EXPECT_EQ(server.sessions(), 1U);
}

TEST_F(SocketIo, ClosesAWebSocketThatDoesNotTakeOverInTime) {
  const auto query = open();
  post(query, "40");
  later.clear();
  const auto as_socket = "EIO=4&transport=websocket&" + query.substr(query.find("sid="));
  const auto silent = std::make_shared<FakePeer>(), hesitant = std::make_shared<FakePeer>();
  const auto first = connect(as_socket, silent), second = connect(as_socket, hesitant);
  second->on_message("2probe");
  later.pop_back();  // the polls' release
  let_time_pass();
  EXPECT_TRUE(silent->closed);
  EXPECT_TRUE(hesitant->closed);
  const auto prompt = std::make_shared<FakePeer>();
  const auto third = connect(as_socket, prompt);
  third->on_message("2probe");
  third->on_message("5");
  let_time_pass();
  EXPECT_FALSE(prompt->closed);
}

TEST_F(SocketIo, ASocketThatIsClosedSaysSo) {
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=3&transport=websocket", peer);
  link->on_message("42[\"a\"]");
  EXPECT_TRUE(socket->is_open());
  link->on_close();
  EXPECT_FALSE(socket->is_open());
}

TEST_F(SocketIo, ClosesWhoNeverConnects) {
  const auto peer = std::make_shared<FakePeer>();
  const auto link = connect("EIO=4&transport=websocket", peer);
  let_time_pass();
  EXPECT_TRUE(peer->closed);
}

TEST_F(SocketIo, ClosesASilentClientOfVersionThree) {
  open("3");
  let_time_pass();
  EXPECT_EQ(server.sessions(), 0U);
}

TEST_F(SocketIo, AnswersTheOpenPollOfAClosedSession) {
  const auto query = open();
  EXPECT_EQ(get(query), "(waits)");
  post(query, "1");
  EXPECT_THAT(polled, ElementsAre("1"));
  EXPECT_THAT(get(query), HasSubstr("Session ID unknown"));
}

TEST_F(SocketIo, KnowsThatItIsClosedBeforeItIsTold) {
  const auto query = open();
  post(query, "40");
  post(query, "42[\"a\"]");
  EXPECT_TRUE(socket->is_open());
  on_closing = [this] { EXPECT_FALSE(socket->is_open()); };
  EXPECT_EQ(post(query, "41"), "ok");
  EXPECT_EQ(closed.size(), 1U);
}

TEST_F(SocketIo, GivesUpOnAClientThatFetchesNothing) {
  const auto query = open();
  post(query, "40");
  post(query, "42[\"a\"]");
  socket->send(std::string(2000, 'x'));
  EXPECT_EQ(server.sessions(), 0U);
  socket->send("42[\"late\"]");  // harmless
}

TEST_F(SocketIo, ForgetsAPollWhoseClientLeft) {
  const auto query = open();
  EXPECT_EQ(get(query), "(waits)");
  cancel();
  post(query, "40");
  EXPECT_THAT(polled, IsEmpty());
  EXPECT_THAT(get(query), testing::StartsWith("40{"));
}

TEST_F(SocketIo, ASecondPollAtOnceEndsTheSession) {
  const auto query = open();
  EXPECT_EQ(get(query), "(waits)");
  EXPECT_THAT(get(query), HasSubstr("Bad request"));
  EXPECT_EQ(server.sessions(), 0U);
}

TEST_F(SocketIo, RefusesByNumber) {
  EXPECT_EQ(get("EIO=4&transport=smoke"), R"({"code":0,"message":"Transport unknown"})");
  EXPECT_EQ(get("EIO=4&transport=polling&sid=nobody"), R"({"code":1,"message":"Session ID unknown"})");
  EXPECT_EQ(post("EIO=4&transport=polling", "40"), R"({"code":2,"message":"Bad handshake method"})");
  EXPECT_EQ(get("EIO=4&transport=websocket"), R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(get("EIO=2&transport=polling"), R"({"code":5,"message":"Unsupported protocol version"})");
  const auto query = open();
  EXPECT_EQ(post(query, ""), R"({"code":3,"message":"Bad request"})");
}

TEST_F(SocketIo, ClosesOnNonsense) {
  for (const auto* const text : {"4", "49", "42[]", "42[\"before connecting\"]", "x", "42{\"a\":1}"}) {
    const auto query = open();
    EXPECT_EQ(post(query, text), "ok") << text;
    EXPECT_EQ(server.sessions(), 0U) << text;
  }
}

TEST_F(SocketIo, KnowsNoOtherNamespaces) {
  const auto query = open();
  post(query, "40/admin,");
  EXPECT_EQ(get(query), R"(44/admin,{"message":"Invalid namespace"})");
  EXPECT_EQ(server.sessions(), 1U);
}

TEST_F(SocketIo, HasRoomForSoMany) {
  open();
  open();
  open();
  EXPECT_THAT(get("EIO=4&transport=polling"), HasSubstr("too many"));
}

}  // namespace
}  // namespace recast::socketio
