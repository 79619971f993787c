#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_metadata(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::FakeContext;
using operation::test::FakeEngine;

class Metadata : public testing::Test {
 protected:
  Metadata()
      : engine_({.name = "exiftool", .abilities = {{.operation = "metadata", .conversions = {{"txt", "", 10, {}}}}}}),
        context_(std::vector<engine::Installation>{{.engine = &engine_, .version = "12.57"}}) {
    context_.on_execute = [](const auto&) { return std::vector<std::pair<std::string, std::string>>{}; };
    context_.output =
        R"([{"SourceFile":"in/in-1.txt","FileName":"in-1.txt","Directory":"in","PageCount":3,"Title":"T"}])";
  }
  Result<operation::Outcome> run() {
    return operation::test::registered(&register_metadata, "metadata").run(context_, {{"input", "x"}});
  }

  FakeEngine engine_;
  FakeContext context_;
};

TEST_F(Metadata, IsAnObjectWithTheClientsNames) {
  context_.add_input("plan.txt", "text");
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(
      outcome->extra.at("metadata"),
      (json::object{
          {"SourceFile", "plan.txt"}, {"FileName", "plan.txt"}, {"Directory", "."}, {"PageCount", 3}, {"Title", "T"}}));
  EXPECT_FALSE(outcome->extra.contains("metadata_list"));
  EXPECT_TRUE(outcome->files.empty());
}

TEST_F(Metadata, OfSeveralFilesIsAListBesides) {
  context_.add_input("a.txt", "text");
  context_.add_input("b.txt", "text");
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->extra.at("metadata").at("FileName"), "a.txt");
  const auto& list = outcome->extra.at("metadata_list").as_array();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].at("FileName"), "b.txt");
}

TEST_F(Metadata, IsInTheCatalogue) {
  const auto rows = operation::test::registered(&register_metadata, "metadata").records(context_.catalogue());
  ASSERT_EQ(rows.size(), 1U);
}

TEST_F(Metadata, ThatCannotBeReadIsAFailure) {
  context_.add_input("a.txt", "text");
  for (const auto* const output : {"", "[]", "{}", "[1]", "[{\"a\":", "[{},{}]"}) {
    context_.output = output;
    EXPECT_EQ(run().error().code, ErrorCode::conversion_failed) << output;
  }
}

}  // namespace
}  // namespace recast::operations
