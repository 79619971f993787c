#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_unalz(engine::Registry& registry);

namespace {

class Unalz : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("unalz", {}).empty()) GTEST_SKIP() << "unalz is not installed";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_unalz);
    return one;
  }
  static Result<operation::Executed> extract(const std::filesystem::path& file) {
    return run().run({.operation = "archive/extract", .from = "alz", .to = {}, .files = {file}});
  }
};

TEST_F(Unalz, SaysThatAFileIsNoArchive) {
  for (const auto* const content : {"this is no archive at all", ""}) {
    const auto files = run().convert_bytes(content, "alz", "zip");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
}

TEST_F(Unalz, OpensAnArchiveOfTheCorpusForOtherPrograms) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const auto file = std::filesystem::path(corpus) / "archive/two-files.alz";
  const auto done = extract(file);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 2U);
  EXPECT_EQ(done->files[0].filename(), "readme.txt");
  EXPECT_EQ(std::filesystem::file_size(done->files[0]), 700U);
  const auto zip = run().convert("alz", "zip", {file});
  ASSERT_TRUE(zip) << zip.error().message;
  EXPECT_EQ(test::output_of("unzip -Z1 " + zip->front().string() + " | sort"), "readme.txt\nstored.txt\n");
  auto bytes = test::read_file(file);
  bytes[bytes.size() - 40] ^= 1;
  const auto damaged = run().convert_bytes(bytes, "alz", "zip");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::open_failed) << damaged.error().message;
}

}  // namespace
}  // namespace recast::engines
