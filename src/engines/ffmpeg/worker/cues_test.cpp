#include "engines/ffmpeg/worker/cues.hpp"

#include <gtest/gtest.h>

namespace recast::engines::ffmpeg {
namespace {

constexpr std::string_view kCues =
    "1\n00:00:00,500 --> 00:00:01,000\nA\n\n"
    "2\n00:00:01,500 --> 00:00:09,000\nB\n2\nmore\n\n"
    "3\n01:00:20,000 --> 01:00:30,000\nC\n";

TEST(Cues, EndWithTheFilm) {
  EXPECT_EQ(cut_cues(kCues, 0, 2),
            "1\n00:00:00,500 --> 00:00:01,000\nA\n\n2\n00:00:01,500 --> 00:00:02,000\nB\n2\nmore\n\n");
}

TEST(Cues, BeginWithThePart) {
  EXPECT_EQ(cut_cues(kCues, 2, 3625.5),
            "1\n00:00:00,000 --> 00:00:07,000\nB\n2\nmore\n\n2\n01:00:18,000 --> 01:00:23,500\nC\n\n");
}

TEST(Cues, MayAllLieOutside) {
  EXPECT_EQ(cut_cues(kCues, 0, 0.5), "");
  EXPECT_EQ(cut_cues("", 0, 9), "");
  EXPECT_EQ(cut_cues("no --> times", 0, 9), "");
}

}  // namespace
}  // namespace recast::engines::ffmpeg
