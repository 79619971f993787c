#include "engines/archivetool/worker/guard.hpp"

#include <gtest/gtest.h>

#include "engines/archivetool/worker/unique_paths.hpp"

namespace recast::engines::archivetool {
namespace {

constexpr std::uint64_t kMegabyte = 1 << 20;

TEST(ArchiveGuard, CountsEntries) {
  Guard guard(2, kMegabyte, 100);
  EXPECT_TRUE(guard.entry());
  EXPECT_TRUE(guard.entry());
  EXPECT_EQ(guard.entry().error().code, ErrorCode::output_limit);
}

TEST(ArchiveGuard, CountsBytesEvenTheLargestNumber) {
  Guard guard(2, 10, 100);
  EXPECT_TRUE(guard.bytes(10));
  EXPECT_EQ(guard.bytes(UINT64_MAX).error().code, ErrorCode::output_limit);
}

TEST(ArchiveGuard, AllowsAnyRatioOfAFewMegabytesOnly) {
  Guard guard(1, 10'000 * kMegabyte, 1000);
  EXPECT_TRUE(guard.bytes(Guard::kFreeBytes));
  EXPECT_EQ(guard.bytes(1).error().code, ErrorCode::output_limit);
}

TEST(ArchiveGuard, AllowsALargeArchiveItsContent) {
  Guard guard(1, 10'000 * kMegabyte, 4 * kMegabyte);
  EXPECT_TRUE(guard.bytes(1000 * kMegabyte));
  EXPECT_FALSE(guard.bytes(10 * kMegabyte));
}

TEST(ArchivePaths, AreMadeUniqueLikeNamesOfFiles) {
  UniquePaths paths;
  EXPECT_EQ(paths.take("a/b.tar.gz"), "a/b.tar.gz");
  EXPECT_EQ(paths.take("a/b.tar.gz"), "a/b-1.tar.gz");
  EXPECT_EQ(paths.take("a/b-1.tar.gz"), "a/b-1-1.tar.gz");
  EXPECT_EQ(paths.take("a/b.tar.gz"), "a/b-2.tar.gz");
  EXPECT_EQ(paths.take("b.tar.gz"), "b.tar.gz");
}

}  // namespace
}  // namespace recast::engines::archivetool
