#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/picture.hpp"

namespace recast::engines {

Result<> register_rawpreview(engine::Registry& registry);

namespace {

class RawPreview : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"exiftool", "convert-im6.q16"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_rawpreview);
    return one;
  }
};

TEST_F(RawPreview, SaysThatThereIsNone) {
  const auto files = run().convert_bytes("II*\0this is no camera file", "nef", "png");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::conversion_failed) << files.error().message;
  EXPECT_EQ(files.error().message, "There is no preview in the camera file.");
}

TEST_F(RawPreview, TakesWholePreviewsOfTheCorpusOnly) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  const auto folder = std::filesystem::path(corpus) / "raw";
  const auto good = run().convert("nef", "png", {folder / "tika.nef"});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(test::size_of(good->front()), (std::pair{64, 48}));
  for (const auto* const name : {"nikon-d1.nef", "canon.cr3"}) {
    const auto from = std::string(name).substr(std::string(name).rfind('.') + 1);
    const auto files = run().convert(from, "png", {folder / name});
    ASSERT_FALSE(files) << name;
    EXPECT_EQ(files.error().code, ErrorCode::conversion_failed) << files.error().message;
  }
}

}  // namespace
}  // namespace recast::engines
