#include "engines/pdf2office/worker/page_text.hpp"

#include <gtest/gtest.h>

#include "engines/pdf2office/worker/faces.hpp"
#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/test_pages.hpp"

namespace recast::engines::pdf2office {
namespace {

using test::Pages;
using test::texts;

TEST(PageText, WordsEndAtSpacesAtGapsAndAtOtherLooks) {
  const auto document =
      Pages().page().line(10, 20, "one two").line(60, 20, "three").line(200, 20, "f", {.size = 8}).read();
  ASSERT_EQ(document.pages.size(), 1U);
  const auto& page = *document.pages.front();
  EXPECT_EQ(texts(page.words), "one|two|three|f");
  EXPECT_EQ(page.words[0]->after, After::space);
  EXPECT_EQ(page.words[1]->after, After::gap);
  EXPECT_DOUBLE_EQ(page.words[0]->x1, 25);
  EXPECT_DOUBLE_EQ(page.words[0]->y0, 12);
  EXPECT_EQ(page.words[0]->face->family, "Arial");
  EXPECT_TRUE(page.real_spaces);
}

TEST(PageText, AWordPrintedTwiceIsBoldOnce) {
  const auto document = Pages().page().line(10, 20, "fat").line(10.3, 20.2, "fat").line(10, 40, "thin").read();
  const auto& words = document.pages.front()->words;
  EXPECT_EQ(texts(words), "fat|thin");
  EXPECT_TRUE(words[0]->bold);
  EXPECT_FALSE(words[1]->bold);
}

TEST(PageText, ArabicIsPutInReadingOrder) {
  // As painted: from left to right, in presentation forms. The number keeps its order.
  const auto document =
      Pages().page().line(10, 20, "\uFEB3\uFEFC\uFEE1", {.right_to_left = true}).line(10, 40, "12\u0627").read();
  const auto& words = document.pages.front()->words;
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0]->text, "\u0633\u0644\u0627\u0645");  // the ligature is two letters
  EXPECT_EQ(words[1]->text, "\u062712");
  EXPECT_TRUE(is_right_to_left(words));
}

TEST(PageText, RightToLeftLinesKeepWhatIsLeftToRightInThem) {
  const std::string beh = "\u0628\u0628\u0628\u0628\u0628\u0628", alef = "\u0627\u0627\u0627\u0627\u0627\u0627";
  const auto document = Pages().page().line(10, 20, beh).line(60, 20, "two words").line(120, 20, alef).read();
  const auto rows = text_rows(document.pages.front()->words);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(texts(in_reading_order(rows.front())), alef + "|two|words|" + beh);
}

TEST(PageText, NamesOfFontsTellTheirLook) {
  const auto face = face_of("ABCDEF+TimesNewRomanPS-BoldItalicMT");
  EXPECT_EQ(face.family, "Times New Roman");
  EXPECT_TRUE(face.bold && face.italic && !face.mono);
  EXPECT_EQ(face_of("CMBX10").family, "Times New Roman");
  EXPECT_TRUE(face_of("CMBX10").bold);
  EXPECT_EQ(face_of("CMTT12").family, "Courier New");
  EXPECT_EQ(face_of("LiberationSans").family, "Liberation Sans");
  EXPECT_EQ(face_of("").family, "Times New Roman");
  EXPECT_EQ(face_of(std::string(5'000'000, '-')).family, "Times New Roman");
}

TEST(PageText, AFloodOfPagesIsRefused) {
  std::string flood = "<document>";
  for (int i = 0; i < 5'001; ++i) flood += "<page width='1' height='1'/>";
  Document document;
  const auto result = read_text(pieces_of(flood), document);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::page_limit);
  EXPECT_EQ(result.error().field, "pages");
}

TEST(PageText, SmallRaisedSignsStayInTheirLine) {
  const auto document =
      Pages().page().line(10, 100, "H").line(15, 103, "2", {.size = 6}).line(18, 100, "O").line(10, 120, "next").read();
  const auto rows = text_rows(document.pages.front()->words);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(texts(rows[0]), "H|2|O");
}

}  // namespace
}  // namespace recast::engines::pdf2office
