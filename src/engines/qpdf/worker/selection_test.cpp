#include "engines/qpdf/worker/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recast::engines::qpdf {
namespace {

using testing::ElementsAre;

Result<std::vector<std::size_t>> select(std::string_view list, std::size_t count) {
  return select_pages(*format::PageList::parse(list), count);
}

TEST(Selection, KeepsOrderAndRepetition) {
  EXPECT_THAT(*select("3,1-2,3", 3), ElementsAre(2, 0, 1, 2));
  EXPECT_THAT(*select("", 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(*select("2-", 3), ElementsAre(1, 2));
}

TEST(Selection, DropsPagesBehindTheEnd) {
  EXPECT_THAT(*select("2-9,7", 3), ElementsAre(1, 2));
  EXPECT_EQ(select("4", 3).error().message, "no such page");
  EXPECT_EQ(select("4-", 3).error().field, "pages");
}

TEST(Selection, HasABound) { EXPECT_EQ(select("1-,1-", 60'000).error().code, ErrorCode::page_limit); }

}  // namespace
}  // namespace recast::engines::qpdf
