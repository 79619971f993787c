#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_jpegoptim(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;

class JpegOptim : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"jpegoptim", "convert", "exiftool"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_jpegoptim);
    return one;
  }
  /// A picture that ImageMagick makes, by these arguments.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options = {}) {
    return run().run({.operation = "optimize", .from = "jpg", .to = {}, .files = {file}, .options = options});
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

TEST_F(JpegOptim, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto done = optimize(run().folder().write("probe.jpg", probe.content));
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(JpegOptim, SaysThatAFileIsDamaged) {
  const auto done = optimize(run().folder().write("damaged.jpg", "this is no picture"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
}

TEST_F(JpegOptim, NamesTheFieldItRejects) {
  const auto path = run().folder().write("any.jpg", "x");
  EXPECT_EQ(optimize(path, {{"quality", 101}}).error().field, "quality");
  EXPECT_EQ(optimize(path, {{"quality", 0}}).error().field, "quality");
}

TEST_F(JpegOptim, ReducesTheQuality) {
  const auto photo = made("photo.jpg", "-size 300x200 plasma:red-blue -quality 98");
  const auto done = optimize(photo, {{"quality", 60}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(identify(done->files.at(0), "%wx%h %m %Q"), "300x200 JPEG 60\n");
  EXPECT_LT(difference(photo, done->files.at(0)), 0.05);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo) / 2);
}

TEST_F(JpegOptim, LosesNothingAtFullQuality) {
  const auto photo = made("full.jpg", "-size 300x200 plasma:red-blue -quality 90");
  const auto done = optimize(photo, {{"quality", 100}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(difference(photo, done->files.at(0)), 0);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(JpegOptim, GivesNothingLargerTheSecondTime) {
  const auto once = optimize(made("small.jpg", "-size 90x90 plasma:red-blue -quality 95"));
  ASSERT_TRUE(once) << once.error().message;
  const auto twice = optimize(once->files.at(0));
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_TRUE(twice->files.empty() || fs::file_size(twice->files.at(0)) <= fs::file_size(once->files.at(0)));
}

TEST_F(JpegOptim, KeepsHowAPictureLies) {
  const auto photo = made("lying.jpg", "-size 90x60 plasma:red-blue -quality 98");
  output_of("exiftool -q -overwrite_original -n -Orientation=6 " + photo.string());
  const auto done = optimize(photo);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(output_of("exiftool -n -s3 -Orientation " + done->files.at(0).string()), "6\n");
}

}  // namespace
}  // namespace recast::engines
