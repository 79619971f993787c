#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_archive_extract(operation::Registry& registry);

namespace {

using operation::test::FakeContext;
using operation::test::FakeEngine;

class ArchiveExtract : public testing::Test {
 protected:
  ArchiveExtract()
      : engine_({.name = "archivetool",
                 .abilities = {{.operation = "archive/extract", .conversions = {{"zip", "", 10, {}}}}}}),
        context_(std::vector<engine::Installation>{{.engine = &engine_, .version = "1.0"}}) {
    context_.on_execute = [](const auto&) {
      return std::vector<std::pair<std::string, std::string>>{{"out-1", "one"}, {"out-2", "two"}};
    };
    context_.names = {"a.txt", "sub/folder/b.txt"};
  }
  void add_archive() { context_.add_input("a.zip", std::string("PK\5\6") + std::string(18, '\0')); }
  static operation::Operation extract() {
    return operation::test::registered(&register_archive_extract, "archive/extract");
  }

  FakeEngine engine_;
  FakeContext context_;
};

TEST_F(ArchiveExtract, GivesEveryFileItsNameAndFolder) {
  add_archive();
  const auto outcome = extract().run(context_, {{"input", "x"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 2U);
  EXPECT_EQ(outcome->files[0].name, "a.txt");
  EXPECT_EQ(outcome->files[0].dir, "");
  EXPECT_EQ(outcome->files[0].size, 3U);
  EXPECT_EQ(outcome->files[1].name, "b.txt");
  EXPECT_EQ(outcome->files[1].dir, "sub/folder");
  EXPECT_EQ(outcome->message, "");
}

TEST_F(ArchiveExtract, TakesNamesFromWhereAProgramPutTheFiles) {
  add_archive();
  context_.names.clear();
  context_.on_execute = [&](const auto&) {
    std::filesystem::create_directories(context_.work() / "run-1/out/sub/out");
    return std::vector<std::pair<std::string, std::string>>{{"out/a.txt", "one"}, {"out/sub/out/b.txt", "two"}};
  };
  const auto outcome = extract().run(context_, {{"input", "x"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 2U);
  EXPECT_EQ(outcome->files[0].name, "a.txt");
  EXPECT_EQ(outcome->files[1].dir, "sub/out");
}

TEST_F(ArchiveExtract, FilesOfSeveralArchivesHaveUniqueNames) {
  add_archive();
  add_archive();
  const auto outcome = extract().run(context_, {{"input", "x"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 4U);
  EXPECT_EQ(outcome->files[2].name, "a-1.txt");
  EXPECT_EQ(outcome->files[3].name, "b-1.txt");
  EXPECT_EQ(outcome->files[3].dir, "sub/folder");
}

TEST_F(ArchiveExtract, TellsWhatWasLeftOut) {
  add_archive();
  context_.answer = {{"left_out", 3}};
  const auto outcome = extract().run(context_, {{"input", "x"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->message, "3 entries were left out, for they are links or devices.");
}

TEST_F(ArchiveExtract, SaysThatNothingMatches) {
  add_archive();
  context_.on_execute = [](const auto&) { return std::vector<std::pair<std::string, std::string>>{}; };
  context_.names = {};
  const auto outcome = extract().run(context_, {{"input", "x"}, {"pattern", "*.pdf"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::conversion_failed);
  EXPECT_EQ(outcome.error().field, "pattern");
  const auto all = extract().run(context_, {{"input", "x"}});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->message, "The archive holds no files.");
}

TEST_F(ArchiveExtract, DoesNotTakeAFileForAnArchiveThatIsNone) {
  context_.add_input("a.zip", "\x89PNG\r\n\x1a\n and more");
  EXPECT_EQ(extract().run(context_, {{"input", "x"}}).error().code, ErrorCode::open_failed);
  FakeContext text(std::vector<engine::Installation>{{.engine = &engine_, .version = "1.0"}});
  text.add_input("a.txt", "text");
  EXPECT_EQ(extract().run(text, {{"input", "x"}}).error().code, ErrorCode::invalid_conversion_type);
}

}  // namespace
}  // namespace recast::operations
