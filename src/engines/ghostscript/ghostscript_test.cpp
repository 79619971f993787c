#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "engines/ghostscript/program.hpp"

/// Plans alone; jailed_test.cpp and standards_test.cpp carry them out.
namespace recast::engines {

Result<> register_ghostscript(engine::Registry& registry);

namespace {

using ghostscript::Arguments;
using test::line;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

Result<engine::Plan> plan(const std::string& from, const std::string& to, boost::json::object options = {},
                          const std::string& operation = "convert") {
  engine::Request request{.inputs = {"in/in-1." + (from.empty() ? "pdf" : from)},
                          .from = from,
                          .to = to,
                          .options = std::move(options),
                          .engine = {},
                          .install = {}};
  request.operation = operation;
  return test::engine_of(&register_ghostscript).plan(request);
}

TEST(GhostscriptPlan, IsSafeWhateverIsDone) {
  for (const auto* const to : {"pdf", "eps", "png", "jpg", "tiff", "xps", "txt"}) {
    const auto result = plan("ps", to);
    ASSERT_TRUE(result) << to;
    EXPECT_THAT(line(*result, 0), AllOf(Contains("-dSAFER"), Contains("-P-"), Contains("-dBATCH"))) << to;
    EXPECT_EQ(line(*result, 0).back(), "in/in-1.ps") << to;
  }
}

TEST(GhostscriptPlan, DrawsAtTheDensity) {
  const auto result = plan("eps", "jpg", {{"pixel_density", "300"}, {"quality", 60}, {"colorspace", "cmyk"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), IsSupersetOf({"-sDEVICE=jpegcmyk", "-r300", "-dJPEGQ=60", "-dEPSCrop",
                                              "-dTextAlphaBits=4", "-sOutputFile=out/page-%d.jpg"}));
  EXPECT_THAT(result->outputs, Contains("out/page-*.jpg"));
}

TEST(GhostscriptPlan, DrawsLargeEnoughForABoxThatIsToBeFilled) {
  const auto result = plan("ps", "png", {{"width", 3200}, {"height", 1000}, {"fit", "crop"}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(line(*result, 0), IsSupersetOf({"-r400", "-sOutputFile=tmp/page-%d.png"}));
  EXPECT_THAT(line(*result, 1), IsSupersetOf({"mogrify", "3200x1000^", "png:tmp/page*.png"}));
}

TEST(GhostscriptPlan, HasTheWorkerTakePagesAndPasswords) {
  const auto result = plan("pdf", "png", {{"pages", "7-, 2-3"}, {"password", " s p "}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 3U);
  const auto& unlock = std::get<engine::WorkerStep>(result->steps.at(0).action);
  const auto& extract = std::get<engine::WorkerStep>(result->steps.at(1).action);
  EXPECT_EQ(unlock.request.at("options").at("password"), " s p ");
  EXPECT_EQ(extract.inputs, unlock.outputs);
  EXPECT_EQ(extract.request.at("options").at("pages"), "2-3,7-");
  EXPECT_EQ(line(*result, 2).back(), extract.outputs.at(0));
  EXPECT_THAT(line(*result, 2), Not(Contains(HasSubstr("s p"))));
}

TEST(GhostscriptPlan, WritesADefinitionForEachStandard) {
  const auto archive = plan("", "", {{"conformance_level", "1b"}}, "pdf/a");
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_THAT(line(*archive, 1), IsSupersetOf({"-dPDFA=1", "-dPDFACompatibilityPolicy=1", "in/definition.ps"}));
  EXPECT_THAT(archive->files.at("in/definition.ps"), HasSubstr("/GTS_PDFA1"));
  const auto press = plan("", "", {{"conformance_level", "1a"}}, "pdf/x");
  ASSERT_TRUE(press) << press.error().message;
  EXPECT_THAT(line(*press, 1), IsSupersetOf({"-dPDFX", "-sColorConversionStrategy=CMYK"}));
  EXPECT_THAT(press->files.at("in/definition.ps"), HasSubstr("PDF/X-1a:2001"));
}

TEST(GhostscriptPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("ps", "png", {{"pixel_density", 5}}).error().field, "pixel_density");
  EXPECT_EQ(plan("ps", "png", {{"pages", "0"}}).error().field, "pages");
  EXPECT_EQ(plan("ps", "png", {{"colorspace", "cmyk"}}).error().field, "colorspace");
  EXPECT_EQ(plan("", "", {{"conformance_level", "1a"}}, "pdf/a").error().field, "conformance_level");
  EXPECT_EQ(plan("", "", {{"conformance_level", "2"}}, "pdf/x").error().field, "conformance_level");
  EXPECT_EQ(plan("png", "pdf").error().code, ErrorCode::invalid_conversion_type);
}

TEST(GhostscriptExplain, TellsPasswordsMemoryAndMistakesApart) {
  const auto explained = [](std::string_view output) {
    return ghostscript::explain({.exit_code = 1, .output = output});
  };
  EXPECT_EQ(explained("   **** This file requires a password for access.\n").field, "password");
  EXPECT_EQ(explained("Error: /VMerror in --string--\n").code, ErrorCode::memory_limit);
  EXPECT_EQ(explained("Error: /undefined in foo\nOperand stack:\n").message,
            "The PostScript program failed: undefined in foo.");
  EXPECT_THAT(explained("Error: /invalidfileaccess in --file--\n").message, HasSubstr("not allowed"));
}

TEST(GhostscriptExplain, DoesNotBelieveASuccessWithoutPages) {
  const auto told =
      ghostscript::doubt({.output = "   No pages will be processed (FirstPage > LastPage).\n", .errors = {}});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::open_failed);
  EXPECT_FALSE(ghostscript::doubt({.output = "Page 1\n", .errors = "**** Warning: x\n"}));
}

TEST(GhostscriptProgress, CountsPages) {
  ghostscript::Pages pages;
  EXPECT_EQ(pages.read("Page 1"), std::nullopt);
  EXPECT_EQ(pages.read("Processing pages 1 through 4."), std::nullopt);
  EXPECT_EQ(pages.read("Page 1"), 0);
  EXPECT_EQ(pages.read("Page 2"), 25);
  EXPECT_EQ(pages.read("Loading a font"), std::nullopt);
  EXPECT_EQ(pages.read("Page 99999999999999999999"), std::nullopt);
}

}  // namespace
}  // namespace recast::engines
