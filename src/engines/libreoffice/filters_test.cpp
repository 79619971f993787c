#include "engines/libreoffice/filters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace recast::libreoffice {
namespace {

int rank(std::string_view from, std::string_view to) {
  const auto found = std::ranges::find_if(conversions(), [&](const auto& p) { return p.from == from && p.to == to; });
  return found == conversions().end() ? -1 : found->rank;
}

TEST(Filters, TurnEveryOfficeFormatIntoPdfAndImages) {
  for (const auto* const from : {"doc",  "docx", "docm", "dot", "dotx", "odt", "ott", "rtf", "txt", "html",
                                 "xls",  "xlsx", "xlsm", "xlt", "xltx", "ods", "csv", "tsv", "ppt", "pptx",
                                 "pptm", "pot",  "potx", "pps", "ppsx", "odp", "odg", "key", "wpd"}) {
    for (const auto* const to : {"pdf", "png", "jpg"}) EXPECT_TRUE(converts(from, to)) << from << " to " << to;
  }
}

TEST(Filters, ConvertWithinAFamilyOnly) {
  for (const auto& [from, to] : {std::pair{"docx", "odt"},
                                 {"odt", "doc"},
                                 {"doc", "rtf"},
                                 {"rtf", "txt"},
                                 {"txt", "html"},
                                 {"html", "docx"},
                                 {"xlsx", "ods"},
                                 {"ods", "xls"},
                                 {"xls", "csv"},
                                 {"csv", "html"},
                                 {"csv", "csv"},
                                 {"html", "xlsx"},
                                 {"pptx", "odp"},
                                 {"odp", "ppt"}}) {
    EXPECT_TRUE(converts(from, to)) << from << " to " << to;
  }
  EXPECT_FALSE(converts("docx", "xlsx"));
  EXPECT_FALSE(converts("pptx", "csv"));
  EXPECT_FALSE(converts("odt", "odt"));
  EXPECT_FALSE(converts("pdf", "docx"));
}

TEST(Filters, LeaveToOthersWhatOthersDoBetter) {
  EXPECT_EQ(rank("docx", "pdf"), 10);
  EXPECT_EQ(rank("txt", "pdf"), 10);
  EXPECT_EQ(rank("html", "pdf"), 60);
  EXPECT_EQ(rank("cdr", "pdf"), 60);
}

TEST(Filters, ReadAWebPageAsTextUnlessASheetIsWanted) {
  EXPECT_EQ(find_import("html", "docx")->module, Module::writer);
  EXPECT_EQ(find_import("html", "png")->module, Module::writer);
  EXPECT_EQ(find_import("html", "xlsx")->module, Module::calc);
}

TEST(Filters, ListEachPairOnce) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& pair : conversions()) EXPECT_TRUE(seen.emplace(pair.from, pair.to).second) << pair.from << pair.to;
}

}  // namespace
}  // namespace recast::libreoffice
