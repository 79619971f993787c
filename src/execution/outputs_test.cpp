#include "execution/outputs.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::execution {
namespace {

std::vector<std::string> names(const std::vector<fs::path>& files) {
  std::vector<std::string> result;
  for (const auto& file : files) result.push_back(file.filename());
  return result;
}

TEST(Outputs, NumbersAreOrderedByValue) {
  std::vector<std::string> pages{"page-10", "page-9", "page-010x", "page-1", "pag"};
  std::ranges::sort(pages, natural_less);
  EXPECT_EQ(pages, (std::vector<std::string>{"pag", "page-1", "page-9", "page-10", "page-010x"}));
}

TEST(Outputs, AStarStandsForAnything) {
  EXPECT_TRUE(matches("page-*.png", "page-1.png"));
  EXPECT_TRUE(matches("*", "x"));
  EXPECT_FALSE(matches("page-*.png", "page-.pn"));
  EXPECT_FALSE(matches("aba*aba", "ababa"));  // head and tail must not overlap
  EXPECT_TRUE(matches("out.pdf", "out.pdf"));
}

TEST(Outputs, CollectsInOrderAndSkipsLinksThatLeaveTheFolder) {
  test::TemporaryFolder folder;
  folder.write("out/page-10.png", "b");
  folder.write("out/page-2.png", "a");
  folder.write("out/other.txt", "c");
  folder.write("secret", "canary");
  std::filesystem::create_symlink(folder / "secret", folder / "out/page-3.png");
  const auto found = collect(folder.path(), {"out/page-*.png", "out/page-2.png"});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(names(*found), (std::vector<std::string>{"page-2.png", "page-10.png"}));
  struct stat status {};
  ASSERT_EQ(::stat(found->front().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0444U);
}

TEST(Outputs, TwoStarsAreWholeTreesWithoutTheirLinks) {
  const test::TemporaryFolder folder;
  for (const auto* const name : {"out/b/x.txt", "out/a10/y.txt", "out/a2/y.txt", "out/z"}) folder.write(name, "x");
  folder.write("elsewhere/secret", "x");
  fs::create_directory_symlink(folder / "elsewhere", folder / "out/link");
  const auto files = collect(folder.path(), {"out/**"});
  ASSERT_TRUE(files) << files.error().message;
  std::vector<std::string> names;
  for (const auto& file : *files) names.push_back(file.lexically_relative(folder.path()).string());
  EXPECT_EQ(names, (std::vector<std::string>{"out/a2/y.txt", "out/a10/y.txt", "out/b/x.txt", "out/z"}));
}

TEST(Outputs, NothingFoundIsAnEmptyList) {
  test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "out");
  EXPECT_EQ(collect(folder.path(), {"out/*.pdf"})->size(), 0U);
}

}  // namespace
}  // namespace recast::execution
