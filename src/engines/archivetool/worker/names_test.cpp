#include "engines/archivetool/worker/names.hpp"

#include <gtest/gtest.h>

namespace recast::engines::archivetool {
namespace {

TEST(ArchiveNames, InUtf8StayAsTheyAre) {
  EXPECT_EQ(to_utf8("größe 日本 🎵", Legacy::dos), "größe 日本 🎵");
  EXPECT_EQ(to_utf8("", Legacy::unix), "");
}

TEST(ArchiveNames, InOldCodePagesAreRead) {
  EXPECT_EQ(to_utf8("Gr\x94\xe1"
                    "e.txt",
                    Legacy::dos),
            "Größe.txt");
  EXPECT_EQ(to_utf8("Gr\xf6\xdf"
                    "e.txt",
                    Legacy::unix),
            "Größe.txt");
  EXPECT_EQ(to_utf8("\x83\x65\x83\x58\x83\x67.txt", Legacy::dos), "テスト.txt");
  EXPECT_EQ(to_utf8("\x93\xfa\x96\x7b\x8c\xea.txt", Legacy::unix), "日本語.txt");
}

TEST(ArchiveNames, ReadAsJapaneseOnlyIfTheyMustBe) {
  EXPECT_TRUE(reads_as_japanese("\x82\xa0\x82\xa2"));  // hiragana
  EXPECT_TRUE(reads_as_japanese("\x8e\x91\x97\xbf"));  // 資料
  // French, German and Danish in code page 437 or 850.
  for (const auto* const western : {"\x82t\x82.doc", "r\x82sum\x82.doc",
                                    "\x9a"
                                    "bung.txt",
                                    "Stra\xe1"
                                    "e.txt",
                                    "sm\x9brrebr\x9b"
                                    "d.txt",
                                    "Gr\x94\xe1"
                                    "e"})
    EXPECT_FALSE(reads_as_japanese(western)) << western;
  EXPECT_FALSE(reads_as_japanese("\x82"));
  EXPECT_FALSE(reads_as_japanese("plain"));
}

TEST(ArchivePattern, StandsForNamesOrPaths) {
  EXPECT_TRUE(matches_pattern("*.txt", "a/b/c.txt"));
  EXPECT_FALSE(matches_pattern("*.txt", "a/b/c.txt.gz"));
  EXPECT_TRUE(matches_pattern("a/*.txt", "a/b/c.txt"));
  EXPECT_FALSE(matches_pattern("b/*.txt", "a/b/c.txt"));
  EXPECT_TRUE(matches_pattern("?.txt", "ü.txt"));
  EXPECT_FALSE(matches_pattern("?.txt", "üü.txt"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a--b--b-c"));
  EXPECT_FALSE(matches_pattern("a*b*c", "a--b--b-"));
  EXPECT_TRUE(matches_pattern("*", "anything"));
  EXPECT_FALSE(matches_pattern("x", ""));
}

TEST(ArchivePattern, ManyStarsTakeNoLongTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(1000, 'a')));
}

TEST(ArchiveLinks, MustStayInside) {
  EXPECT_TRUE(stays_inside("a/b/link", "../c"));
  EXPECT_TRUE(stays_inside("link", "c/../d"));
  EXPECT_TRUE(stays_inside("a/link", ".."));
  for (const auto* const target : {"/etc/passwd", "../x", "a/../../x", "", "C:\\x", "..\\x", "a\nb"})
    EXPECT_FALSE(stays_inside("link", target)) << target;
  EXPECT_FALSE(stays_inside("a/link", "../../x"));
}

}  // namespace
}  // namespace recast::engines::archivetool
