#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "engine/registry.hpp"
#include "engines/poppler/explain.hpp"

namespace recast::engines {
Result<> register_poppler(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const engine::Engine& poppler() { return test::engine_of(&register_poppler); }

Result<engine::Plan> plan(std::string to, boost::json::object options = {}) {
  return poppler().plan({{"in/in-1.pdf"}, "pdf", std::move(to), std::move(options), {}, {}});
}

using test::line;
using test::pdf_of;

TEST(PopplerPlan, RendersAtTheDensity) {
  const auto result = plan("png", {{"pixel_density", "300"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), ElementsAre("pdftoppm", "-r", "300", "-png", "in/in-1.pdf", "out/page"));
  EXPECT_THAT(result->outputs, ElementsAre("out/page-*.png"));
}

TEST(PopplerPlan, TakesTheOldNames) {
  const auto result = plan("jpg", {{"density", 72}, {"page_range", "2-3"}, {"quality", 60}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), ElementsAre("pdftoppm", "-f", "2", "-l", "3", "-r", "72", "-jpeg", "-jpegopt",
                                            "quality=60", "in/in-1.pdf", "out/page"));
}

TEST(PopplerPlan, RendersEachRangeWithItsOwnStepAndForgivesLaterOnesThatHaveNoPage) {
  const auto result = plan("png", {{"pages", "7-, 2-3"}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 2U);
  EXPECT_THAT(line(*result, 0),
              ElementsAre("pdftoppm", "-f", "2", "-l", "3", "-r", "150", "-png", "in/in-1.pdf", "out/page"));
  EXPECT_THAT(line(*result, 1), ElementsAre("pdftoppm", "-f", "7", "-r", "150", "-png", "in/in-1.pdf", "out/page"));
  EXPECT_TRUE(std::get<engine::ProgramStep>(result->steps[0].action).accepted.empty());
  EXPECT_THAT(std::get<engine::ProgramStep>(result->steps[1].action).accepted, ElementsAre(99));
}

TEST(PopplerPlan, DrawsOneSideOrBothAtTheSizeAskedFor) {
  EXPECT_THAT(line(*plan("png", {{"width", 640}}), 0),
              ElementsAre("pdftoppm", "-scale-to-x", "640", "-scale-to-y", "-1", "-png", "in/in-1.pdf", "out/page"));
  EXPECT_THAT(line(*plan("png", {{"width", 640}, {"height", 480}, {"fit", "scale"}}), 0),
              ElementsAre("pdftoppm", "-scale-to-x", "640", "-scale-to-y", "480", "-png", "in/in-1.pdf", "out/page"));
  EXPECT_THAT(line(*plan("png", {{"width", 500}, {"height", 500}}), 0),
              ElementsAre("pdftoppm", "-scale-to", "500", "-png", "in/in-1.pdf", "out/page"));
}

TEST(PopplerPlan, FitsABoxWithASecondStep) {
  const auto result = plan("jpg", {{"width", 640}, {"height", 480}, {"fit", "crop"}, {"quality", 70}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), ElementsAre("pdftoppm", "-scale-to", "960", "in/in-1.pdf", "tmp/page"));
  EXPECT_THAT(line(*result, 1),
              ElementsAre("mogrify", "-resize", "640x480^", "-gravity", "center", "-extent", "640x480", "-quality",
                          "70", "-path", "out", "-format", "jpg", "tmp/page-*"));
}

TEST(PopplerPlan, KeepsThePasswordOutOfEveryCommandLine) {
  for (const auto* const to : {"png", "txt", "svg", "html", "eps"}) {
    const auto result = plan(to, {{"password", " s p "}, {"pages", "1,3"}});
    ASSERT_TRUE(result) << to;
    const auto& open = std::get<engine::WorkerStep>(result->steps.at(0).action);
    EXPECT_EQ(open.worker, "qpdf");
    EXPECT_EQ(open.inputs, std::vector<std::string>{"in/in-1.pdf"});
    EXPECT_EQ(open.request.at("options").at("password"), " s p ");
    EXPECT_THAT(line(*result, 1), testing::Contains(open.outputs.at(0))) << to;
    for (std::size_t at = 1; at < result->steps.size(); ++at) {
      EXPECT_THAT(line(*result, at), testing::Not(testing::Contains(HasSubstr(" s p ")))) << to;
      EXPECT_THAT(line(*result, at), testing::Not(testing::Contains("in/in-1.pdf"))) << to;
    }
  }
}

TEST(PopplerPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("png", {{"pixel_density", 5}}).error().field, "pixel_density");
  EXPECT_EQ(plan("png", {{"pages", "0"}}).error().field, "pages");
  EXPECT_EQ(plan("png", {{"fit", "stretch"}}).error().field, "fit");
  EXPECT_EQ(plan("png", {{"colorspace", "cmyk"}}).error().field, "colorspace");
  EXPECT_EQ(plan("docx").error().code, ErrorCode::invalid_conversion_type);
}

TEST(PopplerPlan, IgnoresWhatItDoesNotKnow) {
  EXPECT_TRUE(plan("png", {{"some_other_option", 1}, {"pages", nullptr}}));
}

TEST(PopplerExplain, TellsPasswordsPagesAndDamageApart) {
  const auto explained = [](std::string_view errors) { return poppler::explain({.exit_code = 1, .errors = errors}); };
  EXPECT_EQ(explained("Command Line Error: Incorrect password").code, ErrorCode::open_failed);
  EXPECT_EQ(explained("Wrong page range given: the first page (9) can not be after the last page (4).").message,
            "no such page");
  EXPECT_EQ(explained("Wrong page range given: the first page (1) can not be after the last page (0).").code,
            ErrorCode::open_failed);
  EXPECT_EQ(explained("Syntax Error: Couldn't find trailer dictionary").code, ErrorCode::open_failed);
  EXPECT_EQ(explained("Out of memory").code, ErrorCode::memory_limit);
  EXPECT_EQ(explained("first\nlast\n").message, "last");
}

TEST(PopplerExplain, DoesNotBelieveASuccessWithoutMemory) {
  const auto told =
      poppler::doubt({.exit_code = 0, .signal = 0, .output = {}, .errors = "Bogus memory allocation size\n"});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::memory_limit);
  EXPECT_FALSE(poppler::doubt({.exit_code = 0, .signal = 0, .output = {}, .errors = "Syntax Warning: x\n"}));
}

class PopplerRun : public testing::Test {
 protected:
  Result<std::vector<fs::path>> convert(std::string_view content, const std::string& to,
                                        const boost::json::object& options = {}) {
    return run_.convert_bytes(content, "pdf", to, options);
  }
  static std::string first_bytes(const fs::path& file, std::size_t count) {
    return test::read_file(file).substr(0, count);
  }

  test::EngineRun run_{&register_poppler, {&register_qpdf}};
};

TEST_F(PopplerRun, MakesOneImageForEachPage) {
  for (const auto* const to : {"png", "jpg"}) {
    const auto files = convert(pdf_of(3), to, {{"pixel_density", 36}});
    ASSERT_TRUE(files) << files.error().message;
    EXPECT_EQ(files->size(), 3U);
    EXPECT_EQ(first_bytes(files->front(), 3).substr(1), to == std::string("png") ? "PN" : "\xD8\xFF");
  }
}

TEST_F(PopplerRun, MakesAComicOfPagesInTheirOrder) {
  const auto files = convert(pdf_of(12), "cbz", {{"pixel_density", 36}, {"pages", "2-11"}});
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 1U);
  const auto names = test::output_of("unzip -Z1 " + files->front().string() + " | sort | tr '\\n' ' '");
  EXPECT_TRUE(names.starts_with("page-02.jpg page-03.jpg")) << names;
  EXPECT_TRUE(names.ends_with("page-11.jpg ")) << names;
  // As MuPDF sees it, which opens comics.
  EXPECT_THAT(test::output_of("mutool convert -o /dev/null -F txt " + files->front().string() + " 1-10 && echo opened"),
              HasSubstr("opened"));
  const auto box = convert(pdf_of(1), "cbz", {{"width", 40}, {"height", 60}, {"fit", "crop"}});
  ASSERT_TRUE(box) << box.error().message;
  EXPECT_THAT(test::output_of("unzip -p " + box->front().string() + " '*.jpg' | file -"), HasSubstr("40x60"));
}

TEST_F(PopplerRun, DropsPagesBehindTheEnd) {
  const auto files = convert(pdf_of(3), "png", {{"pixel_density", 36}, {"pages", "2-9,20"}});
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->size(), 2U);
}

TEST_F(PopplerRun, SaysWhenNoPageIsLeft) {
  for (const auto* const to : {"png", "txt", "html", "svg"}) {
    const auto files = convert(pdf_of(2), to, {{"pages", "5,9-"}});
    ASSERT_FALSE(files) << to;
    EXPECT_EQ(files.error().code, ErrorCode::conversion_failed) << to;
    EXPECT_EQ(files.error().message, "no such page") << to;
  }
}

TEST_F(PopplerRun, FitsABox) {
  const auto size = [](const fs::path& png) {
    const auto bytes = test::read_file(png);
    const auto number = [&](std::size_t at) {
      return static_cast<unsigned char>(bytes.at(at + 2)) * 256 + static_cast<unsigned char>(bytes.at(at + 3));
    };
    return std::pair{number(16), number(20)};
  };
  const auto shrunk = convert(pdf_of(2), "png", {{"width", 60}, {"height", 90}});
  ASSERT_TRUE(shrunk) << shrunk.error().message;
  ASSERT_EQ(shrunk->size(), 2U);
  EXPECT_EQ(size(shrunk->front()), (std::pair{60, 30}));
  const auto cropped = convert(pdf_of(1), "png", {{"width", 60}, {"height", 90}, {"fit", "crop"}});
  ASSERT_TRUE(cropped) << cropped.error().message;
  EXPECT_EQ(size(cropped->front()), (std::pair{60, 90}));
}

TEST_F(PopplerRun, JoinsPagesIntoOneTiff) {
  const auto files = convert(pdf_of(2), "tiff", {{"pixel_density", 36}});
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ(first_bytes(files->front(), 2), "II");
}

TEST_F(PopplerRun, JoinsTheTextOfSeveralRanges) {
  const auto files = convert(pdf_of(5), "txt", {{"pages", "1,4-5,9"}});
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 1U);
  const auto text = test::read_file(files->front());
  EXPECT_THAT(text, AllOf(HasSubstr("page 1"), HasSubstr("page 4"), HasSubstr("page 5")));
  EXPECT_THAT(text, testing::Not(HasSubstr("page 2")));
}

TEST_F(PopplerRun, MakesOneSvgForEachPageAndOneHtml) {
  const auto drawings = convert(pdf_of(3), "svg", {{"pages", "2-"}});
  ASSERT_TRUE(drawings) << drawings.error().message;
  EXPECT_EQ(drawings->size(), 2U);
  EXPECT_THAT(test::read_file(drawings->front()), HasSubstr("<svg"));
  const auto page = convert(pdf_of(3), "html");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->size(), 1U);
  EXPECT_THAT(test::read_file(page->front()), HasSubstr("<html"));
}

TEST_F(PopplerRun, OpensAnEncryptedDocumentWithItsPasswordOnly) {
  const auto document = from_base64(test::kEncryptedPdf).value();
  for (const auto* const to : {"png", "txt", "svg", "html"}) {
    const auto open = convert(document, to, {{"password", "secret"}});
    EXPECT_TRUE(open) << to << ": " << open.error().message;
    for (const auto* const password : {"", "wrong"}) {
      const auto closed = convert(document, to, {{"password", password}});
      ASSERT_FALSE(closed) << to;
      EXPECT_EQ(closed.error().code, ErrorCode::open_failed) << to << ": " << closed.error().message;
    }
  }
}

TEST_F(PopplerRun, ReadsNoFileThatADocumentNames) {
  const auto canary = run_.folder().write("canary.txt", "0.5 0.5 m 150 50 l S BT /F 24 Tf 20 40 Td (CANARY) Tj ET");
  auto document = pdf_of(1);
  const std::string from = "<</Length";
  document.replace(document.find(from), from.size(), "<</F(" + canary.string() + ")/Length");
  const auto files = convert(document, "txt");
  if (files) {
    EXPECT_THAT(test::read_file(files->front()), testing::Not(HasSubstr("CANARY")));
  }
}

TEST_F(PopplerRun, CannotOpenWhatIsNoPdf) {
  const auto whole = pdf_of(1);
  for (const auto& content : {std::string(), std::string("hello"), whole.substr(0, 40)}) {
    const auto files = convert(content, "png");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << files.error().message;
  }
}

}  // namespace
}  // namespace recast::engines
