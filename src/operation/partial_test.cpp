#include "operation/partial.hpp"

#include <gtest/gtest.h>

#include "operation/fake_context.hpp"

namespace recast::operation {
namespace {

struct Import {
  std::string url;
  std::string filename;
  std::vector<std::string> files;
  static constexpr auto fields = std::tuple{
      schema::field(&Import::url, "url", "Where from.", {.required = true, .aliases = {"address"}}),
      schema::field(&Import::filename, "filename", "Its name."),
      schema::field(&Import::files, "files", "Files."),
  };
};
Result<> check_import(const Import& options, const engine::Catalogue&) {
  if (options.url.starts_with("http")) return {};
  return fail(ErrorCode::invalid_data, "The url is wrong.", "url");
}

Error import(const json::object& options) {
  const auto operation = define<Import>({.name = "import/url", .summary = "Fetches."}, nullptr, &check_import);
  const auto done = check_partial(operation, options, test::empty_catalogue());
  return done ? Error{} : done.error();
}

TEST(Partial, RequiresNothing) {
  EXPECT_EQ(import({}).message, "");
  EXPECT_EQ(import({{"filename", "a"}}).message, "");
  EXPECT_EQ(import({{"url", nullptr}}).message, "");
  EXPECT_EQ(import({{"url", ""}}).message, "");
}

TEST(Partial, NamesAnOptionThatNobodyKnows) {
  const auto mistyped = import({{"filname", "a"}});
  EXPECT_EQ(mistyped.code, ErrorCode::invalid_data);
  EXPECT_EQ(mistyped.field, "filname");
  EXPECT_EQ(mistyped.message, "The option filname is not known to import/url. Did you mean filename?");
  EXPECT_EQ(import({{"something", 1}}).message, "The option something is not known to import/url.");
  EXPECT_EQ(import({{"something", nullptr}}).field, "something");
}

TEST(Partial, ChecksOptionsAsATaskDoes) {
  EXPECT_EQ(import({{"filename", json::array{}}}).message, "The filename must be a string.");
  EXPECT_EQ(import({{"files", {{"a", 1}}}}).field, "files");
  EXPECT_EQ(import({{"url", "ftp://x"}}).message, "The url is wrong.");
  EXPECT_EQ(import({{"address", "ftp://x"}}).message, "The url is wrong.");
  EXPECT_EQ(import({{"address", "http://x"}}).message, "");
}

}  // namespace
}  // namespace recast::operation
