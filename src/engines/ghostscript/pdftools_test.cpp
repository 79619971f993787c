#include "engines/ghostscript/pdftools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "engines/ghostscript/samples.hpp"
#include "execution/executor.hpp"

/// Smaller PDF as it comes out of the jail, looked at with Poppler, qpdf and ImageMagick.
namespace recast::engines {

Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using testing::HasSubstr;
using testing::Not;

class PdfTools : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"gs", "pdfimages", "convert", "qpdf"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&ghostscript::add_pdftools, {&register_qpdf});
    return one;
  }
  static Result<operation::Executed> optimize(const fs::path& file, const json::object& options) {
    return run().run({.operation = "optimize", .from = "pdf", .to = {}, .files = {file}, .options = options});
  }
  static fs::path optimized(const fs::path& file, const json::object& options) {
    const auto done = optimize(file, options);
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->files.at(0) : fs::path();
  }
  static fs::path write(const std::string& name, const std::string& bytes) { return run().folder().write(name, bytes); }
  /// Two pages of 200 x 100 points with "page 1" and "page 2" and a photograph of 300 dpi, as a JPEG of best quality.
  static fs::path brochure() {
    static const auto path = write("brochure.pdf", test::brochure_of(photo(), 834, 417));
    return path;
  }
  static std::string photo() {
    const auto path = (run().folder() / "photo.jpg").string();
    output_of("convert -size 834x417 -seed 7 plasma:red-blue -quality 96 " + path);
    return test::read_file(path);
  }
  /// A scan of 300 dpi on yellowish paper with a red stamp, as a JPEG.
  static std::string scanned() {
    const auto path = (run().folder() / "scanned.jpg").string();
    output_of(
        "convert -size 1240x620 xc:'#f4ecd0' -seed 3 +noise Gaussian -pointsize 40 -fill '#202020' "
        "-annotate +80+120 'The quick brown fox jumps' -annotate +80+200 'over the lazy dog' -fill '#c01010' "
        "-annotate +700+450 'RECEIVED' -quality 92 " +
        path);
    return test::read_file(path);
  }
  static std::string text_of(const fs::path& pdf) { return output_of("pdftotext " + pdf.string() + " -"); }
  /// "rgb jpeg 150": colours, compression and dots per inch of the first picture.
  static std::string picture_of(const fs::path& pdf) {
    return output_of("pdfimages -list " + pdf.string() + " | awk 'NR==3 {print $6, $9, $13}'");
  }
  static std::string structure_of(const fs::path& pdf) {
    return output_of("qpdf --qdf --object-streams=disable " + pdf.string() + " - | strings");
  }
  /// How unlike the first pages look, from 0 to 1.
  static double difference(const fs::path& one, const fs::path& other) {
    for (const auto& [pdf, name] : {std::pair{one, "one"}, std::pair{other, "other"}})
      output_of("pdftoppm -r 50 -singlefile " + pdf.string() + " " + (run().folder() / name).string());
    const auto text = output_of("compare -metric RMSE " + (run().folder() / "one.ppm").string() + " " +
                                (run().folder() / "other.ppm").string() + " null:");
    const auto begin = text.find('(');
    return begin == std::string::npos ? 1 : std::stod(text.substr(begin + 1));
  }
  static void expect_same_document(const fs::path& pdf, double most = 0.06) {
    EXPECT_EQ(test::page_sizes(test::read_file(pdf)).size(), 2U);
    EXPECT_THAT(text_of(pdf), testing::ContainsRegex("page 1[^p]*page 2"));
    EXPECT_LT(difference(brochure(), pdf), most);
    EXPECT_THAT(output_of("qpdf --check " + pdf.string()), HasSubstr("No syntax"));
  }
};

TEST_F(PdfTools, AnswersToTheNamesThatClientsUse) {
  EXPECT_EQ(run().engine().info().name, "pdftools");
  EXPECT_THAT(run().engine().info().aliases, testing::ElementsAre("3heights"));
}

TEST_F(PdfTools, MakesDocumentsForTheWeb) {
  const auto pdf = optimized(brochure(), {});
  expect_same_document(pdf);
  EXPECT_LT(fs::file_size(pdf), fs::file_size(brochure()) / 2);
  EXPECT_EQ(picture_of(pdf), "rgb jpeg 150\n");
  EXPECT_THAT(output_of("pdfinfo " + pdf.string()), testing::ContainsRegex("Optimized: +yes"));
}

TEST_F(PdfTools, MakesDocumentsForPrinting) {
  const auto pdf = optimized(brochure(), {{"profile", "print"}});
  expect_same_document(pdf, 0.15);  // a press has no such bright red and blue
  EXPECT_EQ(picture_of(pdf), "cmyk jpeg 300\n");
}

TEST_F(PdfTools, MakesDocumentsAsSmallAsCanBe) {
  const auto pdf = optimized(brochure(), {{"profile", "max"}});
  expect_same_document(pdf);
  EXPECT_EQ(picture_of(pdf), "rgb jpeg 96\n");
  EXPECT_LT(fs::file_size(pdf), fs::file_size(optimized(brochure(), {})));
  EXPECT_THAT(structure_of(pdf), Not(HasSubstr("/Metadata")));
}

TEST_F(PdfTools, LosesNothingInAnArchive) {
  const auto pdf = optimized(brochure(), {{"profile", "archive"}});
  expect_same_document(pdf);
  EXPECT_EQ(difference(brochure(), pdf), 0);
  EXPECT_EQ(picture_of(pdf), "rgb jpeg 300\n");
  EXPECT_LT(fs::file_size(pdf), fs::file_size(brochure()));
}

TEST_F(PdfTools, ChangesColours) {
  EXPECT_EQ(picture_of(optimized(brochure(), {{"colorspace", "grayscale"}})), "gray jpeg 150\n");
  EXPECT_EQ(picture_of(optimized(brochure(), {{"colorspace", "cmyk"}})), "cmyk jpeg 150\n");
  EXPECT_EQ(picture_of(optimized(brochure(), {{"profile", "print"}, {"colorspace", "unchanged"}})), "rgb jpeg 300\n");
  EXPECT_EQ(optimize(brochure(), {{"profile", "archive"}, {"colorspace", "rgb"}}).error().field, "colorspace");
}

TEST_F(PdfTools, SplitsScansIntoSharpInkAndCoarsePaper) {
  const auto scan = write("scan.pdf", test::scan_of(scanned(), 1240, 620, 0));
  const auto pdf = optimized(scan, {{"profile", "mrc"}});
  const auto list = output_of("pdfimages -list " + pdf.string());
  EXPECT_THAT(list, HasSubstr("ccitt"));
  EXPECT_THAT(list, HasSubstr("jpeg"));
  EXPECT_LT(fs::file_size(pdf), fs::file_size(scan) / 3);
  EXPECT_LT(difference(scan, pdf), 0.04);
  EXPECT_THAT(text_of(pdf), HasSubstr("unseen"));  // the text below the scan
  EXPECT_THAT(output_of("qpdf --check " + pdf.string()), HasSubstr("No syntax"));
}

TEST_F(PdfTools, SplitsScansThatAreTurned) {
  for (const int rotation : {90, 180, 270}) {
    const auto scan = write("turned.pdf", test::scan_of(scanned(), 1240, 620, rotation));
    const auto pdf = optimized(scan, {{"profile", "mrc"}});
    EXPECT_LT(difference(scan, pdf), 0.06) << rotation;
    EXPECT_EQ(test::page_sizes(test::read_file(pdf)).at(0).width, test::page_sizes(test::read_file(scan)).at(0).width);
  }
}

TEST_F(PdfTools, LeavesColoursOutOfScansIfWished) {
  const auto scan = write("colours.pdf", test::scan_of(scanned(), 1240, 620, 0));
  const auto list =
      output_of("pdfimages -list " + optimized(scan, {{"profile", "mrc"}, {"colorspace", "grayscale"}}).string());
  EXPECT_THAT(list, Not(HasSubstr("rgb")));
  EXPECT_EQ(optimize(scan, {{"profile", "mrc"}, {"colorspace", "cmyk"}}).error().field, "colorspace");
}

TEST_F(PdfTools, SplitsNoPageThatHasTextOfItsOwn) {
  const auto pdf = optimized(brochure(), {{"profile", "mrc"}});
  expect_same_document(pdf);
  EXPECT_EQ(picture_of(pdf), "rgb jpeg 300\n");
}

TEST_F(PdfTools, FlattensSignaturesIfWished) {
  const auto document = write("signed.pdf", test::signed_pdf());
  const auto plain = optimized(document, {{"profile", "archive"}, {"flatten_signatures", true}});
  EXPECT_THAT(structure_of(plain), Not(HasSubstr("/Sig\n")));
  EXPECT_THAT(structure_of(plain), HasSubstr("/FT /Tx"));
  EXPECT_EQ(difference(document, plain), 0);
  EXPECT_THAT(text_of(plain), HasSubstr("signed by me"));
  EXPECT_THAT(structure_of(optimized(document, {{"profile", "archive"}})), HasSubstr("/FT /Sig"));
  EXPECT_THAT(text_of(optimized(document, {{"flatten_signatures", true}})), HasSubstr("signed by me"));
}

TEST_F(PdfTools, KeepsFormsThatAreToBeFilledIn) {
  const auto form = write("form.pdf", test::signed_pdf());
  for (const auto* const profile : {"web", "max", "archive"})
    EXPECT_THAT(structure_of(optimized(form, {{"profile", profile}})), HasSubstr("/FT /Tx")) << profile;
  EXPECT_THAT(structure_of(optimized(form, {{"profile", "print"}})), Not(HasSubstr("/FT /Tx")));
}

TEST_F(PdfTools, KeepsRestrictionsAndRefusesWhatItCannotOpen) {
  const auto restricted = run().folder() / "restricted.pdf";
  output_of("qpdf --encrypt '' owner 256 --print=none -- " + brochure().string() + " " + restricted.string());
  EXPECT_THAT(output_of("qpdf --show-encryption " + optimized(restricted, {}).string()),
              HasSubstr("print high resolution: not allowed"));
  const auto document = write("locked.pdf", from_base64(test::kEncryptedPdf).value());
  for (const auto* const profile : {"web", "archive", "mrc"}) {
    const auto locked = optimize(document, {{"profile", profile}});
    ASSERT_FALSE(locked) << profile;
    EXPECT_EQ(locked.error().code, ErrorCode::open_failed) << profile;
    EXPECT_THAT(locked.error().message, HasSubstr("pdf/decrypt opens it")) << profile;
  }
  EXPECT_EQ(optimize(brochure(), {{"profile", "tiny"}}).error().field, "profile");
}

}  // namespace
}  // namespace recast::engines
