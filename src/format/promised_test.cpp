#include "format/promised.hpp"

#include <gtest/gtest.h>

#include <set>

#include "format/format.hpp"

namespace recast::format {
namespace {

TEST(PromisedFormats, AreAllKnown) {
  EXPECT_EQ(promised().size(), 213U);
  EXPECT_EQ(std::set<std::string_view>(promised().begin(), promised().end()).size(), 213U);
  for (const auto token : promised()) EXPECT_NE(find(token), nullptr) << token;
}

TEST(PromisedFormats, SayWhySomeCannotBe) {
  EXPECT_TRUE(why_never_written("rar").starts_with("only its owner"));
  EXPECT_FALSE(why_never_read("dwg").empty());
  EXPECT_TRUE(why_never_read("docx").empty());
  EXPECT_TRUE(why_never_written("").empty());
}

}  // namespace
}  // namespace recast::format
