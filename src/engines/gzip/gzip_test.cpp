#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_gzip(engine::Registry& registry);

namespace {

TEST(Gzip, CompressesADrawingForOtherPrograms) {
  static test::EngineRun run(&register_gzip);
  std::string drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'>";
  for (int i = 0; i < 50; ++i) drawing += "<rect width='20' height='10' fill='red'/>";
  drawing += "</svg>";
  const auto files = run.convert_bytes(drawing, "svg", "svgz");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_LT(std::filesystem::file_size(files->front()), drawing.size() / 4);
  EXPECT_EQ(test::output_of("gzip -dc < " + files->front().string()), drawing);
  if (execution::find_program("rsvg-convert", {}).empty()) GTEST_SKIP() << "rsvg-convert is not installed";
  const auto picture = run.folder() / "drawn.png";
  test::output_of("rsvg-convert -o " + picture.string() + " " + files->front().string());
  EXPECT_TRUE(test::output_of("file " + picture.string()).contains("90 x 30"));
}

}  // namespace
}  // namespace recast::engines
