#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "engine/registry.hpp"
#include "engines/libreoffice/filters.hpp"

namespace recast::engines {

Result<> register_libreoffice(engine::Registry& registry);

namespace {

namespace json = boost::json;
using testing::ElementsAre;

Result<engine::Plan> plan(std::string from, std::string to, json::object options = {}) {
  engine::Registry registry;
  RECAST_CHECK(register_libreoffice(registry));
  engine::Request request{.inputs = {"in/in-1." + from}, .from = from, .to = to, .options = std::move(options)};
  return registry.find("libreoffice")->plan(request);
}

const engine::WorkerStep& worker_step(const engine::Plan& plan) {
  return std::get<engine::WorkerStep>(plan.steps.front().action);
}

json::object request(std::string from, std::string to, json::object options = {}) {
  const auto result = plan(std::move(from), std::move(to), std::move(options));
  return result ? worker_step(*result).request : json::object{{"error", result.error().message}};
}

json::object object(std::string_view text) { return json::parse(text).as_object(); }

TEST(LibreOffice, ConvertsADocumentInOneStepOfTheResidentWorker) {
  const auto result = plan("docx", "pdf");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 1U);
  const auto& step = worker_step(*result);
  EXPECT_EQ(step.worker, "office");
  EXPECT_THAT(step.inputs, ElementsAre("in/in-1.docx"));
  EXPECT_THAT(step.outputs, ElementsAre("out/out.pdf"));
  EXPECT_THAT(result->outputs, ElementsAre("out/out.pdf"));
  EXPECT_FALSE(step.sequence);
  EXPECT_EQ(step.limits.memory, 3ULL << 30);
  EXPECT_EQ(step.request, object(R"({"from":"docx","to":"pdf","accept_changes":true,"pdf":{
      "ReduceImageResolution":false,"Quality":95,"ExportBookmarks":false,"ExportNotes":false}})"));
}

TEST(LibreOffice, TurnsOptionsOfTextIntoFilterData) {
  EXPECT_EQ(request("odt", "pdf",
                    {{"pages", "5-,1,2-3,3"},
                     {"optimize_print", false},
                     {"pdf_a", "true"},
                     {"include_markup", true},
                     {"bookmarks", true},
                     {"password", "geheim"}}),
            object(R"({"from":"odt","to":"pdf","password":"geheim","pdf":{
      "ReduceImageResolution":true,"MaxImageResolution":150,"Quality":80,"ExportBookmarks":true,"SelectPdfVersion":2,
      "ExportNotes":true,"PageRange":"1-3,5-"}})"));
}

TEST(LibreOffice, TurnsOptionsOfSlidesIntoFilterData) {
  EXPECT_EQ(
      request("pptx", "pdf", {{"hidden_slides", true}, {"output_type", "notes"}, {"pages", "2"}}),
      object(R"({"from":"pptx","to":"pdf","pdf":{"ReduceImageResolution":false,"Quality":95,"ExportBookmarks":false,
      "ExportNotes":false,"ExportHiddenSlides":true,"ExportNotesPages":true,"ExportOnlyNotesPages":true,"PageRange":"2"}})"));
}

TEST(LibreOffice, AsksForHandoutsAndOutlinesByName) {
  const auto handouts = request("odp", "pdf", {{"output_type", "handouts"}, {"slides_per_handout_page", 4}});
  EXPECT_EQ(handouts.at("output_type"), "handouts");
  EXPECT_EQ(handouts.at("slides_per_handout_page"), 4);
  const auto outline = request("odp", "pdf", {{"output_type", "outline"}, {"pages", "1-2"}});
  EXPECT_EQ(outline.at("output_type"), "outline");
  EXPECT_EQ(outline.at("pages"), "1-2");
  EXPECT_FALSE(outline.at("pdf").as_object().contains("PageRange"));
}

TEST(LibreOffice, PassesSheetOptions) {
  EXPECT_EQ(request("xlsx", "pdf", {{"single_page", true}}).at("pdf").at("SinglePageSheets"), true);
  EXPECT_EQ(request("xlsx", "pdf", {{"sheets", {"Totals", "2"}}}).at("sheets"), (json::array{"Totals", "2"}));
  const auto both = plan("xlsx", "pdf", {{"single_page", true}, {"sheets", {"2"}}});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().field, "single_page");
  EXPECT_EQ(request("xlsx", "csv", {{"separator", ";"}}), object(R"({"from":"xlsx","to":"csv","separator":";"})"));
  EXPECT_EQ(request("csv", "xlsx", {{"separator", "\t"}}), object(R"({"from":"csv","to":"xlsx","separator":"\t"})"));
}

TEST(LibreOffice, WritesOneFilePerSheetAsASequence) {
  const auto result = plan("ods", "csv", {{"all_sheets", true}});
  ASSERT_TRUE(result);
  EXPECT_TRUE(worker_step(*result).sequence);
  EXPECT_THAT(worker_step(*result).outputs, ElementsAre("out/out.csv"));
  EXPECT_THAT(result->outputs, ElementsAre("out/out-*.csv"));
  EXPECT_EQ(worker_step(*result).request, object(R"({"from":"ods","to":"csv","all_sheets":true})"));
}

TEST(LibreOffice, DrawsImagesFromThePdfOfTheWorker) {
  const auto result = plan("pptx", "jpg", {{"pixel_density", 300}, {"width", 800}, {"fit", "crop"}, {"quality", 70}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 2U);
  EXPECT_EQ(worker_step(*result).request.at("to"), "pdf");
  EXPECT_EQ(worker_step(*result).request.at("raster"), object(R"({"density":300,"width":800,"fit":"crop"})"));
  EXPECT_THAT(worker_step(*result).outputs, ElementsAre("tmp/document.pdf"));
  const auto& drawing = std::get<engine::ProgramStep>(result->steps[1].action);
  EXPECT_EQ(drawing.program, "pdftoppm");
  EXPECT_THAT(drawing.arguments,
              ElementsAre("-r", "300", "-jpeg", "-jpegopt", "quality=70", "tmp/document.pdf", "out/page"));
  EXPECT_THAT(result->outputs, ElementsAre("out/page-*.jpg"));
}

TEST(LibreOffice, SaysWhyPagesCouldNotBeDrawn) {
  const auto result = plan("docx", "png");
  ASSERT_TRUE(result);
  ASSERT_TRUE(result->explain);
  EXPECT_EQ(result->explain({.signal = 11}).code, ErrorCode::conversion_failed);
  EXPECT_EQ(result->explain({.exit_code = 1}).message, "The pages could not be drawn.");
}

TEST(LibreOffice, NamesTheOptionItRejects) {
  const std::vector<std::pair<json::object, std::string>> wrong = {
      {{{"pages", "0"}}, "pages"},
      {{{"output_type", "poster"}}, "output_type"},
      {{{"slides_per_handout_page", 5}}, "slides_per_handout_page"},
      {{{"separator", ";;"}}, "separator"},
      {{{"separator", "\""}}, "separator"},
      {{{"pixel_density", 5}}, "pixel_density"},
      {{{"fit", "stretch"}}, "fit"},
      {{{"width", 0}}, "width"},
      {{{"quality", 101}}, "quality"},
      {{{"sheets", {""}}}, "sheets"},
  };
  for (const auto& [options, field] : wrong) {
    const auto result = plan("xlsx", "pdf", options);
    ASSERT_FALSE(result) << json::serialize(options);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_data);
    EXPECT_EQ(result.error().field, field);
  }
}

TEST(LibreOffice, RefusesAPairItDoesNotHave) {
  for (const auto& [from, to] : {std::pair{"docx", "xlsx"}, {"mp3", "pdf"}, {"docx", "docx"}, {"docx", "../x"}}) {
    const auto result = plan(from, to);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_conversion_type);
  }
}

TEST(LibreOffice, AnswersToTheNameOffice) {
  engine::Registry registry;
  ASSERT_TRUE(register_libreoffice(registry));
  EXPECT_EQ(registry.find("office"), registry.find("libreoffice"));
}

TEST(LibreOffice, ListsThePasswordAsASecret) {
  engine::Registry registry;
  ASSERT_TRUE(register_libreoffice(registry));
  const auto& info = registry.find("libreoffice")->info();
  const auto& options = info.abilities.front().options;
  const auto password = std::ranges::find(options, "password", &schema::FieldInfo::name);
  ASSERT_NE(password, options.end());
  EXPECT_TRUE(password->secret);
  EXPECT_TRUE(info.probe.content.starts_with("PK"));
}

}  // namespace
}  // namespace recast::engines
