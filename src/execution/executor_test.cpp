#include "execution/executor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::execution {
namespace {

using testing::ElementsAre;

/// Plays a program: notes what it was asked and writes the files it was told to.
struct FakeRunner final : process::Runner {
  Result<process::ExitReport> run(const process::Program& program, Deadline, std::stop_token) override {
    asked = program;
    for (const auto& [name, content] : writes) {
      std::FILE* file = std::fopen((program.work / name).c_str(), "wb");
      std::fwrite(content.data(), 1, content.size(), file);
      std::fclose(file);
    }
    if (program.on_line) {
      for (const auto& line : lines) program.on_line(line);
    }
    return report;
  }
  process::Program asked;
  std::vector<std::pair<std::string, std::string>> writes;
  std::vector<std::string> lines;
  process::ExitReport report;
};

/// Plays a resident worker: writes `output` to the job's first output.
struct FakeWorkers final : process::Workers {
  Result<process::WorkerReply> run(const std::string& name, const process::WorkerJob& job, Deadline,
                                   std::stop_token) override {
    asked = name;
    request = job.request;
    std::array<char, 4096> buffer{};
    ssize_t count = 1;
    for (input.clear(); count > 0 && !job.inputs.empty();) {
      count = ::read(job.inputs.front(), buffer.data(), buffer.size());
      input.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    if (!job.outputs.empty() && ::write(job.outputs.front(), output.data(), output.size()) < 0)
      return fail(ErrorCode::internal, "write");
    if (error) return std::unexpected(*error);
    return process::WorkerReply{"{}", {}};
  }
  std::vector<process::WorkerStatus> status() const override { return {}; }
  Result<std::string> wait_ready(const std::string&, Deadline) override { return "1.0"; }
  std::string asked, request, input, output;
  std::optional<Error> error;
};

struct ExecutorTest : testing::Test {
  Result<operation::Executed> execute_all(const engine::Plan& plan) {
    const auto input = folder.write("stored", "content");
    const operation::Execution execution{
        .plan = &plan, .inputs = {input}, .input_names = {"in/in-1.docx"}, .client_names = client_names};
    return executor.execute({.execution = &execution,
                             .folder = folder / ("run" + std::string(runs++, '+')),
                             .deadline = Deadline::in(std::chrono::seconds(5)),
                             .stop = {},
                             .on_percent = [this](int percent) { percents.push_back(percent); },
                             .report = &report});
  }
  Result<std::vector<fs::path>> execute(const engine::Plan& plan) {
    RECAST_TRY(auto done, execute_all(plan));
    return std::move(done.files);
  }
  static engine::Plan program_plan() {
    engine::ProgramStep step{.program = "/bin/true", .arguments = {"in/in-1.docx"}};
    step.progress = [](std::string_view line) -> std::optional<int> {
      return line == "half" ? std::optional(50) : std::nullopt;
    };
    return {.steps = {{step}}, .outputs = {"out/*.pdf"}};
  }

  test::TemporaryFolder folder;
  Settings settings;
  FakeRunner runner;
  FakeWorkers workers;
  Executor executor{settings, runner, workers};
  std::vector<int> percents;
  boost::json::object report;
  std::vector<std::string> client_names;
  std::size_t runs = 0;
};

TEST_F(ExecutorTest, LaysInputsOutUnderNamesOfOurs) {
  runner.writes = {{"out/a.pdf", "x"}};
  const auto outputs = execute(program_plan());
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ(test::read_file(folder / "run/in/in-1.docx"), "content");
  EXPECT_EQ(runner.asked.work, folder / "run");
  EXPECT_EQ(outputs->front(), folder / "run/out/a.pdf");
}

TEST_F(ExecutorTest, MapsTheStepsProgressByWeight) {
  auto plan = program_plan();
  plan.steps.push_back(plan.steps.front());
  plan.steps.back().weight = 3;
  runner.writes = {{"out/a.pdf", "x"}};
  runner.lines = {"noise", "half"};
  ASSERT_TRUE(execute(plan));
  EXPECT_THAT(percents, ElementsAre(12, 25, 62, 100));
}

TEST_F(ExecutorTest, ReportsEachStepWhetherItSucceedsOrNot) {
  auto plan = program_plan();
  plan.steps.push_back(plan.steps.front());
  runner.writes = {{"out/a.pdf", "x"}};
  runner.report = {.cpu = std::chrono::milliseconds(1500), .max_rss = 4096};
  ASSERT_TRUE(execute(plan));
  const auto steps = report.at("steps").as_array();
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].at("program"), "/bin/true");
  EXPECT_EQ(steps[0].at("cpu_seconds"), 1.5);
  EXPECT_EQ(steps[0].at("peak_memory"), 4096);
  EXPECT_FALSE(steps[0].as_object().contains("signal"));
  runner.report = {.signal = 11};
  EXPECT_FALSE(execute(plan));
  EXPECT_EQ(report.at("steps").as_array().back().at("signal"), 11);
}

TEST_F(ExecutorTest, DoubtsAStepThatOnlySaysItSucceeded) {
  auto plan = program_plan();
  runner.writes = {{"out/a.pdf", "x"}};
  runner.report = {.errors = "no memory"};
  plan.doubt = [](const engine::StepEnd& end) -> std::optional<Error> {
    if (end.errors != "no memory") return std::nullopt;
    return Error{ErrorCode::memory_limit, "too large", {}};
  };
  EXPECT_EQ(execute(plan).error().code, ErrorCode::memory_limit);
  runner.report.errors = "all well";
  EXPECT_TRUE(execute(plan));
}

TEST_F(ExecutorTest, NoOutputIsAFailureWithAReason) {
  EXPECT_EQ(execute(program_plan()).error().code, ErrorCode::conversion_failed);
}

TEST_F(ExecutorTest, AMissingProgramIsNamed) {
  auto plan = program_plan();
  std::get<engine::ProgramStep>(plan.steps.front().action).program = "no-such-program";
  EXPECT_THAT(execute(plan).error().message, testing::HasSubstr("no-such-program"));
}

TEST_F(ExecutorTest, EachLimitHasItsOwnCode) {
  using process::Exceeded;
  for (const auto& [exceeded, code] :
       {std::pair(Exceeded::wall, ErrorCode::timeout), std::pair(Exceeded::cpu, ErrorCode::cpu_limit),
        std::pair(Exceeded::memory, ErrorCode::memory_limit), std::pair(Exceeded::output, ErrorCode::output_limit),
        std::pair(Exceeded::files, ErrorCode::output_limit), std::pair(Exceeded::processes, ErrorCode::process_limit),
        std::pair(Exceeded::cancelled, ErrorCode::cancelled)}) {
    runner.report = {.signal = 9, .exceeded = exceeded};
    EXPECT_EQ(execute(program_plan()).error().code, code);
  }
}

TEST_F(ExecutorTest, TheEnginesOwnExplanationWinsOverItsStandardError) {
  auto plan = program_plan();
  runner.report = {.exit_code = 3, .errors = "first line\n\n  second line  \n"};
  EXPECT_EQ(execute(plan).error().message, "first line; second line");
  plan.explain = [](const engine::StepEnd& end) {
    return Error{ErrorCode::open_failed, end.exit_code == 3 ? "damaged" : "?", {}};
  };
  EXPECT_EQ(execute(plan).error().message, "damaged");
}

TEST_F(ExecutorTest, SplitsASequenceIntoNumberedFiles) {
  engine::WorkerStep step{.worker = "vips",
                          .request = {{"to", "png"}},
                          .inputs = {"in/in-1.docx"},
                          .outputs = {"out/sequence"},
                          .sequence = true};
  const engine::Plan plan{.steps = {{step}}, .outputs = {"out/out-*.png"}};
  workers.output = std::string("\1\0\0\0\0\0\0\0a\2\0\0\0\0\0\0\0bc", 19);
  const auto outputs = execute(plan);
  ASSERT_TRUE(outputs) << outputs.error().message;
  ASSERT_EQ(outputs->size(), 2U);
  EXPECT_EQ(test::read_file(outputs->at(0)), "a");
  EXPECT_EQ(test::read_file(outputs->at(1)), "bc");
  EXPECT_EQ(workers.request, R"({"to":"png"})");
}

TEST_F(ExecutorTest, GivesFilesOfANamedSequenceTheirNames) {
  engine::WorkerStep step{.worker = "archive",
                          .request = {},
                          .inputs = {"in/in-1.docx"},
                          .outputs = {"tmp/sequence"},
                          .sequence = true,
                          .named = true};
  const engine::Plan plan{.steps = {{step}}, .outputs = {"out/out-*"}};
  // Eleven files: out-10 comes behind out-9, not behind out-1.
  for (char letter = 'a'; letter <= 'k'; ++letter)
    workers.output += std::string("\3\0\0\0\0\0\0\0d/", 10) + letter + std::string("\1\0\0\0\0\0\0\0", 8) + letter;
  const auto done = execute_all(plan);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 11U);
  for (std::size_t at = 0; at < done->files.size(); ++at)
    EXPECT_EQ("d/" + test::read_file(done->files[at]), done->names.at(at));
}

TEST_F(ExecutorTest, RefusesNamesThatLeaveTheFolder) {
  for (const std::string name : {"../a", "/a", "a\nb", "a//b", ""}) {
    engine::WorkerStep step{.worker = "archive",
                            .request = {},
                            .inputs = {"in/in-1.docx"},
                            .outputs = {"tmp/sequence"},
                            .sequence = true,
                            .named = true};
    const engine::Plan plan{.steps = {{step}}, .outputs = {"out/out-*"}};
    workers.output =
        std::string(1, static_cast<char>(name.size())) + std::string(7, '\0') + name + std::string(8, '\0');
    EXPECT_EQ(execute(plan).error().code, ErrorCode::conversion_failed) << name;
  }
}

TEST_F(ExecutorTest, StreamsInputsUnderTheClientsNames) {
  engine::WorkerStep step{
      .worker = "archive", .request = {}, .inputs = {"in/in-1.docx"}, .outputs = {"out/a.zip"}, .stream = true};
  const engine::Plan plan{.steps = {{step}}, .outputs = {"out/a.zip"}};
  workers.output = "PK";
  client_names = {"reports/ä.docx"};
  ASSERT_TRUE(execute(plan));
  EXPECT_EQ(workers.input,
            std::string("\17\0\0\0\0\0\0\0", 8) + "reports/ä.docx" + std::string("\7\0\0\0\0\0\0\0", 8) + "content");
}

TEST_F(ExecutorTest, TellsNamesToWorkersThatAskForThem) {
  engine::WorkerStep step{.worker = "archive",
                          .request = {{"to", "zip"}},
                          .inputs = {"in/in-1.docx"},
                          .outputs = {"out/a.zip"},
                          .tell_names = true};
  const engine::Plan plan{.steps = {{step}}, .outputs = {"out/a.zip"}};
  workers.output = "PK";
  client_names = {"a.gz"};
  ASSERT_TRUE(execute(plan));
  EXPECT_EQ(workers.request, R"({"to":"zip","names":["a.gz"]})");
}

TEST_F(ExecutorTest, WritesTheFilesOfAPlan) {
  auto plan = program_plan();
  plan.files = {{"in/arguments", "-a\n-b\n"}};
  runner.writes = {{"out/a.pdf", "x"}};
  ASSERT_TRUE(execute(plan));
  EXPECT_EQ(test::read_file(folder / "run/in/arguments"), "-a\n-b\n");
}

TEST_F(ExecutorTest, TheOperatorsCapsLowerThePlansLimits) {
  settings.processes = 2;
  runner.writes = {{"out/a.pdf", "x"}};
  ASSERT_TRUE(execute(program_plan()));
  EXPECT_EQ(runner.asked.limits.processes, 2U);
}

}  // namespace
}  // namespace recast::execution
