#include "engines/pdf2office/worker/numbers.hpp"

#include <gtest/gtest.h>

namespace recast::engines::pdf2office {
namespace {

struct Case {
  const char* text;
  char mark;
  double value;
  const char* format;
};

TEST(Numbers, AreReadAsPeopleWriteThem) {
  constexpr Case kCases[] = {{"12", '.', 12, "General"},
                             {"1,234.50", '.', 1234.5, "#,##0.00"},
                             {"1.234,50", ',', 1234.5, "#,##0.00"},
                             {"1 234", ',', 1234, "#,##0"},
                             {"1'234'567", '.', 1234567, "#,##0"},
                             {"-3.5", '.', -3.5, "0.0"},
                             {"\u22123", '.', -3, "General"},
                             {"3-", '.', -3, "General"},
                             {"(12)", '.', -12, "0_);(0)"},
                             {"12.5 %", '.', 0.125, "0.0%"},
                             {"$1,000", '.', 1000, "\"$\"#,##0"},
                             {"10,00 EUR", ',', 10, "0.00 \"EUR\""},
                             {"1.5E+03", '.', 1500, "0.0E+00"},
                             {".5", '.', 0.5, "0.0"},
                             {"0", '.', 0, "General"}};
  for (const auto& one : kCases) {
    const auto number = parse_number(one.text, one.mark);
    ASSERT_TRUE(number) << one.text;
    EXPECT_DOUBLE_EQ(number->value, one.value) << one.text;
    EXPECT_EQ(number->format, one.format) << one.text;
  }
}

TEST(Numbers, OtherTextsStayText) {
  for (const auto* const text : {"007", "1.2.3", "12345678901234567", "1,23", "12,", "(12", "1e999", "12 apples", "",
                                 "-", "$", "1,2345", "2024-01-02", "+49 30 1234"}) {
    EXPECT_FALSE(parse_number(text, '.')) << text;
  }
  EXPECT_FALSE(parse_number(std::string(100'000, '1'), '.'));
}

TEST(Numbers, TheDocumentVotesForItsDecimalMark) {
  const auto mark = [](std::initializer_list<const char*> texts) {
    DecimalVote vote;
    for (const auto* text : texts) vote.hear(text);
    return vote.mark();
  };
  EXPECT_EQ(mark({}), '.');
  EXPECT_EQ(mark({"1.234", "1.234", "2,5"}), ',');
  EXPECT_EQ(mark({"1,234", "2.5"}), '.');
  EXPECT_EQ(mark({"1.234.567"}), ',');
  EXPECT_EQ(mark({"1.5", "1.5", "1.234,5"}), ',');
  EXPECT_EQ(mark({"words, words"}), '.');
}

}  // namespace
}  // namespace recast::engines::pdf2office
