#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <map>

#include "base/text.hpp"
#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_import_base64(operation::Registry& registry);

namespace {

using operation::test::check_error;
using operation::test::FakeContext;

operation::Operation import_base64() { return operation::test::registered(&register_import_base64, "import/base64"); }

TEST(ImportBase64, DecodesForgivingly) {
  const std::string content("\0\xff\xfe binary\n", 11);
  auto url_safe = to_base64(content);
  for (auto& c : url_safe) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (url_safe.ends_with('=')) url_safe.pop_back();
  for (const auto& text : {to_base64(content), "data:image/png;base64," + to_base64(content),
                           " " + to_base64(content) + "\r\n", url_safe}) {
    FakeContext context;
    ASSERT_EQ(check_error(import_base64(), {{"file", text}, {"filename", "a.bin"}}).message, "") << text;
    const auto outcome = import_base64().run(context, {{"file", text}, {"filename", "a.bin"}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->files.at(0).name, "a.bin");
    EXPECT_EQ(outcome->files.at(0).size, content.size());
    EXPECT_EQ(test::read_file(outcome->files.at(0).path), content);
  }
}

TEST(ImportBase64, RefusesWhatDoesNotDecode) {
  for (const auto* const text : {"a", "%%%%", "YWJj!", "data:x,YWJj"}) {
    const auto error = check_error(import_base64(), {{"file", text}, {"filename", "a.bin"}});
    EXPECT_EQ(error.code, ErrorCode::invalid_data);
    EXPECT_EQ(error.field, "file");
    EXPECT_EQ(error.message, "The file must be a valid base64 string.");
  }
  EXPECT_EQ(check_error(import_base64(), {{"file", ""}, {"filename", "a"}}).message, "The file field is required.");
  EXPECT_EQ(check_error(import_base64(), {{"file", "YWJj"}, {"filename", " "}}).message,
            "The filename field is required.");
  for (const operation::json::value& file : {operation::json::value(true), operation::json::value(1234),
                                             operation::json::value(operation::json::array{"YWJj"})}) {
    const auto error = check_error(import_base64(), {{"file", file}, {"filename", "a.bin"}});
    EXPECT_EQ(error.field, "file");
    EXPECT_EQ(error.message, "The file must be a string.");
  }
  EXPECT_EQ(check_error(import_base64(), {{"file", " \n"}, {"filename", "a"}}).message, "The file field is required.");
  EXPECT_EQ(check_error(import_base64(), {{"file", "="}, {"filename", "a"}}).message,
            "The file must be a valid base64 string.");
  EXPECT_EQ(import_base64().hidden, std::vector<std::string>{"file"});
}

TEST(ImportBase64, CompletesANameWithoutExtension) {
  for (const auto& [content, name] : std::map<std::string, std::string>{
           {"%PDF-1.4\n", "scan.pdf"}, {"plain words\n", "scan.txt"}, {std::string("\0\1\2\3", 4), "scan"}}) {
    FakeContext context;
    const auto outcome = import_base64().run(context, {{"file", to_base64(content)}, {"filename", "scan"}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->files.at(0).name, name);
  }
}

}  // namespace
}  // namespace recast::operations
