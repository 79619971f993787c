#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_metadata_write(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;
using operation::test::FakeEngine;

class MetadataWrite : public testing::Test {
 protected:
  MetadataWrite()
      : engine_({.name = "exiftool",
                 .abilities = {{.operation = "metadata/write",
                                .conversions = {{"txt", "", 10, {}}},
                                .options = {operation::test::option("metadata")}}}}),
        context_(std::vector<engine::Installation>{{.engine = &engine_, .version = "12.57"}}) {
    context_.on_execute = [](const auto&) {
      return std::vector<std::pair<std::string, std::string>>{{"out.txt", "x"}};
    };
    engine_.check = [](const engine::Request& request) -> Result<> {
      if (request.options.contains("metadata")) return {};
      return fail(ErrorCode::invalid_data, "The metadata field is required.", "metadata");
    };
  }
  static operation::Operation write() {
    return operation::test::registered(&register_metadata_write, "metadata/write");
  }

  FakeEngine engine_;
  FakeContext context_;
};

TEST_F(MetadataWrite, KeepsTheNamesOfFiles) {
  context_.add_input("Plan.TXT", "text");
  context_.add_input("Plan.TXT", "text");
  const auto outcome = write().run(context_, {{"input", "x"}, {"metadata", {{"Title", "T"}}}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->files.size(), 2U);
  EXPECT_EQ(outcome->files[0].name, "Plan.TXT");
  EXPECT_EQ(outcome->files[1].name, "Plan-1.TXT");
}

TEST_F(MetadataWrite, RenamesIfWished) {
  context_.add_input("Plan.txt", "text");
  const auto outcome = write().run(context_, {{"input", "x"}, {"metadata", {{"Title", "T"}}}, {"filename", "new.txt"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "new.txt");
}

TEST_F(MetadataWrite, ChecksTagsWhenTheTaskIsMadeWhateverTheFormat) {
  EXPECT_EQ(check_error(write(), {{"input", "x"}}, context_.catalogue()).field, "metadata");
  EXPECT_EQ(check_error(write(), {{"input", "x"}, {"metadata", {{"Title", "T"}}}}, context_.catalogue()).message, "");
}

}  // namespace
}  // namespace recast::operations
