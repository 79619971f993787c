#include "process/capture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/text.hpp"

namespace recast::process {
namespace {

struct Seen {
  std::vector<std::string> seen;
  std::function<void(std::string_view)> take = [this](std::string_view line) { seen.emplace_back(line); };
};

TEST(OutputCapture, HandsOutLinesAcrossPieces) {
  Seen lines;
  OutputCapture capture(lines.take);
  for (const auto* const piece : {"fra", "me=1\rframe=2\r\n\n", "end"}) capture.add(piece);
  EXPECT_THAT(lines.seen, testing::ElementsAre("frame=1", "frame=2"));
  capture.finish();
  EXPECT_EQ(lines.seen.back(), "end");
  EXPECT_EQ(capture.take(), "frame=1\rframe=2\r\n\nend");
}

TEST(OutputCapture, CutsALineThatDoesNotEnd) {
  Seen lines;
  OutputCapture capture(lines.take);
  capture.add(std::string(kLineKept + 5, 'x'));
  capture.finish();
  ASSERT_EQ(lines.seen.size(), 2U);
  EXPECT_EQ(lines.seen[0].size(), kLineKept);
  EXPECT_EQ(lines.seen[1], "xxxxx");
}

TEST(OutputCapture, KeepsAMegabyteAndNoMore) {
  const std::function<void(std::string_view)> nobody;
  OutputCapture capture(nobody);
  for (int i = 0; i < 20; ++i) capture.add(std::string(100'000, 'x'));
  EXPECT_EQ(capture.take().size(), kOutputKept);
}

TEST(ErrorCapture, KeepsTheTail) {
  ErrorCapture capture;
  for (int i = 0; i < 10'000; ++i) capture.add("line " + std::to_string(i) + "\n");
  const auto text = capture.clean();
  EXPECT_LE(text.size(), kErrorsKept);
  EXPECT_TRUE(text.ends_with("line 9999\n"));
}

TEST(ErrorCapture, IsValidTextHoweverItIsCut) {
  ErrorCapture capture;
  for (int i = 0; i < 20'000; ++i) capture.add(i % 3 == 0 ? "\xFF" : "\xF0\x9F\x98\x80");
  const auto text = capture.clean();
  EXPECT_LE(text.size(), kErrorsKept);
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(ErrorCapture, KeepsWhatIsMadeOfALine) {
  const ErrorCapture::Keep keep = [](std::string_view line) -> std::optional<std::string> {
    if (!line.starts_with("error ")) return std::nullopt;
    return std::string(line.substr(6));
  };
  ErrorCapture capture(keep);
  for (const auto* const piece : {"info a\nerr", "or one\ninfo b\r", "error two"}) capture.add(piece);
  EXPECT_EQ(capture.clean(), "one\n");
  capture.finish();
  EXPECT_EQ(capture.clean(), "one\ntwo\n");
}

TEST(CleanText, DropsControlCharactersAndMendsUtf8) {
  using namespace std::string_view_literals;
  EXPECT_EQ(clean_text("a\0b\x1B[1m\tc\r\nd\x7F"sv), "ab[1m\tc\n\nd");
  EXPECT_EQ(clean_text("\xC3\xA4\xC2\x85\xE2\x82"), "\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace recast::process
