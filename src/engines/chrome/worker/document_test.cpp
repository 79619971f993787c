#include "engines/chrome/worker/document.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "../../../../tests/support/pdf.hpp"
#include "../../../../tests/support/temporary_folder.hpp"
#include "schema/parse.hpp"

namespace recast::chrome {
namespace {

const Deadline kSoon = Deadline::never();
constexpr double kPointsPerCentimetre = 72 / 2.54;

/// A browser without a jail, as the worker's child has one.
class BrowserTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto program = find_browser({});
    ASSERT_TRUE(program) << program.error().message;
    auto browser = Browser::start(*program, folder_.path(), 0, Deadline::in(std::chrono::seconds(30)));
    ASSERT_TRUE(browser) << browser.error().message;
    browser_ = *std::move(browser);
    document_ = std::make_unique<Document>(*browser_);
    const auto ready = document_->prepare(Deadline::in(std::chrono::seconds(30)));
    ASSERT_TRUE(ready) << ready.error().message;
  }

  Result<std::string> pdf(std::string_view html, const json::object& options = {}) {
    RECAST_TRY(const auto parsed, schema::parse<Options>(options));
    const auto deadline = Deadline::in(std::chrono::seconds(60));
    RECAST_CHECK(document_->load(html, parsed, true, deadline));
    std::string bytes;
    RECAST_CHECK(document_->print(
        parsed,
        [&](std::string_view piece) -> Result<> {
          bytes += piece;
          return {};
        },
        deadline));
    return bytes;
  }

  Result<std::string> image(std::string_view html, const json::object& options, bool png = true) {
    RECAST_TRY(const auto parsed, schema::parse<Options>(options));
    const auto deadline = Deadline::in(std::chrono::seconds(60));
    RECAST_CHECK(document_->load(html, parsed, false, deadline));
    return document_->photograph(parsed, png, deadline);
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Browser> browser_;
  std::unique_ptr<Document> document_;
};

/// Width and height in the header of a PNG.
std::pair<unsigned, unsigned> size_of(std::string_view png) {
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png.at(at + i));
    return value;
  };
  return {number(16), number(20)};
}

TEST_F(BrowserTest, PrintsADocument) {
  const auto result = pdf("<h1>Hello</h1>");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->starts_with("%PDF-"));
  EXPECT_NE(result->find("%%EOF"), std::string::npos);
}

TEST_F(BrowserTest, PrintsALargeDocumentInPieces) {
  std::string html = "<style>p{break-after:page}</style>";
  for (int i = 0; i < 300; ++i) html += "<p>" + std::string(2000, static_cast<char>('a' + i % 26));
  const auto result = pdf(html);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->starts_with("%PDF-"));
}

TEST_F(BrowserTest, SaysThatAPageDoesNotExist) {
  const auto result = pdf("<p>one", {{"pages", "7"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::conversion_failed);
  EXPECT_EQ(result.error().message, "no such page");
}

TEST_F(BrowserTest, PhotographsTheWholePageOfTheScreensWidth) {
  const auto result =
      image("<body style='margin:0'><div style='height:3000px;background:red'>", {{"screen_width", 400}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(size_of(*result), (std::pair{400U, 3000U}));
}

// about:blank's events may come late; they are not the document's.
TEST_F(BrowserTest, WaitsForALargeDocumentAndItsPictures) {
  std::string html = "<body style='margin:0'><div style='height:50px'>x</div>";
  for (int i = 0; i < 20'000; ++i) html += "<p style='height:1px;margin:0'>line " + std::to_string(i) + "</p>";
  const auto result = image(html, {{"screen_width", 100}});
  ASSERT_FALSE(result);  // 20,050 pixels are too many for one picture; a part of the page would not be
  EXPECT_EQ(result.error().code, ErrorCode::pixel_limit);
  html.resize(html.find("line 9000") - 40);
  const auto part = image(html, {{"screen_width", 100}});
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_GE(size_of(*part).second, 9'000U);
}

TEST_F(BrowserTest, TheClientsPaperWinsOverThePagesOwn) {
  const std::string html = "<style>@page{size:A5 landscape} @page:first{size:A3}</style><p>x";
  const auto chosen = pdf(html, {{"page_width", 10}, {"page_height", 20}});
  ASSERT_TRUE(chosen) << chosen.error().message;
  const auto paper = test::page_sizes(*chosen).at(0);
  EXPECT_NEAR(paper.width, 10 * kPointsPerCentimetre, 1);
  EXPECT_NEAR(paper.height, 20 * kPointsPerCentimetre, 1);
  const auto own = pdf("<style>@page{size:A5 landscape}</style><p>x");
  ASSERT_TRUE(own) << own.error().message;
  const auto a5 = test::page_sizes(*own).at(0);
  EXPECT_NEAR(a5.width, 21 * kPointsPerCentimetre, 1);
  EXPECT_NEAR(a5.height, 14.8 * kPointsPerCentimetre, 1);
}

TEST_F(BrowserTest, ShrinksCropsAndStretches) {
  const std::string html = "<body style='margin:0'><div style='height:1600px;background:red'>";
  const auto size = [&](std::string_view fit) {
    const auto result = image(html, {{"screen_width", 400}, {"width", 100}, {"height", 100}, {"fit", fit}});
    EXPECT_TRUE(result) << result.error().message;
    return result ? size_of(*result) : std::pair{0U, 0U};
  };
  EXPECT_EQ(size("max"), (std::pair{25U, 100U}));
  EXPECT_EQ(size("crop"), (std::pair{100U, 100U}));
  EXPECT_EQ(size("scale"), (std::pair{100U, 100U}));
}

TEST_F(BrowserTest, RefusesAPictureOfTooManyPixels) {
  const auto result = image("<div style='height:900000px'>", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::pixel_limit);
}

TEST_F(BrowserTest, WaitsForAnElementThatAScriptMakes) {
  const auto result = pdf("<script>setTimeout(()=>{document.body.innerHTML='<p id=done>x'},300)</script>",
                          {{"wait_for_element", "#done"}});
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(BrowserTest, NamesTheElementThatNeverComes) {
  Options options;
  options.wait_for_element = "#never";
  const auto loaded = document_->load("<p>x", options, true, Deadline::in(std::chrono::seconds(3)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::timeout);
  EXPECT_EQ(loaded.error().message, "The element #never of wait_for_element did not appear.");
}

TEST_F(BrowserTest, NamesASelectorThatIsNone) {
  const auto result = pdf("<p>x", {{"wait_for_element", "##"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "wait_for_element");
}

TEST_F(BrowserTest, DismissesDialogs) {
  const auto result = pdf("<script>alert(1);confirm(2);prompt(3);window.onbeforeunload=()=>1</script><p>after");
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(BrowserTest, OpensNoOtherWindowAndSavesNothing) {
  const auto result =
      pdf("<script>window.open('about:blank');window.open('https://example.com');"
          "const a=document.createElement('a');a.href='data:application/zip,x';a.download='x.zip';"
          "document.documentElement.append(a);a.click()</script><p>x");
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(BrowserTest, StaysWithTheDocumentWhenItWantsToGoElsewhere) {
  const auto result = pdf("<meta http-equiv=refresh content='0;url=file:///etc/passwd'><p>x", {{"wait_time", 300}});
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(BrowserTest, EndsAtTheDeadlineWhenAScriptNeverEnds) {
  Options options;
  const auto loaded =
      document_->load("<script>while(1);</script>", options, true, Deadline::in(std::chrono::seconds(2)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::timeout);
}

TEST_F(BrowserTest, SaysThatTheBrowserIsGone) {
  ::kill(browser_->pid(), SIGKILL);
  const auto result = pdf("<p>x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::worker_lost);
}

TEST_F(BrowserTest, TellsItsVersion) {
  const auto version = version_of(*find_browser({}));
  ASSERT_TRUE(version) << version.error().message;
  EXPECT_NE(version->find('.'), std::string::npos);
}

}  // namespace
}  // namespace recast::chrome
