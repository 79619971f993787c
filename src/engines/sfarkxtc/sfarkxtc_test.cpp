#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_sfarkxtc(engine::Registry& registry);

namespace {

// There is no free program that packs, and no free sample: what is good is left to its users.
TEST(SfarkXtc, SaysThatAFileIsNoSoundFont) {
  if (execution::find_program("sfarkxtc", {}).empty()) GTEST_SKIP() << "sfarkxtc is not installed";
  test::EngineRun run(&register_sfarkxtc);
  const auto files = run.convert_bytes("no sound font", "sfark", "sf2");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed);
  EXPECT_EQ(files.error().message, "The file is no sfArk archive.");
}

}  // namespace
}  // namespace recast::engines
