#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

#include "engine_run.hpp"

namespace recast::test {

/// Tests of one engine, which is started once for all of them. `kOthers` are engines whose workers its plans need.
///   class RsvgRun : public test::EngineFixture<&register_rsvg> {};
template <EngineRun::Register kEngine, EngineRun::Register... kOthers>
class EngineFixture : public testing::Test {
 protected:
  static EngineRun& run() {
    static EngineRun one(kEngine, {kOthers...});
    return one;
  }

  /// The first of these programs that the machine lacks, for GTEST_SKIP; empty if it has all.
  static std::string lacks(std::initializer_list<const char*> programs) {
    for (const auto* const program : programs) {
      if (!fs::exists(fs::path("/usr/bin") / program)) return program;
    }
    return {};
  }

  /// The files of a conversion that has to succeed; none if it did not.
  static std::vector<fs::path> convert(std::string_view content, const std::string& from, const std::string& to,
                                       const boost::json::object& options = {}) {
    const auto files = run().convert_bytes(content, from, to, options);
    EXPECT_TRUE(files) << from << " to " << to << ": " << files.error().message;
    return files.value_or(std::vector<fs::path>());
  }
  /// The same where it has to be one file.
  static fs::path convert_one(std::string_view content, const std::string& from, const std::string& to,
                              const boost::json::object& options = {}) {
    const auto files = convert(content, from, to, options);
    EXPECT_EQ(files.size(), 1U) << from << " to " << to;
    return files.empty() ? fs::path() : files.front();
  }
  /// The bytes of that file.
  static std::string bytes_of(std::string_view content, const std::string& from, const std::string& to,
                              const boost::json::object& options = {}) {
    const auto file = convert_one(content, from, to, options);
    return file.empty() ? std::string() : read_file(file);
  }
  /// What a conversion that has to fail ends with.
  static Error error_of(std::string_view content, const std::string& from, const std::string& to,
                        const boost::json::object& options = {}) {
    const auto files = run().convert_bytes(content, from, to, options);
    EXPECT_FALSE(files) << from << " to " << to;
    return files ? Error{ErrorCode::internal, "It did not fail.", {}} : files.error();
  }
};

/// A plan for one input.
inline Result<engine::Plan> plan_of(EngineRun::Register engine, const std::string& from, const std::string& to,
                                    boost::json::object options = {}) {
  return engine_of(engine).plan({.inputs = {"in/in-1." + from}, .from = from, .to = to, .options = std::move(options)});
}

}  // namespace recast::test
