#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdlib>

#include "../../../tests/support/identity.hpp"
#include "../../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "engine/registry.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"

namespace recast::engines {

Result<> register_inspect(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;

TEST(Inspect, BringsAWorkerAndNoConversion) {
  engine::Registry registry;
  ASSERT_TRUE(register_inspect(registry));
  const auto info = registry.find("inspect")->info();
  EXPECT_TRUE(info.abilities.empty());
  EXPECT_TRUE(info.probe.from.empty());
  ASSERT_EQ(info.workers.size(), 1U);
  EXPECT_EQ(registry.find("inspect")->plan({}).error().code, ErrorCode::invalid_conversion_type);
}

TEST(Inspect, TheJailedWorkerTellsWhatAFileIs) {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  const fs::path binaries = folder != nullptr ? folder : "build/dev/bin";
  const test::TemporaryFolder temp;
  ::chmod(temp.path().c_str(), 0755);
  fs::create_directory(temp / "scratch");
  auto workers =
      process::Workers::open({.scratch = temp / "scratch",
                              .level = process::probe(binaries / "recast-jail").level,
                              .first_uid = test::first_uid()},
                             {{.name = "inspect", .executable = binaries / "recast-worker-inspect", .arguments = {}}});
  ASSERT_TRUE(workers) << workers.error().message;
  const auto path = temp.write("unknown", "\x89PNG\r\n\x1a\n" + std::string("\0\0\0\rIHDR\0\0\0\2\0\0\0\1\x08\2", 18));
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto reply = (*workers)->run(
      "inspect", {.request = "{}", .inputs = {file.get()}, .outputs = {}, .limits = {}, .on_percent = {}},
      Deadline::in(std::chrono::seconds(60)), {});
  ASSERT_TRUE(reply) << reply.error().message;
  ASSERT_TRUE(reply->report.ok());
  EXPECT_EQ(boost::json::parse(reply->result).at("mime"), "image/png");
}

}  // namespace
}  // namespace recast::engines
