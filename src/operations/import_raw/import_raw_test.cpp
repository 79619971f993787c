#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_import_raw(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;

operation::Operation import_raw() { return operation::test::registered(&register_import_raw, "import/raw"); }

TEST(ImportRaw, KeepsEveryByte) {
  FakeContext context;
  const std::string content("  <h1>\0ü</h1>\r\n ", 17);
  const auto outcome = import_raw().run(context, {{"file", content}, {"filename", " ../a/hello.html "}});
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->files.size(), 1u);
  EXPECT_EQ(outcome->files[0].name, "hello.html");
  EXPECT_EQ(outcome->files[0].size, content.size());
  EXPECT_EQ(test::read_file(outcome->files[0].path), content);
}

TEST(ImportRaw, TakesAnEmptyFile) {
  FakeContext context;
  EXPECT_EQ(check_error(import_raw(), {{"file", ""}, {"filename", "a.txt"}}).message, "");
  EXPECT_TRUE(import_raw().run(context, {{"file", ""}, {"filename", "a.txt"}}));
}

TEST(ImportRaw, CompletesANameWithoutExtension) {
  FakeContext context;
  const auto outcome = import_raw().run(context, {{"file", "<html><body>x</body></html>"}, {"filename", "page"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->files.at(0).name, "page.html");
}

TEST(ImportRaw, NeedsBothMembersAndHidesTheContent) {
  EXPECT_EQ(check_error(import_raw(), {{"filename", "a.txt"}}).message, "The file field is required.");
  EXPECT_EQ(check_error(import_raw(), {{"file", "x"}}).message, "The filename field is required.");
  EXPECT_EQ(check_error(import_raw(), {{"file", "\xff"}, {"filename", "a.txt"}}).field, "file");
  EXPECT_EQ(import_raw().hidden, std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace recast::operations
