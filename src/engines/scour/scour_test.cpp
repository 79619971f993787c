#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_scour(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;

class Scour : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"scour", "rsvg-convert", "compare"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_scour);
    return one;
  }
  /// A picture that ImageMagick makes, by these arguments.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options = {}) {
    return run().run({.operation = "optimize", .from = "svg", .to = {}, .files = {file}, .options = options});
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

TEST_F(Scour, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto done = optimize(run().folder().write("probe.svg", probe.content));
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(Scour, SaysThatAFileIsDamaged) {
  const auto done = optimize(run().folder().write("damaged.svg", "this is no picture"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
}

TEST_F(Scour, LooksTheSameAndIsSmaller) {
  const auto drawing =
      run().folder().write("drawing.svg",
                           "<?xml version='1.0'?>\n<!-- a comment that nobody needs -->\n"
                           "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='90'>\n"
                           "  <defs><linearGradient id='longGradientName'><stop offset='0' "
                           "stop-color='#ff0000'/><stop offset='1' stop-color='#0000ff'/>"
                           "</linearGradient></defs>\n  <g id='unused'><rect x='10.000000' y='10.000000' "
                           "width='60' height='50' fill='url(#longGradientName)'/></g>\n"
                           "  <text x='10' y='80' font-size='12'>two  words</text>\n</svg>\n");
  const auto done = optimize(drawing);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_LT(fs::file_size(done->files.at(0)), fs::file_size(drawing));
  const auto before = run().folder() / "before.png", after = run().folder() / "after.png";
  output_of("rsvg-convert " + drawing.string() + " -o " + before.string());
  output_of("rsvg-convert " + done->files.at(0).string() + " -o " + after.string());
  EXPECT_EQ(identify(after, "%wx%h"), "120x90\n");
  EXPECT_EQ(difference(before, after), 0);
}

TEST_F(Scour, ReadsNoOtherFile) {
  const auto drawing = run().folder().write("entity.svg",
                                            "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
                                            "<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>");
  const auto done = optimize(drawing);
  EXPECT_TRUE(!done || test::read_file(done->files.at(0)).find("root:") == std::string::npos);
}

}  // namespace
}  // namespace recast::engines
