#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_cwebp(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;

class CWebp : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"cwebp", "convert"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_cwebp);
    return one;
  }
  /// A picture that ImageMagick makes, by these arguments.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options = {}) {
    return run().run({.operation = "optimize", .from = "webp", .to = {}, .files = {file}, .options = options});
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

TEST_F(CWebp, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto done = optimize(run().folder().write("probe.webp", probe.content));
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(CWebp, SaysThatAFileIsDamaged) {
  const auto done = optimize(run().folder().write("damaged.webp", "this is no picture"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
}

TEST_F(CWebp, NamesTheFieldItRejects) {
  const auto path = run().folder().write("any.webp", "x");
  EXPECT_EQ(optimize(path, {{"quality", 101}}).error().field, "quality");
  EXPECT_EQ(optimize(path, {{"quality", 0}}).error().field, "quality");
}

TEST_F(CWebp, ReducesTheQuality) {
  const auto photo = made("photo.webp", "-size 200x150 plasma:red-blue -define webp:lossless=true");
  const auto done = optimize(photo, {{"quality", 60}});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1U);
  EXPECT_EQ(identify(done->files.at(0), "%wx%h %m"), "200x150 WEBP\n");
  EXPECT_LT(difference(photo, done->files.at(0)), 0.05);
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(photo));
}

TEST_F(CWebp, GivesNothingForFilms) {
  const auto film = made("film.webp", "-delay 20 -size 40x30 xc:red xc:blue");
  ASSERT_EQ(identify(film, "%m").substr(0, 4), "WEBP");
  const auto done = optimize(film);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->files.empty());
}

}  // namespace
}  // namespace recast::engines
