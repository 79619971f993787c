#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_import_upload(operation::Registry& registry);

namespace {

using operation::test::check_error;

TEST(ImportUpload, IsCompletedByAClientOnly) {
  const auto operation = operation::test::registered(&register_import_upload, "import/upload");
  EXPECT_EQ(operation.load, operation::Load::none);
  EXPECT_FALSE(operation.needs_input);
  EXPECT_FALSE(operation.run);
}

TEST(ImportUpload, RedirectsToWebAddressesOnly) {
  const auto operation = operation::test::registered(&register_import_upload, "import/upload");
  EXPECT_EQ(check_error(operation, {}).message, "");
  EXPECT_EQ(check_error(operation, {{"redirect", nullptr}}).message, "");
  EXPECT_EQ(check_error(operation, {{"redirect", "https://example.org/done?x=1"}, {"filename", "x"}}).message, "");
  for (const auto* const bad :
       {"javascript:alert(1)", "/done", "example.org", "ftp://example.org/", "https://example.org/a b"}) {
    const auto error = check_error(operation, {{"redirect", bad}});
    EXPECT_EQ(error.field, "redirect") << bad;
    EXPECT_EQ(error.message, "The redirect format is invalid.");
  }
}

}  // namespace
}  // namespace recast::operations
