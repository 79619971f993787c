#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "../../../tests/support/identity.hpp"
#include "../../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
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

class JailedInspector : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const folder = std::getenv("RECAST_BINARIES");
    const fs::path binaries = folder != nullptr ? folder : "build/dev/bin";
    ::chmod(temp_.path().c_str(), 0755);
    fs::create_directory(temp_ / "scratch");
    auto workers = process::Workers::open(
        {.scratch = temp_ / "scratch",
         .level = process::probe(binaries / "recast-jail").level,
         .first_uid = test::first_uid()},
        {{.name = "inspect", .executable = binaries / "recast-worker-inspect", .arguments = {}}});
    ASSERT_TRUE(workers) << workers.error().message;
    workers_ = std::move(*workers);
  }

  boost::json::value ask(const std::string& request, const std::vector<std::string>& contents) {
    std::vector<UniqueFd> files;
    process::WorkerJob job{.request = request, .inputs = {}, .outputs = {}, .limits = {}, .on_percent = {}};
    for (const auto& content : contents) {
      const auto path = temp_.write("unknown-" + std::to_string(files.size()), content);
      files.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
      job.inputs.push_back(files.back().get());
    }
    const auto reply = workers_->run("inspect", job, Deadline::in(std::chrono::seconds(60)), {});
    if (!reply) return boost::json::value(reply.error().message);
    EXPECT_TRUE(reply->report.ok());
    return boost::json::parse(reply->result);
  }

 private:
  const test::TemporaryFolder temp_;
  std::unique_ptr<process::Workers> workers_;
};

TEST_F(JailedInspector, TellsWhatAFileIs) {
  const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\0\1\x08\2", 26);
  EXPECT_EQ(ask("{}", {png}).at("mime"), "image/png");
}

TEST_F(JailedInspector, CountsPagesWhereTheyAreSure) {
  const std::string tiff("II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0", 20);  // two empty directories
  const std::string ring("II*\0\x08\0\0\0\0\0\x08\0\0\0", 14);              // one that follows itself
  const std::string damaged = "%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
  const auto answer = ask(R"({"pages":true})", {std::string(engine::kProbePdf), tiff, ring, damaged, "words", ""});
  EXPECT_EQ(boost::json::serialize(answer), R"({"pages":[1,2,null,null,null,null]})");
}

}  // namespace
}  // namespace recast::engines
