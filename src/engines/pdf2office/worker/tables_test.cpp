#include "engines/pdf2office/worker/tables.hpp"

#include <gtest/gtest.h>

#include "engines/pdf2office/worker/sheets.hpp"
#include "engines/pdf2office/worker/test_pages.hpp"

namespace recast::engines::pdf2office {
namespace {

using test::Pages;

std::string text_of(const Grid& grid) {
  std::string text;
  for (const auto& row : grid) {
    for (const auto& cell : row) text += (cell.hidden ? "~" : cell.text) + "|";
    text += "\n";
  }
  return text;
}

/// Lines of a grid 100 points wide columns, 20 points high rows, from (50, 100).
Pages& grid(Pages& pages, int columns, int rows) {
  const auto right = 50 + 100.0 * columns, bottom = 100 + 20.0 * rows;
  for (int r = 0; r <= rows; ++r) pages.rule(50, 100 + 20.0 * r, right, 100 + 20.0 * r);
  for (int c = 0; c <= columns; ++c) pages.rule(50 + 100.0 * c, 100, 50 + 100.0 * c, bottom);
  return pages;
}

TEST(RuledTables, CellsAreWhatLinesEnclose) {
  Pages pages;
  grid(pages.page(), 2, 2).line(60, 115, "Name").line(160, 115, "Price").line(60, 135, "Tea").line(160, 135, "2.50");
  const auto document = pages.read();
  const auto tables = page_tables(*document.pages.front());
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_TRUE(tables[0].ruled);
  EXPECT_EQ(text_of(tables[0].rows), "Name|Price|\nTea|2.50|\n");
  EXPECT_EQ(tables[0].ys.size(), 3U);
}

TEST(RuledTables, MissingLinesMakeSpans) {
  Pages pages;
  pages.page().line(60, 115, "Across").line(60, 135, "a").line(160, 135, "b");
  for (const double y : {100, 120, 140}) pages.rule(50, y, 250, y);
  pages.rule(50, 100, 50, 140).rule(250, 100, 250, 140).rule(150, 120, 150, 140);
  const auto document = pages.read();
  const auto tables = page_tables(*document.pages.front());
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(text_of(tables[0].rows), "Across|~|\na|b|\n");
  EXPECT_EQ(tables[0].rows[0][0].columns, 2);
}

TEST(RuledTables, ABoxAroundTextIsNone) {
  Pages pages;
  pages.page().line(60, 115, "Just a box").rule(50, 100, 250, 100).rule(50, 120, 250, 120);
  pages.rule(50, 100, 50, 120).rule(250, 100, 250, 120);
  EXPECT_TRUE(page_tables(*pages.read().pages.front()).empty());
}

Pages& prices(Pages& pages) {
  pages.line(50, 100, "Item").line(200, 100, "Count").line(300, 100, "Price");
  pages.line(50, 112, "Green tea").line(200, 112, "12").line(300, 112, "2.50");
  pages.line(50, 124, "Milk").line(200, 124, "7").line(300, 124, "1.10");
  return pages.line(50, 136, "Dark bread").line(200, 136, "120").line(300, 136, "3.00");
}

TEST(WhiteTables, ColumnsAreWhatWhitePartsInAllRows) {
  Pages pages;
  const auto document = prices(pages.page()).read();
  const auto tables = page_tables(*document.pages.front());
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_FALSE(tables[0].ruled);
  EXPECT_EQ(text_of(tables[0].rows), "Item|Count|Price|\nGreen tea|12|2.50|\nMilk|7|1.10|\nDark bread|120|3.00|\n");
}

TEST(WhiteTables, ListsLeadersAndProseAreNone) {
  Pages list, leaders, prose;
  list.page();
  leaders.page();
  prose.page();
  for (int i = 0; i < 6; ++i) {
    list.line(50, 100 + 12.0 * i, "\u2022").line(80, 100 + 12.0 * i, "an item of a list");
    leaders.line(50, 100 + 12.0 * i, "Chapter").line(120, 100 + 12.0 * i, "..........").line(200, 100 + 12.0 * i, "7");
    prose.line(50, 100 + 12.0 * i, "words of a column that runs on and on and on")
        .line(300, 100 + 12.0 * i, "and of a second that runs on and on as well");
  }
  for (auto* pages : {&list, &leaders, &prose}) EXPECT_TRUE(page_tables(*pages->read().pages.front()).empty());
}

TEST(Sheets, ATableGoesOnOnTheNextPageWithoutItsHeading) {
  Pages pages;
  prices(pages.page());
  prices(pages.page());
  const auto document = pages.read();
  const auto sheets = sheets_of(document, {});
  ASSERT_EQ(sheets.size(), 1U);
  EXPECT_EQ(sheets[0].rows.size(), 7U);
  const auto apart = sheets_of(document, {.single = false});
  ASSERT_EQ(apart.size(), 1U) << "a continued table stays on its first page's sheet";
  EXPECT_EQ(apart[0].name, "Page 1");
}

TEST(Sheets, TextBesidesTablesComesIfWanted) {
  Pages pages;
  const auto document = prices(pages.page().line(50, 40, "Our prices")).read();
  EXPECT_EQ(sheets_of(document, {}).front().rows.size(), 4U);
  const auto all = sheets_of(document, {.all = true});
  EXPECT_EQ(all.front().rows.front().front().text, "Our prices");
  EXPECT_EQ(all.front().rows.size(), 6U) << "an empty row parts them";
}

TEST(Sheets, ADocumentWithoutTablesHasAnEmptyOne) {
  Document nothing;
  ASSERT_EQ(sheets_of(nothing, {}).size(), 1U);
  EXPECT_TRUE(sheets_of(nothing, {}).front().rows.empty());
}

TEST(Values, AreNumbersDashesAndTheirSigns) {
  for (const auto* const text : {"12", "(1,234.5)", "\u2013", "n/a", "12 %", "EUR 5", "1 000", ""}) {
    EXPECT_TRUE(is_value(text)) << text;
  }
  for (const auto* const text : {"word", "1 2 3 go on", "a1b2c3d4"}) EXPECT_FALSE(is_value(text)) << text;
}

}  // namespace
}  // namespace recast::engines::pdf2office
