#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine_run.hpp"
#include "execution/executor.hpp"

namespace recast::test {

/// For engines that make pictures of one format smaller: what they do in the jail, on pictures that ImageMagick makes.
/// Skips where a program is not installed.
template <EngineRun::Register register_engine>
class Optimizing : public testing::Test {
 protected:
  Optimizing(std::string format, std::vector<std::string> programs)
      : format_(std::move(format)), programs_(std::move(programs)) {}

  void SetUp() override {
    for (const auto& program : programs_) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static EngineRun& run() {
    static EngineRun one(register_engine);
    return one;
  }
  /// A picture by these arguments of ImageMagick's convert.
  static fs::path made(const std::string& name, const std::string& arguments) {
    const auto path = run().folder() / name;
    output_of("convert " + arguments + " " + path.string());
    return path;
  }
  Result<operation::Executed> optimize(const fs::path& file, const boost::json::object& options = {}) const {
    return run().run({.operation = "optimize", .from = format_, .to = {}, .files = {file}, .options = options});
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

  void expect_probe_done() const {
    const auto done = optimize(run().folder().write("probe." + format_, run().engine().info().probe.content));
    EXPECT_TRUE(done) << done.error().message;
  }
  void expect_damage_told() const {
    const auto done = optimize(run().folder().write("damaged." + format_, "this is no picture"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::open_failed) << done.error().message;
  }
  void expect_quality_checked() const {
    const auto path = run().folder().write("any." + format_, "x");
    for (const int wrong : {0, 101}) {
      const auto done = optimize(path, {{"quality", wrong}});
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().field, "quality");
    }
  }

 private:
  std::string format_;
  std::vector<std::string> programs_;
};

}  // namespace recast::test
