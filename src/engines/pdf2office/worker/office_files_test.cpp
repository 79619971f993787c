#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <sys/mman.h>

#include <map>
#include <memory>

#include "base/unique_handle.hpp"
#include "engines/pdf2office/worker/docx.hpp"
#include "engines/pdf2office/worker/pptx.hpp"
#include "engines/pdf2office/worker/test_pages.hpp"
#include "engines/pdf2office/worker/xlsx.hpp"

namespace recast::engines::pdf2office {
namespace {

using test::Pages;
using testing::HasSubstr;
using testing::Not;

using Members = std::map<std::string, std::string>;

/// What is in a ZIP; every XML in it has to be whole.
Members members_of(int fd) {
  struct Ignore final : ElementHandler {
    void start(std::string_view, const Attributes&) override {}
    void end(std::string_view) override {}
  };
  Members members;
  ::lseek(fd, 0, SEEK_SET);
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_read_new(), &archive_read_free);
  archive_read_support_format_zip(zip.get());
  EXPECT_EQ(archive_read_open_fd(zip.get(), fd, 65536), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(zip.get(), &entry) == ARCHIVE_OK) {
    std::string content, buffer(65536, '\0');
    for (;;) {
      const auto count = archive_read_data(zip.get(), buffer.data(), buffer.size());
      if (count <= 0) break;
      content.append(buffer, 0, static_cast<std::size_t>(count));
    }
    const std::string name = archive_entry_pathname(entry);
    Ignore ignore;
    if (name.ends_with(".xml") || name.ends_with(".rels")) {
      EXPECT_TRUE(read_xml(pieces_of(std::string_view(content)), ignore)) << name << content;
    }
    members[name] = std::move(content);
  }
  return members;
}

template <class Write>
Members written(Write write) {
  const UniqueFd file(::memfd_create("office", MFD_CLOEXEC));
  const auto result = write(file.get());
  EXPECT_TRUE(result) << result.error().message;
  return members_of(file.get());
}

Members docx_of(Pages& pages, const Media& media = {}) {
  const auto document = pages.read();
  const auto flow = flow_of(document, [&](const std::string& file) { return media.has(file); });
  return written([&](int fd) { return write_docx(fd, flow, media); });
}

Pages& grid(Pages& pages) {
  for (const double y : {200, 220, 240}) pages.rule(50, y, 250, y);
  for (const double x : {50, 150, 250}) pages.rule(x, 200, x, 240);
  return pages.line(60, 215, "a").line(160, 215, "b").line(60, 235, "c").line(160, 235, "2.50");
}

TEST(Docx, HasStylesListsTablesAndColours) {
  Pages pages;
  grid(pages.page().line(50, 50, "Title", {.size = 20}).fill({50, 200, 150, 220}, "1 0 0"));
  pages.line(50, 300, "\u2022 a point of some length")
      .line(50, 400, "Body text that is longer than all other text here.");
  const auto body = docx_of(pages).at("word/document.xml");
  EXPECT_THAT(body, HasSubstr("<w:pStyle w:val=\"Heading1\"/>"));
  EXPECT_THAT(body, HasSubstr("<w:numId w:val=\"1\"/>"));
  EXPECT_THAT(body, HasSubstr("<w:tblGrid><w:gridCol w:w=\"2000\"/><w:gridCol w:w=\"2000\"/></w:tblGrid>"));
  EXPECT_THAT(body, HasSubstr("w:fill=\"ff0000\""));
  EXPECT_THAT(body, HasSubstr("<w:pgSz w:w=\"12000\" w:h=\"16000\"/>"));
}

TEST(Docx, PagesColumnsAndRunningHeadsStay) {
  Pages pages;
  for (int n = 1; n <= 3; ++n) {
    pages.page()
        .line(50, 30, "Running head")
        .line(300, 780, std::to_string(n))
        .line(50, 60, "Across the whole of the page goes this line of text, it does.");
    for (int i = 0; i < 6; ++i) {
      pages.line(50, 100 + 12.0 * i, "left words that fill the whole of a column here");
      pages.line(320, 100 + 12.0 * i, "right words that fill the other column as well");
    }
  }
  const auto members = docx_of(pages);
  const auto& body = members.at("word/document.xml");
  EXPECT_THAT(body, HasSubstr("<w:cols w:num=\"2\""));
  EXPECT_THAT(body, HasSubstr("<w:br w:type=\"column\"/>"));
  EXPECT_THAT(body, HasSubstr("<w:type w:val=\"nextPage\"/>"));
  EXPECT_THAT(body, Not(HasSubstr("Running")));
  EXPECT_THAT(members.at("word/header1.xml"), HasSubstr("Running"));
  EXPECT_THAT(members.at("word/footer2.xml"), HasSubstr(" PAGE "));
}

TEST(Docx, FiguresAreTakenAlong) {
  Pages pages;
  pages.page().circle(200, 300, 60).circle(260, 300, 60).line(190, 300, "\"Set\" <1>");
  Media media;
  media.add("figure-1-0.png", "\x89PNG-bytes");
  const auto members = docx_of(pages, media);
  EXPECT_EQ(members.at("word/media/image1.png"), "\x89PNG-bytes");
  EXPECT_THAT(members.at("word/document.xml"), HasSubstr("descr=\"&quot;Set&quot; &lt;1&gt;\""));
}

TEST(OfficeFiles, NamesOfFontsAndWordsCannotBreakThem) {
  Pages pages;
  grid(pages.page().line(50, 100, "</w:t><x>&\"'", {.font = "&quot;&lt;evil&gt;&amp;"}));
  const auto document = pages.read();
  const auto flow = flow_of(document, [](const std::string&) { return false; });
  EXPECT_THAT(written([&](int fd) { return write_docx(fd, flow, {}); }).at("word/document.xml"),
              HasSubstr("&lt;/w:t&gt;&lt;x&gt;&amp;"));
  const auto slide = written([&](int fd) { return write_pptx(fd, flow, {}); }).at("ppt/slides/slide1.xml");
  EXPECT_THAT(slide, HasSubstr("&lt;/w:t&gt;&lt;x&gt;&amp;"));
  EXPECT_THAT(slide, HasSubstr("&lt;evil&gt;"));
  EXPECT_THAT(written([&](int fd) {
                return write_xlsx(fd, sheets_of(document, {.all = true}));
              }).at("xl/worksheets/sheet1.xml"),
              HasSubstr("&lt;/w:t&gt;&lt;x&gt;&amp;"));
}

TEST(Xlsx, NumbersSpansAndBoldAreKept) {
  Pages pages;
  pages.page().line(60, 215, "Both", {.font = "Arial-BoldMT"}).line(60, 235, "1.234,50").line(160, 235, "007");
  for (const double y : {200, 220, 240}) pages.rule(50, y, 250, y);
  pages.rule(50, 200, 50, 240).rule(250, 200, 250, 240).rule(150, 220, 150, 240);
  const auto document = pages.read();
  const auto members = written([&](int fd) { return write_xlsx(fd, sheets_of(document, {})); });
  const auto& sheet = members.at("xl/worksheets/sheet1.xml");
  EXPECT_THAT(sheet, HasSubstr("<mergeCell ref=\"A1:B1\"/>"));
  EXPECT_THAT(sheet, HasSubstr("<v>1234.5</v>"));
  EXPECT_THAT(sheet, HasSubstr(">007</t>"));
  EXPECT_THAT(members.at("xl/styles.xml"), HasSubstr("fontId=\"1\""));
}

TEST(Pptx, ParagraphsThatBelongTogetherShareABox) {
  Pages pages;
  grid(pages.page().line(50, 50, "Title", {.size = 20}).line(50, 100, "First point").line(50, 114, "Second point"));
  pages.line(50, 600, "Far below");
  const auto document = pages.read();
  const auto flow = flow_of(document, [](const std::string&) { return false; });
  Media media;
  media.add(paper_file(1), "\x89PNG");
  const auto members = written([&](int fd) { return write_pptx(fd, flow, media); });
  const auto& slide = members.at("ppt/slides/slide1.xml");
  std::size_t boxes = 0;
  for (auto at = slide.find("<p:sp>"); at != std::string::npos; at = slide.find("<p:sp>", at + 1)) ++boxes;
  EXPECT_EQ(boxes, 3U) << slide;
  EXPECT_THAT(slide, HasSubstr("<a:tbl>"));
  EXPECT_THAT(slide, HasSubstr("r:embed=\"rId2\""));
  EXPECT_EQ(members.at("ppt/media/image1.png"), "\x89PNG");
  EXPECT_THAT(members.at("ppt/presentation.xml"), HasSubstr("cx=\"7620000\" cy=\"10160000\""));
}

}  // namespace
}  // namespace recast::engines::pdf2office
