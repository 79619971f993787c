#include "operations/command/paths.hpp"

#include <gtest/gtest.h>

namespace recast::operations::command {
namespace {

operation::File file(std::string task, std::string name, std::string dir = {}) {
  return {.name = name, .dir = std::move(dir), .path = "/data/" + name, .task = std::move(task)};
}

Paths paths() {
  return Paths({file("grab", "clip; rm.mov"), file("grab", "frame-10.png"), file("grab", "frame-2.png"),
                file("words", "clip.srt"), file("words", "page.png", "sub/folder")});
}

TEST(CommandPaths, GiveInputsNamesOfOurs) {
  auto some = paths();
  EXPECT_EQ(some.input("/input/grab/clip; rm.mov"), "in/in-1.mov");
  EXPECT_EQ(some.input("/input/words/sub/folder/page.png"), "in/in-2.png");
  EXPECT_EQ(some.input("/input/grab/clip; rm.mov"), "in/in-1.mov") << "once laid out, it stays";
  ASSERT_EQ(some.laid_out().size(), 2U);
  EXPECT_EQ(some.laid_out()[0], (std::pair<std::filesystem::path, std::string>("/data/clip; rm.mov", "in/in-1.mov")));
}

TEST(CommandPaths, FindAFileWithoutItsTaskWhileThereIsOne) {
  auto some = paths();
  EXPECT_EQ(some.input("/input/clip.srt"), "in/in-1.srt");
  const auto twice = Paths({file("a", "x.png"), file("b", "x.png")}).input("/input/x.png");
  ASSERT_FALSE(twice);
  EXPECT_TRUE(twice.error().message.contains("names 2 files")) << twice.error().message;
}

TEST(CommandPaths, SayWhatThereIsInstead) {
  auto some = paths();
  const auto missing = some.input("/input/grab/other.mov");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::conversion_failed);
  EXPECT_TRUE(missing.error().message.contains("/input/words/clip.srt")) << missing.error().message;
}

TEST(CommandPaths, MatchInNaturalOrder) {
  auto some = paths();
  const auto names = some.inputs("/input/grab/*.png");
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"in/in-1.png", "in/in-2.png"}));
  EXPECT_EQ(some.laid_out()[0].first, "/data/frame-2.png");
  EXPECT_EQ(some.inputs("/input/*.png")->size(), 3U) << "without a task, of all of them";
  EXPECT_FALSE(some.inputs("/input/words/*.png")) << "a * does not cross folders";
}

TEST(CommandPaths, KeepTheNumbersOfASequence) {
  auto some = paths();
  EXPECT_EQ(some.sequence("/input/grab/frame-%d.png"), "in/seq-1-%d.png");
  ASSERT_EQ(some.laid_out().size(), 2U);
  EXPECT_EQ(some.laid_out()[0].second, "in/seq-1-10.png");
  EXPECT_FALSE(some.sequence("/input/grab/frame-%s.png"));
  EXPECT_FALSE(some.sequence("/input/grab/%d-%d.png"));
  EXPECT_FALSE(some.sequence("/input/grab/none-%d.png"));
}

TEST(CommandPaths, NumberWhatAPatternFits) {
  auto some = paths();
  EXPECT_EQ(some.pattern("/input/grab/*.png"), "in/seq-1-*.png");
  EXPECT_EQ(some.laid_out()[1].second, "in/seq-1-000002.png");
}

TEST(CommandPaths, LetOutputsGoNowhereElse) {
  auto some = paths();
  EXPECT_EQ(some.output("/output/a/b c-%03d.png"), "out/a/b c-%03d.png");
  EXPECT_EQ(some.output("/output/größe.png"), "out/größe.png");
  for (const auto* const bad : {"/output/../x", "/output/", "/output//x", "/output/./x", "/output/-x", "/output/a|b",
                                "/output/a:b", "/output/@x", "/etc/passwd", "out/x", "/outputs/x"}) {
    const auto refused = some.output(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().field, "arguments");
  }
}

TEST(CommandPaths, SpeakAsTheClientDoes) {
  auto some = paths();
  ASSERT_TRUE(some.input("/input/grab/clip; rm.mov"));
  EXPECT_EQ(some.as_client_says("in/in-1.mov: about/x in/in-1.mov2 [out/a.png]"),
            "/input/grab/clip; rm.mov: about/x in/in-1.mov2 [/output/a.png]");
}

}  // namespace
}  // namespace recast::operations::command
