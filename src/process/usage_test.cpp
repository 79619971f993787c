#include "process/usage.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::process {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

TEST(Usage, CountsFilesBelowAFolder) {
  const TemporaryFolder temp;
  temp.write("a", "12345");
  temp.write("b/c/d", "123");
  const auto usage = measure(temp.path(), 100);
  EXPECT_EQ(usage.bytes, 8U);
  EXPECT_EQ(usage.largest, 5U);
  EXPECT_EQ(usage.files, 4U);
  EXPECT_FALSE(usage.too_many);
}

TEST(Usage, FollowsNoLinks) {
  const TemporaryFolder temp;
  const TemporaryFolder other;
  other.write("big", std::string(1000, 'x'));
  fs::create_symlink(other.path(), temp / "link");
  fs::create_symlink(other / "big", temp / "file");
  EXPECT_EQ(measure(temp.path(), 100).bytes, 0U);
  EXPECT_EQ(measure(temp / "link", 100).bytes, 0U);
}

TEST(Usage, StopsAtTheMostFilesAndAtTheDeepestFolder) {
  const TemporaryFolder temp;
  for (int i = 0; i < 10; ++i) temp.write("f" + std::to_string(i), "");
  EXPECT_TRUE(measure(temp.path(), 9).too_many);
  EXPECT_FALSE(measure(temp.path(), 10).too_many);
  fs::path deep = temp.path();
  for (int i = 0; i < 70; ++i) deep /= "d";
  fs::create_directories(deep);
  EXPECT_TRUE(measure(temp.path(), 1000).too_many);
}

TEST(Usage, CountsFilesInAFolderWithoutRights) {
  const TemporaryFolder temp;
  temp.write("hidden/a", "12345");
  ::chmod((temp / "hidden").c_str(), 0);
  EXPECT_EQ(measure(temp.path(), 100).bytes, 5U);
  ::chmod((temp / "hidden").c_str(), 0700);
}

TEST(Usage, OfNoFolderIsNothing) { EXPECT_EQ(measure("/no/such/folder", 10).files, 0U); }

TEST(RemoveSpecialFiles, LeavesFilesAndFolders) {
  const TemporaryFolder temp;
  const TemporaryFolder other;
  const auto precious = other.write("precious", "x");
  temp.write("sub/file", "x");
  fs::create_symlink(other.path(), temp / "sub/folder-link");
  fs::create_symlink(precious, temp / "file-link");
  ASSERT_EQ(::mkfifo((temp / "sub/pipe").c_str(), 0600), 0);
  remove_special_files(temp.path());
  EXPECT_TRUE(fs::exists(temp / "sub/file"));
  EXPECT_TRUE(fs::exists(precious));
  for (const auto* const name : {"sub/folder-link", "file-link", "sub/pipe"}) {
    EXPECT_FALSE(fs::exists(fs::symlink_status(temp / name))) << name;
  }
}

}  // namespace
}  // namespace recast::process
