#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_gifsicle(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;

class Gifsicle : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"gifsicle", "convert"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_gifsicle);
    return one;
  }
  /// A picture that ImageMagick makes, by these arguments.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options = {}) {
    return run().run({.operation = "optimize", .from = "gif", .to = {}, .files = {file}, .options = options});
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

TEST_F(Gifsicle, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto done = optimize(run().folder().write("probe.gif", probe.content));
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(Gifsicle, SaysThatAFileIsDamaged) {
  const auto done = optimize(run().folder().write("damaged.gif", "this is no picture"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
}

TEST_F(Gifsicle, NamesTheFieldItRejects) {
  const auto path = run().folder().write("any.gif", "x");
  EXPECT_EQ(optimize(path, {{"quality", 101}}).error().field, "quality");
  EXPECT_EQ(optimize(path, {{"quality", 0}}).error().field, "quality");
}

TEST_F(Gifsicle, KeepsFilmsAsTheyAre) {
  const auto film =
      made("film.gif", "-delay 20 -loop 3 -size 80x60 xc:red xc:blue xc:green -bordercolor white -border 10");
  const auto done = optimize(film);
  ASSERT_TRUE(done) << done.error().message;
  const auto& small = done->files.at(0);
  EXPECT_LT(fs::file_size(small), fs::file_size(film));
  EXPECT_EQ(identify(small, "%T"), "20\n20\n20\n");
  const auto loops = [](const fs::path& file) {
    return output_of("gifsicle --info " + file.string() + " | grep loop");
  };
  EXPECT_THAT(loops(film), HasSubstr("loop count"));
  EXPECT_EQ(loops(small), loops(film));
  const auto old_frames = made("old.png", film.string() + " -coalesce +append");
  const auto new_frames = made("new.png", small.string() + " -coalesce +append");
  EXPECT_EQ(difference(old_frames, new_frames), 0);
}

TEST_F(Gifsicle, IsSmallerWithLoss) {
  const auto photo = made("photo.gif", "-size 200x150 plasma:red-blue");
  const auto all = optimize(photo), some = optimize(photo, {{"quality", 40}});
  ASSERT_TRUE(all && some);
  EXPECT_LT(fs::file_size(some->files.at(0)), fs::file_size(all->files.at(0)));
  EXPECT_LT(difference(photo, some->files.at(0)), 0.1);
}

}  // namespace
}  // namespace recast::engines
