#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_lhasa(engine::Registry& registry);

namespace {

class Lhasa : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("lhasa", {}).empty()) GTEST_SKIP() << "lhasa is not installed";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_lhasa);
    return one;
  }
  static Result<operation::Executed> extract(const std::filesystem::path& file) {
    return run().run({.operation = "archive/extract", .from = "lha", .to = {}, .files = {file}});
  }
};

TEST_F(Lhasa, SaysThatAFileIsNoArchive) {
  for (const auto* const content : {"this is no archive at all", ""}) {
    const auto files = run().convert_bytes(content, "lha", "zip");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
}

TEST_F(Lhasa, OpensWhatLibarchiveCannot) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const auto file = std::filesystem::path(corpus) / "archive/amiga-lh4.lha";
  const auto zip = run().convert("lha", "zip", {file});
  ASSERT_TRUE(zip) << zip.error().message;
  const auto text = test::output_of("unzip -p " + zip->front().string() + " lorem-ipsum.txt");
  EXPECT_TRUE(text.contains("Lorem ipsum")) << text.substr(0, 100);
  EXPECT_GT(text.size(), 100'000U);
  const auto extract_as = [&](const std::string& pattern) {
    return run().run(
        {.operation = "archive/extract", .from = "lha", .to = {}, .files = {file}, .options = {{"pattern", pattern}}});
  };
  EXPECT_EQ(extract_as("lorem*.txt")->files.size(), 1U);
  EXPECT_EQ(extract_as("lorem*.png")->files.size(), 0U);
  EXPECT_EQ(extract_as("folder/*")->files.size(), 0U);
  auto bytes = test::read_file(file);
  bytes[bytes.size() / 2] ^= 0x55;
  const auto damaged = run().convert_bytes(bytes, "lha", "zip");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::open_failed) << damaged.error().message;
}

}  // namespace
}  // namespace recast::engines
