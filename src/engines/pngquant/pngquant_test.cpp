#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_pngquant(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;

class PngQuant : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"pngquant", "optipng", "exiftool", "convert"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_pngquant);
    return one;
  }
  /// A picture that ImageMagick makes, by these arguments.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options = {}) {
    return run().run({.operation = "optimize", .from = "png", .to = {}, .files = {file}, .options = options});
  }
  static std::string identify(const fs::path& file, const std::string& format) {
    return output_of("identify -format '" + format + "\\n' " + file.string());
  }
  /// How unlike two pictures are, from 0 to 1.
  static double difference(const fs::path& one, const fs::path& other) {
    const auto text = output_of("compare -metric RMSE " + one.string() + " " + other.string() + " null:");
    const auto begin = text.find('(');
    return begin == std::string::npos ? 1 : std::stod(text.substr(begin + 1));
  }
};

TEST_F(PngQuant, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto done = optimize(run().folder().write("probe.png", probe.content));
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(PngQuant, SaysThatAFileIsDamaged) {
  const auto done = optimize(run().folder().write("damaged.png", "this is no picture"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
}

TEST_F(PngQuant, NamesTheFieldItRejects) {
  const auto path = run().folder().write("any.png", "x");
  EXPECT_EQ(optimize(path, {{"quality", 101}}).error().field, "quality");
  EXPECT_EQ(optimize(path, {{"quality", 0}}).error().field, "quality");
}

TEST_F(PngQuant, TriesFewerColoursAndAllOfThem) {
  const auto photo = made("photo.png", "-size 200x150 plasma:red-blue -seed 1");
  const auto done = optimize(photo);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 2U);
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(difference(photo, done->files.at(1)), 0.05);
  EXPECT_EQ(identify(done->files.at(1), "%wx%h %m"), "200x150 PNG\n");
  EXPECT_LT(fs::file_size(done->files.at(1)), fs::file_size(photo) / 2);
}

TEST_F(PngQuant, LosesNothingAtFullQuality) {
  const auto photo = made("full.png", "-size 100x80 plasma:red-blue -define png:compression-level=1");
  const auto done = optimize(photo, {{"quality", 100}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(PngQuant, KeepsTransparencyAndTheColourProfile) {
  const auto icon = made("icon.png",
                         "-size 120x90 plasma:red-blue -alpha set -channel A -evaluate set 50% +channel "
                         "-profile /usr/share/color/icc/ghostscript/a98.icc");
  const auto done = optimize(icon);
  ASSERT_TRUE(done) << done.error().message;
  for (const auto& file : done->files) {
    EXPECT_THAT(identify(file, "%[profiles]"), HasSubstr("icc"));
    EXPECT_THAT(identify(file, "%[fx:abs(p{5,5}.a-0.5)<0.02]"), HasSubstr("1"));
  }
}

}  // namespace
}  // namespace recast::engines
