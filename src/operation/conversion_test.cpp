#include "operation/conversion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operation {
namespace {

using test::FakeContext;
using test::FakeEngine;
using testing::HasSubstr;

class Fallback : public testing::Test {
 protected:
  Fallback() {
    context.on_execute =
        [this](const Execution& execution) -> Result<std::vector<std::pair<std::string, std::string>>> {
      const auto& name = std::get<engine::ProgramStep>(execution.plan->steps.at(0).action).program;
      tried.push_back(name);
      if (const auto broken = failures.find(name); broken != failures.end()) return std::unexpected(broken->second);
      return {{{"out.pdf", name}}};
    };
    context.add_input("a.docx", "x");
  }
  Result<Converted> run(std::string engine = {}) {
    return run_conversion(context,
                          {.wish = {"docx", "pdf", std::move(engine), {}}, .options = {}, .inputs = context.inputs()});
  }

  FakeEngine best{"best", {{"docx", "pdf", 10}}};
  FakeEngine second{"second", {{"docx", "pdf", 20}}};
  FakeContext context{{{.engine = &best, .version = "1.0"}, {.engine = &second, .version = "2.0"}}};
  std::map<std::string, Error> failures;
  std::vector<std::string> tried;
};

TEST_F(Fallback, IsNotNeededWhenTheBestEngineDoesIt) {
  const auto done = run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tried, std::vector<std::string>{"best"});
  EXPECT_EQ(done->note, "");
}

TEST_F(Fallback, LetsTheNextEngineTryAndSaysSo) {
  failures = {{"best", {ErrorCode::conversion_failed, "it crashed", {}}}};
  const auto done = run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tried, (std::vector<std::string>{"best", "second"}));
  EXPECT_THAT(done->note, testing::AllOf(HasSubstr("best"), HasSubstr("it crashed"), HasSubstr("second")));
  EXPECT_EQ(context.last_run, (std::pair<std::string, std::string>{"second", "2.0"}));
}

TEST_F(Fallback, RespectsTheEngineTheClientNamed) {
  failures = {{"best", {ErrorCode::conversion_failed, "it crashed", {}}}};
  EXPECT_EQ(run("best").error().message, "it crashed");
  EXPECT_EQ(tried, std::vector<std::string>{"best"});
}

TEST_F(Fallback, ReportsTheFirstErrorWhenNobodyCan) {
  failures = {{"best", {ErrorCode::open_failed, "damaged", {}}}, {"second", {ErrorCode::conversion_failed, "hm", {}}}};
  const auto done = run();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "damaged");
  EXPECT_EQ(context.last_run.first, "best");
}

TEST_F(Fallback, IsNotForLimitsPasswordsOrCancelledTasks) {
  for (const auto& error :
       {Error{ErrorCode::timeout, "late", {}}, Error{ErrorCode::memory_limit, "large", {}},
        Error{ErrorCode::open_failed, "locked", "password"}, Error{ErrorCode::disk_full, "full", {}},
        Error{ErrorCode::invalid_data, "wrong", "pages"}, Error{ErrorCode::worker_lost, "gone", {}}}) {
    tried.clear();
    failures = {{"best", error}};
    EXPECT_EQ(run().error().message, error.message);
    EXPECT_EQ(tried.size(), 1U) << error.message;
  }
  context.stopper.request_stop();
  failures = {{"best", {ErrorCode::conversion_failed, "stopped", {}}}};
  tried.clear();
  EXPECT_FALSE(run());
  EXPECT_EQ(tried.size(), 1U);
}

TEST_F(Fallback, EndsAtALimitThatTheSecondEngineRunsInto) {
  failures = {{"best", {ErrorCode::conversion_failed, "hm", {}}}, {"second", {ErrorCode::timeout, "late", {}}}};
  EXPECT_EQ(run().error().code, ErrorCode::timeout);
}

TEST(Names, InTheJailAreOursWhateverTheClientCallsItsFiles) {
  FakeEngine archiver{engine::Info{
      .name = "archiver", .abilities = {{.operation = "archive", .conversions = {{"", "zip"}}, .most_inputs = 9}}}};
  FakeContext context{{{.engine = &archiver, .version = "1.0"}}};
  context.add_input("a.PDF", "x");
  context.add_input("b.$(reboot)", "x");
  context.add_input("no extension", "x");
  context.add_input("c.tar.gz", "x");
  ASSERT_TRUE(
      run_conversion(context, {.wish = {{}, "zip", {}, {}, "archive"}, .options = {}, .inputs = context.inputs()}));
  EXPECT_EQ(archiver.requests.at(0).inputs,
            (std::vector<std::string>{"in/in-1.pdf", "in/in-2.bin", "in/in-3.bin", "in/in-4.tar.gz"}));
  EXPECT_EQ(archiver.requests.at(0).operation, "archive");
}

}  // namespace
}  // namespace recast::operation
