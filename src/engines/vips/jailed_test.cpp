#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "../../../tests/support/identity.hpp"
#include "../../../tests/support/temporary_folder.hpp"
#include "engine/registry.hpp"
#include "execution/executor.hpp"
#include "format/format.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"

/// The engine's plans carried out by the real resident worker, in the jail this machine can give.
namespace recast::engines {

Result<> register_vips(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

fs::path binaries() {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  return folder != nullptr ? fs::path(folder) : fs::path("build/dev/bin");
}

class JailedVips : public testing::Test {
 protected:
  static void SetUpTestSuite() { state = std::make_unique<State>(); }
  static void TearDownTestSuite() { state.reset(); }
  void SetUp() override { ASSERT_TRUE(state->problem.empty()) << state->problem; }

  static Result<std::vector<std::string>> convert(const std::string& bytes, const std::string& from,
                                                  const std::string& to, json::object options = {}) {
    const auto name = "in/in-1." + from;
    const engine::Request request{
        .inputs = {name}, .from = from, .to = to, .options = std::move(options), .engine = "vips", .install = {}};
    RECAST_TRY(const auto plan, state->registry.find("vips")->plan(request));
    const auto number = std::to_string(++state->runs);
    const auto input = state->folder.write("input-" + number, bytes);
    const operation::Execution execution{.plan = &plan, .inputs = {input}, .input_names = {name}};
    RECAST_TRY(const auto paths, state->executor->execute({.execution = &execution,
                                                           .folder = state->folder / ("run-" + number),
                                                           .deadline = Deadline::in(std::chrono::seconds(60)),
                                                           .stop = {},
                                                           .on_percent = {}}));
    std::vector<std::string> files;
    for (const auto& path : paths) files.push_back(test::read_file(path));
    return files;
  }
  static std::string only(const Result<std::vector<std::string>>& files) {
    EXPECT_TRUE(files) << files.error().message;
    EXPECT_TRUE(!files || files->size() == 1);
    return files && !files->empty() ? files->front() : std::string();
  }
  static std::string probe() { return state->registry.find("vips")->info().probe.content; }

  struct State {
    State() {
      ::chmod(folder.path().c_str(), 0755);
      const auto jail = binaries() / "recast-jail";
      const auto level = process::probe(jail).level;
      const unsigned first_uid = test::first_uid();
      auto opened = process::Runner::open({.jail_program = jail, .level = level, .first_uid = first_uid});
      if (opened)
        runner = std::move(*opened);
      else
        problem = opened.error().message;
      fs::create_directory(folder / "scratch");
      auto resident =
          process::Workers::open({.scratch = folder / "scratch", .level = level, .first_uid = first_uid + 512},
                                 {{.name = "vips", .executable = binaries() / "recast-worker-vips", .arguments = {}}});
      if (resident)
        workers = std::move(*resident);
      else
        problem = resident.error().message;
      if (!problem.empty()) return;
      const auto ready = workers->wait_ready("vips", Deadline::in(std::chrono::seconds(60)));
      if (!ready)
        problem = ready.error().message;
      else
        version = *ready;
      executor = std::make_unique<execution::Executor>(settings, *runner, *workers);
      if (const auto added = register_vips(registry); !added) problem = added.error().message;
    }

    test::TemporaryFolder folder;
    std::string problem;
    std::string version;
    execution::Settings settings;
    std::unique_ptr<process::Runner> runner;
    std::unique_ptr<process::Workers> workers;
    std::unique_ptr<execution::Executor> executor;
    engine::Registry registry;
    unsigned runs = 0;
  };
  static inline std::unique_ptr<State> state;
};

TEST_F(JailedVips, TellsTheVersionOfItsLibrary) { EXPECT_TRUE(state->version.starts_with("8.")) << state->version; }

TEST_F(JailedVips, WritesAndReadsEveryFormat) {
  // A larger picture than the probe: some encoders start threads only then.
  const auto picture = only(convert(probe(), "ppm", "png", {{"width", 400}, {"height", 300}, {"fit", "scale"}}));
  for (const auto* const to :
       {"jpg", "webp", "gif", "tiff", "avif", "heic", "bmp", "jp2", "jxl", "ico", "tga", "png"}) {
    const auto there = only(convert(picture, "png", to));
    const auto back = only(convert(there, to, "ppm", {{"width", 4}, {"height", 2}, {"fit", "scale"}}));
    ASSERT_EQ(back.size(), 11U + 24U) << to;
    EXPECT_GT(static_cast<unsigned char>(back[11]), 200) << to;     // red on the left
    EXPECT_GT(static_cast<unsigned char>(back.back()), 200) << to;  // blue on the right
  }
}

TEST_F(JailedVips, GivesEachPageOfATiffAFile) {
  const std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><text y='4'>x</text></svg>";
  EXPECT_EQ(format::sniff(only(convert(svg, "svg", "png"))), "png");
  const std::string gif{
      "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
      "!\xf9\4\0\x0a\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0"
      "!\xf9\4\0\x0a\0\0\0,\0\0\0\0\1\0\1\0\0\2\2L\1\0;",
      66};
  const auto tiff = only(convert(gif, "gif", "tiff"));
  const auto pages = convert(tiff, "tiff", "png");
  ASSERT_TRUE(pages) << pages.error().message;
  ASSERT_EQ(pages->size(), 2U);
  EXPECT_EQ(format::sniff(pages->at(1)), "png");
}

TEST_F(JailedVips, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(convert("this is no picture", "jpg", "png").error().code, ErrorCode::open_failed);
  EXPECT_EQ(convert("", "jpg", "png").error().code, ErrorCode::open_failed);
  EXPECT_EQ(convert(probe(), "ppm", "png", {{"width", 60'000}, {"height", 60'000}, {"fit", "scale"}}).error().code,
            ErrorCode::pixel_limit);
}

}  // namespace
}  // namespace recast::engines
