#include "api/socketio/packet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recast::socketio {
namespace {

using testing::ElementsAre;

TEST(Payload, JoinsPacketsOfVersionFourByOneByte) {
  const std::vector<std::string> packets{"4hello", "2"};
  EXPECT_EQ(join_payload(Protocol::eio4, packets), "4hello\x1e\x32");
  EXPECT_THAT(split_payload(Protocol::eio4, "4hello\x1e\x32").value(), ElementsAre("4hello", "2"));
}

TEST(Payload, CountsCharactersAsJavaScriptDoesInVersionThree) {
  const std::vector<std::string> packets{"4\xe2\x82\xac", "4\xf0\x9f\x98\x80"};  // one unit, two units
  const auto body = join_payload(Protocol::eio3, packets);
  EXPECT_EQ(body,
            "2:4\xe2\x82\xac"
            "3:4\xf0\x9f\x98\x80");
  EXPECT_EQ(split_payload(Protocol::eio3, body).value(), packets);
}

TEST(Payload, RefusesLengthsThatDoNotFit) {
  for (const auto* const body :
       {"5:4a", "x", "1", ":4", "-1:4", "0:", "2:4\xf0\x9f\x98\x80", "99999999999999999999:4"}) {
    EXPECT_FALSE(split_payload(Protocol::eio3, body)) << body;
  }
  EXPECT_FALSE(split_payload(Protocol::eio4, ""));
  EXPECT_FALSE(split_payload(Protocol::eio4, "4a\x1e"));
  EXPECT_FALSE(split_payload(Protocol::eio4, "4\xff"));
}

TEST(Packet, ReadsAnEventWithItsAcknowledgementNumber) {
  const auto packet = parse_packet(R"(212["subscribe",{"channel":"private-job.1"}])").value();
  EXPECT_EQ(packet.type, PacketType::event);
  EXPECT_EQ(packet.space, "/");
  EXPECT_EQ(packet.ack, 12U);
  EXPECT_EQ(packet.name, "subscribe");
  ASSERT_EQ(packet.arguments.size(), 1U);
  EXPECT_EQ(packet.arguments[0].at("channel").as_string(), "private-job.1");
}

TEST(Packet, ReadsNamespaces) {
  EXPECT_EQ(parse_packet("0").value().space, "/");
  EXPECT_EQ(parse_packet("0/admin,{}").value().space, "/admin");
  EXPECT_EQ(parse_packet("0/admin?token=1,").value().space, "/admin");
  EXPECT_EQ(parse_packet("0/admin").value().space, "/admin");
  EXPECT_EQ(parse_packet(R"(2/admin,7["x"])").value().ack, 7U);
}

TEST(Packet, RefusesWhatIsNoPacket) {
  for (const auto* const text : {"", "9", "x", "2", "2[]", "2[1]", "2{}", "2[\"a\"", "299999999999999999999999[\"a\"]",
                                 "51-[\"a\",{\"_placeholder\":true,\"num\":0}]"}) {
    EXPECT_FALSE(parse_packet(text)) << text;
  }
  EXPECT_FALSE(parse_packet("2[\"a\"," + std::string(100, '[') + std::string(100, ']') + "]"));
}

TEST(Packet, WritesEventsAndAcknowledgements) {
  const std::vector<std::string> arguments{R"("private-job.1")", R"({"job":1})"};
  EXPECT_EQ(event_packet("job.finished", arguments), R"(42["job.finished","private-job.1",{"job":1}])");
  EXPECT_EQ(ack_packet("/", 3), "433[]");
  EXPECT_EQ(ack_packet("/a", 3), "43/a,3[]");
}

}  // namespace
}  // namespace recast::socketio
