#include "base/line_queue.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast {
namespace {

constexpr int kSmallPipe = 8192;

/// A pipe that holds little and is read when the test says so.
class LineQueueTest : public testing::Test {
 protected:
  LineQueueTest() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
    ::fcntl(write_end.get(), F_SETPIPE_SZ, kSmallPipe);
  }

  LineQueue queue(std::size_t most) {
    return {write_end.get(), most, [](std::size_t count) { return "dropped " + std::to_string(count) + "\n"; }};
  }

  /// Everything up to the line after which nothing is to come.
  std::vector<std::string> read_until(std::string_view last) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (!text.ends_with(std::string(last) + "\n")) {
      const auto count = ::read(read_end.get(), buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    std::vector<std::string> lines;
    for (const auto line : split(text, '\n')) lines.emplace_back(line);
    lines.pop_back();
    return lines;
  }

  UniqueFd read_end, write_end;
};

TEST_F(LineQueueTest, WritesEveryLineInOrderBeforeItEnds) {
  {
    auto lines = queue(1 << 20);
    for (int i = 0; i < 100; ++i) lines.push(std::to_string(i) + "\n");
  }
  const auto lines = read_until("99");
  ASSERT_EQ(lines.size(), 100U);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i], std::to_string(i));
}

TEST_F(LineQueueTest, NobodyWaitsForAReaderThatStallsAndWhatIsDroppedIsCounted) {
  auto lines = queue(2000);
  const std::string line = std::string(99, 'x') + "\n";
  for (int i = 0; i < 1000; ++i) lines.push(line);  // would block for ever at about the fortieth
  std::size_t whole = 0;
  std::size_t dropped = 0;
  while (whole + dropped < 1000) {
    for (const auto& one : read_until("")) {
      whole += one.size() == 99 ? 1 : 0;
      if (one.starts_with("dropped ")) dropped += std::stoul(one.substr(8));
    }
  }
  EXPECT_EQ(whole + dropped, 1000U);
  EXPECT_GE(dropped, 900U);
  lines.push("again\n");
  EXPECT_EQ(read_until("again"), std::vector<std::string>{"again"});
}

TEST_F(LineQueueTest, TheEndDoesNotWaitForAReaderThatIsStuck) {
  auto lines = queue(1 << 20);
  for (int i = 0; i < 1000; ++i) lines.push(std::string(100, 'x') + "\n");
  lines.finish(Deadline::in(std::chrono::milliseconds(1)));
}

TEST_F(LineQueueTest, KeepsALineLongerThanAPipeWhole) {
  auto lines = queue(1 << 20);
  const std::string line(3 * kSmallPipe, 'y');
  lines.push(line + "\n");
  lines.push("end\n");
  EXPECT_EQ(read_until("end"), (std::vector<std::string>{line, "end"}));
}

}  // namespace
}  // namespace recast
