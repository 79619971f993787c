#include "http/websocket_codec.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace recast::http {
namespace {

using Event = WebSocketReader::Event;

/// A frame as a client sends it.
std::string masked(unsigned first, std::string_view payload) {
  auto frame = websocket_frame(Opcode::text, payload);
  const auto head = frame.size() - payload.size();
  frame[0] = static_cast<char>(first);
  frame[1] = static_cast<char>(frame[1] | '\x80');
  const std::string mask = "\x11\x82\x33\xf4";
  std::string body(payload);
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(body[i] ^ mask[i % 4]);
  return frame.substr(0, head) + mask + body;
}

struct Heard {
  Event event;
  std::string text;
};

std::vector<Heard> hear(std::string_view bytes, std::size_t step, std::uint16_t* code = nullptr,
                        std::size_t limit = 100'000) {
  WebSocketReader reader(limit);
  std::vector<Heard> heard;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    auto input = bytes.substr(at, step);
    while (!input.empty()) {
      const auto event = reader.read(input);
      if (event == Event::none) break;
      heard.push_back({event, event == Event::failed ? "" : reader.take()});
      if (event == Event::failed || event == Event::close) {
        if (code != nullptr) *code = reader.close_code();
        return heard;
      }
    }
  }
  return heard;
}

std::uint16_t failure(std::string_view bytes) {
  std::uint16_t code = 0;
  const auto heard = hear(bytes, 3, &code);
  return !heard.empty() && heard.back().event == Event::failed ? code : 0;
}

TEST(WebSocketCodec, AcceptsTheKeyOfTheRfc) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketCodec, WritesAllThreeLengths) {
  EXPECT_EQ(websocket_frame(Opcode::text, "hi"), "\x81\x02hi");
  EXPECT_EQ(websocket_frame(Opcode::text, std::string(200, 'a')).substr(0, 4), std::string("\x81\x7e\0\xc8", 4));
  EXPECT_EQ(websocket_frame(Opcode::text, std::string(70'000, 'a')).substr(0, 10),
            std::string("\x81\x7f\0\0\0\0\0\x01\x11\x70", 10));
  EXPECT_EQ(websocket_close_frame(1001), "\x88\x02\x03\xe9");
}

TEST(WebSocketCodec, ReadsMessagesHoweverTheyArrive) {
  const auto bytes = masked(0x81, "one") + masked(0x01, "t") + masked(0x89, "ping") + masked(0x00, "w") +
                     masked(0x80, "o") + masked(0x81, "") + masked(0x81, std::string(70'000, 'x')) + masked(0x8a, "") +
                     masked(0x88, "\x03\xe8");
  for (const std::size_t step : {1u, 2u, 7u, 1000u, 1'000'000u}) {
    const auto heard = hear(bytes, step);
    ASSERT_EQ(heard.size(), 7u) << step;
    EXPECT_EQ(heard[0].text, "one");
    EXPECT_EQ(heard[1].event, Event::ping);
    EXPECT_EQ(heard[1].text, "ping");
    EXPECT_EQ(heard[2].text, "two");
    EXPECT_EQ(heard[3].text, "");
    EXPECT_EQ(heard[4].text.size(), 70'000u);
    EXPECT_EQ(heard[5].event, Event::pong);
    EXPECT_EQ(heard[6].event, Event::close);
  }
}

TEST(WebSocketCodec, RefusesWhatTheRfcForbids) {
  EXPECT_EQ(failure("\x81\x02hi....."), 1002);                        // not masked
  EXPECT_EQ(failure(masked(0xc1, "x")), 1002);                        // reserved bit
  EXPECT_EQ(failure(masked(0x83, "x")), 1002);                        // unknown opcode
  EXPECT_EQ(failure(masked(0x80, "x")), 1002);                        // nothing to continue
  EXPECT_EQ(failure(masked(0x01, "x") + masked(0x81, "y")), 1002);    // message inside a message
  EXPECT_EQ(failure(masked(0x09, "x")), 1002);                        // fragmented ping
  EXPECT_EQ(failure(masked(0x89, std::string(126, 'x'))), 1002);      // long ping
  EXPECT_EQ(failure(masked(0x88, "x")), 1002);                        // half a close code
  EXPECT_EQ(failure(masked(0x88, "\x03\xed")), 1002);                 // 1005 is never sent
  EXPECT_EQ(failure(masked(0x82, "x")), 1003);                        // binary
  EXPECT_EQ(failure(masked(0x81, "\xff")), 1007);                     // not UTF-8
  EXPECT_EQ(failure(masked(0x81, std::string(100'001, 'x'))), 1009);  // too long
  EXPECT_EQ(failure(masked(0x01, std::string(60'000, 'x')) + masked(0x80, std::string(60'000, 'x'))), 1009);
  EXPECT_EQ(failure(std::string("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff....", 14)), 1009);
}

}  // namespace
}  // namespace recast::http
