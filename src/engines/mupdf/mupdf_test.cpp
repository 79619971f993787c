#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "engines/mupdf/page_names.hpp"
#include "format/page_list.hpp"

namespace recast::engines {
Result<> register_mupdf(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using format::PageList;
using testing::ElementsAre;
using testing::HasSubstr;

const engine::Engine& mupdf_engine() { return test::engine_of(&register_mupdf); }

Result<engine::Plan> plan(std::string to, boost::json::object options = {}, const std::string& from = "pdf") {
  return mupdf_engine().plan({{"in/in-1." + from}, from, std::move(to), std::move(options), {}, {}});
}

using test::line;

TEST(MuPdfPageNames, CoverARangeWithFewPatterns) {
  EXPECT_THAT(mupdf::page_patterns({1, PageList::kOpen}, "png"), ElementsAre("out/page-*.png"));
  EXPECT_THAT(mupdf::page_patterns({3, 3}, "png"), ElementsAre("out/page-00003.png"));
  EXPECT_THAT(mupdf::page_patterns({8, 21}, "svg"),
              ElementsAre("out/page-00008.svg", "out/page-00009.svg", "out/page-0001*.svg", "out/page-00020.svg",
                          "out/page-00021.svg"));
  EXPECT_LE(mupdf::page_patterns({2, PageList::kOpen}, "png").size(), 50U);
}

TEST(MuPdfPageNames, AreExact) {
  const auto matches = [](const std::string& pattern, const std::string& name) {
    const auto star = pattern.find('*');
    if (star == std::string::npos) return pattern == name;
    return name.starts_with(pattern.substr(0, star)) && name.ends_with(pattern.substr(star + 1));
  };
  for (const auto& range : {PageList::Range{2, 137}, {95, 2000}, {100, 199}, {999, 1001}, {12345, PageList::kOpen}}) {
    const auto patterns = mupdf::page_patterns(range, "x");
    for (int page = 1; page < 20'000; page += page < 2100 ? 1 : 97) {
      auto digits = std::to_string(page);
      digits.insert(0, 5 - digits.size(), '0');
      const auto hits =
          std::ranges::count_if(patterns, [&](const auto& p) { return matches(p, "out/page-" + digits + ".x"); });
      const bool wanted = page >= range.first && (range.last == PageList::kOpen || page <= range.last);
      ASSERT_EQ(hits, wanted ? 1 : 0) << page << " of " << range.first << "-" << range.last;
    }
  }
}

TEST(MuPdfPlan, DrawsPagesNeverLargerThanTheirDensity) {
  const auto result = plan("png", {{"width", 640}, {"pages", "2-3,7-"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), ElementsAre("mutool", "draw", "-q", "-r", "150", "-w", "640", "-c", "rgb", "-F", "png",
                                            "-o", "out/page-%05d.png", "in/in-1.pdf", "2-3,7-N"));
}

TEST(MuPdfPlan, StretchesAndCrops) {
  EXPECT_THAT(line(*plan("png", {{"width", 64}, {"height", 48}, {"fit", "scale"}, {"grayscale", true}}), 0),
              ElementsAre("mutool", "draw", "-q", "-w", "64", "-h", "48", "-f", "-c", "gray", "-F", "png", "-o",
                          "out/page-%05d.png", "in/in-1.pdf"));
  const auto crop = plan("png", {{"width", 64}, {"height", 48}, {"fit", "crop"}});
  ASSERT_TRUE(crop);
  EXPECT_EQ(crop->steps.size(), 2U);
  EXPECT_EQ(line(*crop, 1).front(), "mogrify");
}

TEST(MuPdfPlan, KeepsTextOrDrawsIt) {
  EXPECT_THAT(line(*plan("svg"), 0), ElementsAre("mutool", "convert", "-F", "svg", "-O", "text=path", "-o",
                                                 "out/page-%05d.svg", "in/in-1.pdf"));
  EXPECT_THAT(line(*plan("svg", {{"text_to_path", false}}), 0), testing::Contains("text=text"));
}

TEST(MuPdfPlan, LooksForAPageBeforeAllGoIntoOneFile) {
  const auto result = plan("txt", {{"pages", "3-4"}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 3U);
  EXPECT_THAT(line(*result, 1), ElementsAre("test", "-f", "tmp/page-00003.txt"));
  EXPECT_THAT(line(*result, 2),
              ElementsAre("mutool", "draw", "-q", "-F", "txt", "-o", "out/out.txt", "in/in-1.pdf", "3-4"));
}

TEST(MuPdfPlan, KeepsThePasswordOutOfEveryCommandLine) {
  const auto result = plan("txt", {{"pages", "3-4"}, {"password", "s p"}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 4U);
  const auto& open = std::get<engine::WorkerStep>(result->steps.at(0).action);
  EXPECT_EQ(open.worker, "qpdf");
  EXPECT_EQ(open.request.at("options").at("password"), "s p");
  EXPECT_THAT(line(*result, 1), testing::Contains(open.outputs.at(0)));
  EXPECT_THAT(line(*result, 3),
              ElementsAre("mutool", "draw", "-q", "-F", "txt", "-o", "out/out.txt", "tmp/open.pdf", "3-4"));
}

TEST(MuPdfPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("png", {{"pixel_density", 5}}).error().field, "pixel_density");
  EXPECT_EQ(plan("png", {{"pages", "x"}}).error().field, "pages");
  EXPECT_EQ(plan("jpg").error().code, ErrorCode::invalid_conversion_type);
}

class MuPdfRun : public testing::Test {
 protected:
  Result<std::vector<fs::path>> convert(std::string_view content, const std::string& to,
                                        const boost::json::object& options = {}, const std::string& from = "pdf") {
    return run_.convert_bytes(content, from, to, options);
  }
  test::EngineRun run_{&register_mupdf, {&register_qpdf}};
};

TEST_F(MuPdfRun, MakesEveryFormatOfAPdf) {
  for (const auto* const to : {"png", "svg", "txt", "html", "docx"}) {
    const auto files = convert(engine::kProbePdf, to);
    ASSERT_TRUE(files) << to << ": " << files.error().message;
    ASSERT_EQ(files->size(), 1U);
    EXPECT_GT(fs::file_size(files->front()), 5U) << to;
  }
  EXPECT_THAT(test::read_file(convert(engine::kProbePdf, "txt")->front()), HasSubstr("Recast"));
  EXPECT_THAT(test::read_file(convert(engine::kProbePdf, "svg", {{"text_to_path", false}})->front()),
              HasSubstr("Recast"));
}

TEST_F(MuPdfRun, GivesThePagesAskedFor) {
  const auto document = test::pdf_of(4);
  for (const auto* const to : {"svg", "png"}) {
    const auto files = convert(document, to, {{"pages", "2,4-9"}, {"text_to_path", false}});
    ASSERT_TRUE(files) << to << files.error().message;
    EXPECT_EQ(files->size(), 2U) << to;
  }
  const auto files = convert(document, "svg", {{"pages", "2,4-9"}, {"text_to_path", false}});
  EXPECT_THAT(test::read_file(files->at(0)), HasSubstr("page 2"));
  EXPECT_THAT(test::read_file(files->at(1)), HasSubstr("page 4"));
}

TEST_F(MuPdfRun, DrawsNoOtherPageInPlaceOfOneThatIsMissing) {
  for (const auto* const to : {"png", "svg", "txt", "html"}) {
    const auto files = convert(engine::kProbePdf, to, {{"pages", "5-6"}});
    ASSERT_FALSE(files) << to;
    EXPECT_EQ(files.error().code, ErrorCode::conversion_failed) << to << ": " << files.error().message;
  }
}

TEST_F(MuPdfRun, OpensAnEncryptedDocumentWithItsPasswordOnly) {
  const auto document = from_base64(test::kEncryptedPdf).value();
  EXPECT_TRUE(convert(document, "png", {{"password", "secret"}}));
  const auto closed = convert(document, "svg", {{"password", "wrong"}});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::open_failed);
  EXPECT_EQ(closed.error().field, "password");
}

TEST_F(MuPdfRun, CannotOpenWhatIsNoDocument) {
  for (const std::string& content :
       {std::string(), std::string("hello"), std::string(engine::kProbePdf.substr(0, 40))}) {
    const auto files = convert(content, "svg");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
  const auto book = convert("no archive", "pdf", {}, "epub");
  ASSERT_FALSE(book);
  EXPECT_EQ(book.error().code, ErrorCode::open_failed) << book.error().message;
}

TEST_F(MuPdfRun, ReadsAnEbook) {
  const auto files =
      convert(R"(<?xml version="1.0"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><body>)"
              R"(<section><p>Once upon a time</p></section></body></FictionBook>)",
              "txt", {{"font_size", 9}}, "fb2");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(test::read_file(files->front()), HasSubstr("Once upon a time"));
}

}  // namespace
}  // namespace recast::engines
