#include <gtest/gtest.h>

#include <algorithm>

#include "format/format.hpp"

namespace recast::format {
namespace {

TEST(CleanPath, KeepsFoldersAndNames) {
  EXPECT_EQ(clean_path("a.txt"), "a.txt");
  EXPECT_EQ(clean_path("folder/sub folder/größe.txt"), "folder/sub folder/größe.txt");
  EXPECT_EQ(clean_path("./a/./b//c.txt"), "a/b/c.txt");
  EXPECT_EQ(clean_path(".config/.hidden"), ".config/.hidden");
}

TEST(CleanPath, NeverLeavesTheFolder) {
  EXPECT_EQ(clean_path("../../etc/passwd"), "etc/passwd");
  EXPECT_EQ(clean_path("a/../../b"), "a/b");
  EXPECT_EQ(clean_path("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(clean_path("..\\..\\windows\\win.ini"), "windows/win.ini");
  EXPECT_EQ(clean_path("C:\\a\\b.txt"), "a/b.txt");
  EXPECT_EQ(clean_path("\\\\server\\share\\b.txt"), "server/share/b.txt");
  EXPECT_EQ(clean_path("\1..\1/x"), "file/x") << "not dots only, once it is clean";
  EXPECT_EQ(clean_path("\1C:/x"), "x");
}

TEST(CleanPath, IsNeverEmpty) {
  for (const auto* const path : {"", "/", "..", "./.", "C:", "//\\"}) EXPECT_EQ(clean_path(path), "file") << path;
}

TEST(CleanPath, HasNoControlCharactersOrBrokenText) {
  EXPECT_EQ(clean_path("a\n/b\x1b[31m"), "a/b[31m");
  EXPECT_EQ(clean_path("a\xff/b"), "a_/b");
  EXPECT_EQ(clean_path("photo\xe2\x80\xaegpj.exe"), "photogpj.exe") << "no turned direction of writing";
}

TEST(CleanPath, IsBounded) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "d" + std::to_string(i) + "/";
  const auto shallow = clean_path(deep + "leaf");
  EXPECT_TRUE(shallow.ends_with("/d998/d999/leaf")) << shallow;
  EXPECT_EQ(std::count(shallow.begin(), shallow.end(), '/'), 31);
  std::string wide;
  for (int i = 0; i < 10; ++i) wide += std::string(300, 'x') + "/";
  const auto narrow = clean_path(wide + "leaf.txt");
  EXPECT_LE(narrow.size(), 1024U);
  EXPECT_TRUE(narrow.ends_with("x/leaf.txt"));
}

TEST(IsCompressed, TellsWhatNeedsNoFurtherCompression) {
  for (const auto* const name : {"a.jpg", "a.docx", "a.zip", "a.tar.gz", "a.mp4", "a.MP3"})
    EXPECT_TRUE(is_compressed(name)) << name;
  for (const auto* const name : {"a.txt", "a.bmp", "a.tar", "a.iso", "a", "a.doc", ""})
    EXPECT_FALSE(is_compressed(name)) << name;
}

}  // namespace
}  // namespace recast::format
