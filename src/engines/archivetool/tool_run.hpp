#pragma once

#include <gtest/gtest.h>

#include <map>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_archivetool(engine::Registry& registry);

namespace archivetool {

namespace fs = std::filesystem;
namespace json = boost::json;

/// The engine's plans carried out by the real resident worker, in the jail this machine can give.
class ToolRun : public testing::Test {
 protected:
  static test::EngineRun& tool() {
    static test::EngineRun one(&register_archivetool);
    return one;
  }

  /// Path and content of every file, in the order in which they come.
  using Files = std::vector<std::pair<std::string, std::string>>;
  static Result<Files> extract(const fs::path& file, const std::string& from, const json::object& options = {},
                               const std::string& name = {}) {
    test::EngineRun::Job job{
        .operation = "archive/extract", .from = from, .to = {}, .files = {file}, .options = options};
    if (!name.empty()) job.names = {name};
    RECAST_TRY(const auto done, tool().run(job));
    Files files;
    for (std::size_t at = 0; at < done.files.size(); ++at)
      files.emplace_back(done.names.at(at), test::read_file(done.files[at]));
    return files;
  }
  Result<Files> extract_bytes(std::string_view bytes, const std::string& from, const json::object& options = {}) {
    return extract(temp_.write("archive." + from, bytes), from, options);
  }

  static Result<fs::path> repack(const fs::path& file, const std::string& from, const std::string& to,
                                 const json::object& options = {}) {
    RECAST_TRY(const auto files, tool().convert(from, to, {file}, options));
    return files.at(0);
  }

  static Result<fs::path> pack(const std::vector<fs::path>& files, const std::vector<std::string>& names,
                               const std::string& to, const json::object& options = {}) {
    RECAST_TRY(
        const auto done,
        tool().run({.operation = "archive", .from = {}, .to = to, .files = files, .options = options, .names = names}));
    return done.files.at(0);
  }

  /// Names only, sorted.
  static std::vector<std::string> names_of(const Files& files) {
    std::vector<std::string> names;
    for (const auto& [name, content] : files) names.push_back(name);
    std::ranges::sort(names);
    return names;
  }

  test::TemporaryFolder temp_;
};

}  // namespace archivetool
}  // namespace recast::engines
