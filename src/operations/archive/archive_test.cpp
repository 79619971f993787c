#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_archive(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;
using testing::ElementsAre;

class Archive : public testing::Test {
 protected:
  Archive()
      : engine_({.name = "archivetool",
                 .abilities = {{.operation = "archive",
                                .conversions = {{"", "zip", 10, {}}, {"", "tar.gz", 10, {}}},
                                .most_inputs = 10'000}}}),
        context_(std::vector<engine::Installation>{{.engine = &engine_, .version = "1.0"}}) {
    context_.on_execute = [](const auto&) {
      return std::vector<std::pair<std::string, std::string>>{{"out.zip", "PK"}};
    };
  }
  static operation::Operation archive() { return operation::test::registered(&register_archive, "archive"); }

  FakeEngine engine_;
  FakeContext context_;
};

TEST_F(Archive, HandsAllFilesOverWithTheirFoldersAndUniqueNames) {
  context_.add_input("a.txt", "1");
  context_.add_input("a.txt", "2");
  context_.add_input("a.txt", "3", "sub/folder");
  const auto outcome = archive().run(context_, {{"input", "x"}, {"output_format", "zip"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(context_.executions.size(), 1U);
  EXPECT_THAT(context_.executions[0].client_names, ElementsAre("a.txt", "a-1.txt", "sub/folder/a.txt"));
  EXPECT_EQ(outcome->files.size(), 1U);
}

TEST_F(Archive, IsCalledArchiveOrAsWished) {
  context_.add_input("a.txt", "1", "sub");
  auto outcome = archive().run(context_, {{"input", "x"}, {"output_format", "zip"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "archive.zip");
  EXPECT_EQ(outcome->files.at(0).dir, "");
  outcome = archive().run(context_, {{"input", "x"}, {"output_format", "zip"}, {"filename", "../all of it.zip"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->files.at(0).name, "all of it.zip");
}

TEST_F(Archive, KnowsTheOtherSpellingsOfFormats) {
  context_.add_input("a.txt", "1");
  const auto outcome = archive().run(context_, {{"input", "x"}, {"output_format", "targz"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "archive.tar.gz");
}

TEST_F(Archive, SaysWhenTheTaskRunsThatAFormatCannotBeMade) {
  context_.add_input("a.txt", "1");
  EXPECT_EQ(check_error(archive(), {{"input", "x"}, {"output_format", "rar"}}, context_.catalogue()).message, "");
  const auto outcome = archive().run(context_, {{"input", "x"}, {"output_format", "rar"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::invalid_conversion_type);
}

TEST_F(Archive, NeedsAFormatAndAFile) {
  EXPECT_EQ(check_error(archive(), {{"input", "x"}}, context_.catalogue()).field, "output_format");
  EXPECT_EQ(archive().run(context_, {{"input", "x"}, {"output_format", "zip"}}).error().code,
            ErrorCode::input_task_failed);
}

TEST_F(Archive, ListsOutputFormatsOnlyInTheCatalogue) {
  for (const auto& record : archive().records(context_.catalogue())) {
    EXPECT_EQ(record.from, "");
    EXPECT_NE(record.to, "");
  }
}

}  // namespace
}  // namespace recast::operations
