#include "engines/pdf2office/worker/flow.hpp"

#include <gtest/gtest.h>

#include "engines/pdf2office/worker/html.hpp"
#include "engines/pdf2office/worker/plain.hpp"
#include "engines/pdf2office/worker/test_pages.hpp"

namespace recast::engines::pdf2office {
namespace {

using test::Pages;

Flow flow_of_all(const Document& document) {
  return flow_of(document, [](const std::string&) { return true; });
}

std::string markdown(Pages& pages) {
  const auto document = pages.read();
  return markdown_of(flow_of_all(document));
}

TEST(Flow, LinesBecomeParagraphsAndHyphensGo) {
  Pages pages;
  pages.page().line(50, 100, "A first paragraph that goes to the edge and is divi-").line(50, 112, "ded there.");
  pages.line(50, 140, "A second one.");
  EXPECT_EQ(markdown(pages), "A first paragraph that goes to the edge and is divided there.\n\nA second one.\n\n");
}

TEST(Flow, LargerLettersAreHeadingsByLevels) {
  Pages pages;
  pages.page().line(50, 50, "Title", {.size = 20}).line(50, 90, "Part", {.size = 14});
  pages.line(50, 120, "Plain text that is long enough to count as the body of it all.");
  pages.line(50, 150, "Bold and alone", {.font = "Arial-BoldMT"});
  const auto text = markdown(pages);
  EXPECT_EQ(text.find("# Title\n\n## Part\n\nPlain"), 0U) << text;
  EXPECT_NE(text.find("### Bold and alone"), std::string::npos) << text;
}

TEST(Flow, ColumnsAreReadOneAfterTheOther) {
  Pages pages;
  pages.page();
  for (int i = 0; i < 6; ++i) {
    pages.line(50, 100 + 12.0 * i, "left words that fill the whole of a column here");
    pages.line(320, 100 + 12.0 * i, "right words that fill the other column as well");
  }
  const auto document = pages.read();
  const auto flow = flow_of_all(document);
  ASSERT_EQ(flow.pages.front().bands.size(), 1U);
  EXPECT_EQ(flow.pages.front().bands.front().columns.size(), 2U);
  const auto text = text_of(flow);
  EXPECT_LT(text.rfind("left"), text.find("right"));
}

TEST(Flow, WhatComesBackOnEveryPageIsARunningHead) {
  Pages pages;
  for (int i = 1; i <= 3; ++i) {
    pages.page().line(50, 30, "Report of the year").line(300, 780, std::to_string(i));
    pages.line(50, 200, "Text of page number " + std::string(1, static_cast<char>('A' + i)) + ".");
  }
  const auto document = pages.read();
  const auto flow = flow_of_all(document);
  for (const auto& page : flow.pages) {
    EXPECT_EQ(page.header.size(), 1U);
    EXPECT_EQ(page.footer.size(), 1U);
  }
  EXPECT_EQ(markdown_of(flow).find("Report"), std::string::npos);
}

TEST(Flow, DrawingsAreCutOutWithTheirWords) {
  Pages pages;
  pages.page().circle(200, 300, 60).circle(260, 300, 60).line(190, 300, "Set").line(50, 600, "Text below.");
  const auto document = pages.read();
  const auto crops = crops_of(document);
  ASSERT_EQ(crops.size(), 1U);
  EXPECT_EQ(crops[0].file, "figure-1-0.png");
  EXPECT_NEAR(crops[0].x0, 139, 0.1);
  EXPECT_NEAR(crops[0].x1, 321, 0.1);
  const auto with = html_of(flow_of_all(document), {});
  EXPECT_NE(with.find("<img alt=\"Set\""), std::string::npos) << with;
  const auto without = html_of(flow_of(document, [](const std::string&) { return false; }), {});
  EXPECT_NE(without.find(">Set</p>"), std::string::npos)
      << without << "words of a figure that could not be drawn stay text";
}

TEST(Flow, WordsAreNeverMarkup) {
  Pages pages;
  pages.page().line(50, 100, "<script>alert(1)</script> &amp; *a* [b](c) `d` | e");
  const auto document = pages.read();
  const auto flow = flow_of_all(document);
  EXPECT_EQ(markdown_of(flow), "\\<script\\>alert(1)\\</script\\> \\&amp; \\*a\\* \\[b\\](c) \\`d\\` \\| e\n\n");
  const auto html = html_of(flow, {});
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"), std::string::npos) << html;
}

TEST(Flow, ListsAndTablesHaveTheirForm) {
  Pages pages;
  pages.page().line(50, 100, "\u2022 first thing").line(50, 112, "\u2022 second thing");
  for (int r = 0; r <= 2; ++r) pages.rule(50, 200 + 20.0 * r, 250, 200 + 20.0 * r);
  for (int c = 0; c <= 2; ++c) pages.rule(50 + 100.0 * c, 200, 50 + 100.0 * c, 240);
  pages.line(60, 215, "a").line(160, 215, "b").line(60, 235, "c").line(160, 235, "d");
  const auto document = pages.read();
  const auto flow = flow_of_all(document);
  EXPECT_EQ(markdown_of(flow), "- first thing\n- second thing\n\n| a | b |\n| --- | --- |\n| c | d |\n\n");
  const auto html = html_of(flow, {});
  EXPECT_NE(html.find("<ul>\n<li>first thing</li>\n<li>second thing</li>\n</ul>"), std::string::npos) << html;
  EXPECT_NE(html.find("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"), std::string::npos);
}

}  // namespace
}  // namespace recast::engines::pdf2office
