#include "operations/command/words.hpp"

#include <gtest/gtest.h>

namespace recast::operations::command {
namespace {

using Words = std::vector<std::string>;

TEST(CommandWords, ArePartedAsAShellDoes) {
  EXPECT_EQ(split_words("-i  /input/a/b.mov\n-an"), (Words{"-i", "/input/a/b.mov", "-an"}));
  EXPECT_EQ(split_words(R"(-metadata title='It''s "me"' "a \"b\" \n" c\ d)"),
            (Words{"-metadata", "title=Its \"me\"", "a \"b\" \\n", "c d"}));
  EXPECT_EQ(split_words("'' \"\""), (Words{"", ""}));
  EXPECT_EQ(split_words("   "), Words{});
}

TEST(CommandWords, KnowNothingElseOfAShell) {
  EXPECT_EQ(split_words("$HOME `id` ; rm * >x | y && z"),
            (Words{"$HOME", "`id`", ";", "rm", "*", ">x", "|", "y", "&&", "z"}));
}

TEST(CommandWords, RefuseWhatHasNoEnd) {
  for (const std::string_view text : {"'abc", "\"abc", "abc\\", "\"abc\\\""}) {
    const auto words = split_words(text);
    ASSERT_FALSE(words) << text;
    EXPECT_EQ(words.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(words.error().field, "arguments");
  }
}

TEST(CommandWords, RefuseControlCharactersAndFloods) {
  EXPECT_FALSE(split_words(std::string("a\0b", 3)));
  EXPECT_FALSE(split_words("a\x1b[31m"));
  EXPECT_FALSE(split_words("\xff\xfe"));
  EXPECT_FALSE(split_words(std::string(kLongestArguments + 1, 'a')));
  std::string many;
  for (std::size_t i = 0; i <= kMostWords; ++i) many += "a ";
  EXPECT_FALSE(split_words(many));
}

}  // namespace
}  // namespace recast::operations::command
