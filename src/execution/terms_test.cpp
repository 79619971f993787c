#include "execution/terms.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "../../tests/support/temporary_folder.hpp"

namespace recast::execution {
namespace {

class Terms : public testing::Test {
 protected:
  operation::Files made(const std::string& name, const std::string& content) {
    const auto path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << content;
    return {{name, "", content.size(), path}};
  }
  test::TemporaryFolder folder_;
};

TEST_F(Terms, BoundTheFilesOfImports) {
  const job::TaskTerms terms{.largest_file = 3, .formats = std::vector<std::string>{"pdf"}, .keep = {}};
  EXPECT_TRUE(within_terms("import/url", terms, made("a.txt", "abc")));
  EXPECT_EQ(within_terms("import/url", terms, made("a.txt", "abcd")).error().code, ErrorCode::file_too_large);
  EXPECT_TRUE(within_terms("export/url", terms, made("a.txt", "abcd")));
}

TEST_F(Terms, BoundTheFormatsThatWorkMakes) {
  const job::TaskTerms terms{.largest_file = 1, .formats = std::vector<std::string>{"png", "txt"}, .keep = {}};
  EXPECT_TRUE(within_terms("command", terms, made("a.txt", "some text")));
  const auto wrong = within_terms("command", terms, made("a.mp4", "x"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::forbidden);
  EXPECT_EQ(wrong.error().message, "The quota does not allow files of the format mp4.");
  EXPECT_FALSE(within_terms("command", terms, made("noname", "x")));
}

TEST_F(Terms, AreNotDodgedByANameThatIsNotTrue) {
  const job::TaskTerms terms{.largest_file = {}, .formats = std::vector<std::string>{"png"}, .keep = {}};
  EXPECT_EQ(within_terms("command", terms, made("a.png", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")).error().message,
            "The quota does not allow what a.png contains.");
}

TEST_F(Terms, LetEverythingThroughWhereNothingIsSaid) {
  EXPECT_TRUE(within_terms("convert", {}, made("a.mp4", "x")));
  EXPECT_TRUE(within_terms("import/url", {}, made("a.mp4", "x")));
}

}  // namespace
}  // namespace recast::execution
