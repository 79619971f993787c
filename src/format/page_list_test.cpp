#include "format/page_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace recast::format {
namespace {

std::string show(const std::vector<PageList::Range>& ranges) {
  std::string text;
  for (const auto [first, last] : ranges) {
    if (!text.empty()) text += ' ';
    text += std::to_string(first) + ":" + std::to_string(last);
  }
  return text;
}

std::string parsed(std::string_view text) {
  const auto list = PageList::parse(text);
  return list ? show(list->ranges()) : list.error().field;
}

TEST(PageList, ReadsPagesAndRangesInTheirOrder) {
  EXPECT_EQ(parsed("3"), "3:3");
  EXPECT_EQ(parsed("1-2"), "1:2");
  EXPECT_EQ(parsed("1,2,5-7"), "1:1 2:2 5:7");
  EXPECT_EQ(parsed("7,1,7"), "7:7 1:1 7:7");
}

TEST(PageList, TakesOpenEndsAndBlanks) {
  EXPECT_EQ(parsed("5-"), "5:0");
  EXPECT_EQ(parsed("-3"), "1:3");
  EXPECT_EQ(parsed(" 1 , 3 - 4 "), "1:1 3:4");
}

TEST(PageList, AnEmptyListMeansAllPages) {
  ASSERT_TRUE(PageList::parse(""));
  EXPECT_TRUE(PageList::parse("")->all());
  EXPECT_TRUE(PageList::parse("  ")->all());
  EXPECT_FALSE(PageList::parse("1")->all());
}

TEST(PageList, RefusesAnythingElse) {
  for (const auto* text : {"0", "0-", "-0", "1-0", "5-2", "-", "--1", "1--2", "a", "1,", ",1", "1,,2", "1;2", "1.5",
                           "+1", "1-2-3", "99999999999", "1 2", "one"}) {
    EXPECT_EQ(parsed(text), "pages") << text;
  }
  EXPECT_EQ(PageList::parse("0").error().code, ErrorCode::invalid_data);
}

TEST(PageList, RefusesMoreThanAThousandRanges) {
  std::string text = "1";
  for (int i = 1; i < 1'000; ++i) text += ",1";
  EXPECT_TRUE(PageList::parse(text));
  EXPECT_FALSE(PageList::parse(text + ",1"));
}

TEST(PageList, MergesOverlapsAndNeighbours) {
  EXPECT_EQ(show(PageList::parse("5-7,1,2,6-9,20")->merged()), "1:2 5:9 20:20");
  EXPECT_EQ(show(PageList::parse("8,3-,1")->merged()), "1:1 3:0");
  EXPECT_EQ(show(PageList::parse("1-1000000000,1000000000")->merged()), "1:1000000000");
}

TEST(PageList, KnowsWhenItNamesOnePage) {
  EXPECT_EQ(PageList::parse("3")->single(), 3);
  EXPECT_EQ(PageList::parse("3-3")->single(), 3);
  EXPECT_FALSE(PageList::parse("3-")->single());
  EXPECT_FALSE(PageList::parse("1,2")->single());
  EXPECT_FALSE(PageList::parse("")->single());
}

}  // namespace
}  // namespace recast::format
