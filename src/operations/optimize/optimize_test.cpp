#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_optimize(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;
using operation::test::registered;
using Written = std::vector<std::pair<std::string, std::string>>;

class Optimize : public testing::Test {
 protected:
  Optimize()
      : engine_({.name = "pdftools",
                 .aliases = {"3heights"},
                 .abilities = {{.operation = "optimize", .conversions = {{"txt", "", 10, {}}, {"pdf", "", 10, {}}}}}}),
        context_(std::vector<engine::Installation>{{.engine = &engine_, .version = "1"}}) {}
  Result<operation::Outcome> run(operation::json::object payload = {}) {
    return registered(&register_optimize, "optimize").run(context_, payload);
  }
  void give(Written files) {
    context_.on_execute = [files = std::move(files)](const auto&) { return files; };
  }

  FakeEngine engine_;
  FakeContext context_;
};

TEST_F(Optimize, SaysHowMuchSmallerTheFileIsAndKeepsItsName) {
  context_.add_input("Plan.TXT", std::string(200, 'x'), "folder");
  give({{"out.txt", std::string(125, 'x')}});
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->message, "File size reduced by 37%");
  EXPECT_EQ(outcome->files.at(0).name, "Plan.TXT");
  EXPECT_EQ(outcome->files.at(0).dir, "folder");
  EXPECT_EQ(outcome->files.at(0).size, 125U);
}

TEST_F(Optimize, ReturnsTheOriginalIfNothingIsSmaller) {
  context_.add_input("a.txt", "original");
  for (const auto& files : {Written{{"out.txt", "original!"}}, Written{}, Written{{"out.txt", ""}}}) {
    give(files);
    const auto outcome = run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->message, "File size reduced by 0%");
    EXPECT_EQ(recast::test::read_file(outcome->files.at(0).path), "original");
  }
}

TEST_F(Optimize, TakesTheSmallestOfSeveralAttempts) {
  context_.add_input("a.txt", "0123456789");
  give({{"one.txt", "01234567"}, {"two.txt", "0123"}, {"three.txt", "012345"}});
  const auto outcome = run({{"filename", "b.txt"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 1U);
  EXPECT_EQ(outcome->files.at(0).size, 4U);
  EXPECT_EQ(outcome->files.at(0).name, "b.txt");
}

TEST_F(Optimize, SumsUpWhatSeveralFilesSaved) {
  context_.add_input("a.txt", std::string(300, 'x'));
  context_.add_input("a.txt", std::string(100, 'x'));
  give({{"out.txt", std::string(150, 'x')}});  // of the second, nothing
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->message, "File size reduced by 37%");
  EXPECT_EQ(outcome->files.at(1).size, 100U);
  EXPECT_EQ(outcome->files.at(1).name, "a-1.txt");
}

TEST_F(Optimize, RefusesOtherFormats) {
  context_.add_input("a.docx", "x");
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(Optimize, ChecksOptionsBeforeTheFormatIsKnown) {
  engine_.check = [](const engine::Request& request) -> Result<> {
    if (!request.options.contains("profile")) return {};
    return fail(ErrorCode::invalid_data, "Wrong.", "profile");
  };
  const auto operation = registered(&register_optimize, "optimize");
  EXPECT_EQ(check_error(operation, {{"profile", "x"}}, context_.catalogue()).field, "profile");
  EXPECT_EQ(check_error(operation, {{"profile", "x"}, {"engine", "3heights"}}, context_.catalogue()).field, "profile");
  EXPECT_EQ(check_error(operation, {{"quality", 3}}, context_.catalogue()).message, "");
  EXPECT_EQ(check_error(operation, {{"engine", "none"}}, context_.catalogue()).field, "engine");
}

}  // namespace
}  // namespace recast::operations
