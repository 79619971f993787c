#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "engines/ghostscript/samples.hpp"
#include "execution/executor.hpp"

/// Plans carried out by the real gs, in the jail this machine can give.
namespace recast::engines {

Result<> register_ghostscript(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;
using testing::StartsWith;

class JailedGhostscript : public testing::Test {
 protected:
  void SetUp() override {
    if (execution::find_program("gs", {}).empty()) GTEST_SKIP() << "gs is not installed";
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_ghostscript, {&register_qpdf});
    return one;
  }
  static std::vector<fs::path> convert(const std::string& content, const std::string& from, const std::string& to,
                                       const json::object& options = {}) {
    auto files = run().convert_bytes(content, from, to, options);
    EXPECT_TRUE(files) << files.error().message;
    return files.value_or(std::vector<fs::path>());
  }
  static Error error(const std::string& content, const std::string& from, const std::string& to,
                     const json::object& options = {}) {
    const auto files = run().convert_bytes(content, from, to, options);
    EXPECT_FALSE(files);
    return files ? Error{} : files.error();
  }
  static std::string identify(const fs::path& file, const std::string& format) {
    return output_of("identify -format '" + format + "\\n' " + file.string());
  }
};

TEST_F(JailedGhostscript, DoesItsProbe) {
  const auto& probe = run().engine().info().probe;
  const auto files = convert(probe.content, probe.from, probe.to, probe.options);
  EXPECT_EQ(identify(files.at(0), "%wx%h"), "20x10\n");
}

TEST_F(JailedGhostscript, MakesPdfOfPostScriptWithItsText) {
  const auto files = convert(test::sample_postscript(), "ps", "pdf");
  EXPECT_EQ(test::page_sizes(test::read_file(files.at(0))).size(), 2U);
  EXPECT_THAT(output_of("pdftotext " + files.at(0).string() + " -"), testing::ContainsRegex("page 1[^p]*page 2"));
}

TEST_F(JailedGhostscript, TakesOnlyThePagesOfPostScriptThatWereAskedFor) {
  const auto files = convert(test::sample_postscript(), "ps", "txt", {{"pages", "2-9"}});
  const auto text = test::read_file(files.at(0));
  EXPECT_THAT(text, HasSubstr("page 2"));
  EXPECT_THAT(text, testing::Not(HasSubstr("page 1")));
  EXPECT_EQ(error(test::sample_postscript(), "ps", "png", {{"pages", "3-"}}).field, "pages");
  EXPECT_EQ(error(test::pdf_of(2), "pdf", "png", {{"pages", "3-"}}).field, "pages");
}

TEST_F(JailedGhostscript, CropsAnEpsToItsBox) {
  const auto png = convert(test::sample_eps(), "eps", "png", {{"pixel_density", 72}}).at(0);
  EXPECT_EQ(identify(png, "%wx%h"), "100x50\n");
  EXPECT_THAT(identify(png, "%[pixel:p{20,30}]"), StartsWith("srgb(255,0,0)"));
  EXPECT_THAT(identify(png, "%[pixel:p{60,30}]"), StartsWith("srgb(255,255,255)"));
  const auto pdf = convert(test::sample_eps(), "eps", "pdf").at(0);
  const auto size = test::page_sizes(test::read_file(pdf)).at(0);
  EXPECT_NEAR(size.width, 100, 1);
  EXPECT_NEAR(size.height, 50, 1);
}

TEST_F(JailedGhostscript, FitsImagesIntoABox) {
  const auto size = [](const json::object& options, const std::string& to = "png") {
    return identify(convert(test::sample_eps(), "eps", to, options).at(0), "%wx%h");
  };
  EXPECT_EQ(size({{"width", 60}}), "60x30\n");
  EXPECT_EQ(size({{"width", 60}, {"height", 60}, {"fit", "crop"}}, "jpg"), "60x60\n");
  EXPECT_EQ(size({{"width", 300}, {"height", 60}, {"fit", "scale"}}), "300x60\n");
  EXPECT_EQ(size({{"width", 9000}, {"pixel_density", 72}}), "100x50\n");  // max never enlarges
}

TEST_F(JailedGhostscript, KnowsColoursOfImages) {
  EXPECT_EQ(identify(convert(test::sample_eps(), "eps", "jpg", {{"colorspace", "cmyk"}}).at(0), "%[colorspace]"),
            "CMYK\n");
  EXPECT_EQ(identify(convert(test::sample_eps(), "eps", "png", {{"grayscale", true}}).at(0), "%[colorspace]"),
            "Gray\n");
  EXPECT_THAT(identify(convert(test::sample_eps(), "eps", "png", {{"transparent", true}, {"pixel_density", 72}}).at(0),
                       "%[fx:p{60,30}.a]"),
              StartsWith("0"));
}

TEST_F(JailedGhostscript, PutsAllPagesIntoOneTiff) {
  const auto files = convert(test::sample_postscript(), "ps", "tiff", {{"width", 50}});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(identify(files.at(0), "%wx%h"), "50x25\n50x25\n");
}

TEST_F(JailedGhostscript, MakesOneFileOfEachPageForImagesAndEps) {
  EXPECT_EQ(convert(test::pdf_of(11), "pdf", "jpg", {{"pixel_density", 20}}).size(), 11U);
  const auto eps = convert(test::pdf_of(2), "pdf", "eps");
  ASSERT_EQ(eps.size(), 2U);
  EXPECT_THAT(test::read_file(eps.at(1)), HasSubstr("EPSF"));
  EXPECT_THAT(output_of("ps2ascii " + eps.at(1).string()), HasSubstr("page 2"));
  EXPECT_THAT(test::read_file(convert(test::pdf_of(1), "pdf", "ps").at(0)), StartsWith("%!PS"));
}

TEST_F(JailedGhostscript, MakesXps) {
  const auto xps = convert(test::pdf_of(2), "pdf", "xps").at(0);
  EXPECT_THAT(output_of("unzip -l " + xps.string()), HasSubstr("Pages/2.fpage"));
}

TEST_F(JailedGhostscript, OpensAnEncryptedPdfWithItsPasswordOnly) {
  const auto pdf = from_base64(test::kEncryptedPdf);
  ASSERT_TRUE(pdf);
  const auto closed = error(std::string(*pdf), "pdf", "png");
  EXPECT_EQ(closed.code, ErrorCode::open_failed);
  EXPECT_EQ(closed.field, "password");
  EXPECT_EQ(convert(std::string(*pdf), "pdf", "png", {{"password", "secret"}}).size(), 1U);
}

TEST_F(JailedGhostscript, GivesPostScriptNothingToReadOrRun) {
  const auto read = [](const std::string& program) { return "%!PS\n" + program + "\nshowpage\n"; };
  EXPECT_THAT(error(read("(/etc/passwd) (r) file pop"), "ps", "png").message, HasSubstr("not allowed"));
  EXPECT_THAT(error(read("(%pipe%id) (w) file pop"), "ps", "png").message, HasSubstr("not allowed"));
  EXPECT_THAT(error(read("(tmp/new) (w) file pop"), "ps", "png").message, HasSubstr("not allowed"));
  EXPECT_EQ(error(read("nonsense"), "ps", "pdf").message, "The PostScript program failed: undefined in nonsense.");
}

TEST_F(JailedGhostscript, SaysThatADamagedPdfHasNoPages) {
  const auto whole = test::pdf_of(3);
  EXPECT_EQ(error(whole.substr(0, 60), "pdf", "png").code, ErrorCode::open_failed);
}

}  // namespace
}  // namespace recast::engines
