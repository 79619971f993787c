#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include "../../../tests/support/engine_run.hpp"
#include "engines/ghostscript/samples.hpp"
#include "execution/executor.hpp"

/// PDF/A and PDF/X as they come out of the jail, looked at with libqpdf and Poppler. There is no validator in Debian.
namespace recast::engines {

Result<> register_ghostscript(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
using test::output_of;
using testing::HasSubstr;
using testing::Not;

class Standards : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (execution::find_program("gs", {}).empty()) GTEST_SKIP() << "gs is not installed";
  }
  void make(const std::string& operation, const std::string& level, const std::string& content) {
    static test::EngineRun run(&register_ghostscript, {&register_qpdf});
    static int number = 0;
    const auto input = run.folder().write("standard-" + std::to_string(++number) + ".pdf", content);
    const auto done = run.run(
        {.operation = operation, .from = {}, .to = {}, .files = {input}, .options = {{"conformance_level", level}}});
    ASSERT_TRUE(done) << done.error().message;
    path_ = done->files.at(0);
    document_.setSuppressWarnings(true);
    document_.processFile(path_.c_str());
  }
  QPDFObjectHandle page() { return document_.getAllPages().at(0); }
  QPDFObjectHandle intent() { return document_.getRoot().getKey("/OutputIntents").getArrayItem(0); }
  std::string metadata() {
    const auto data = document_.getRoot().getKey("/Metadata").getStreamData();
    return {reinterpret_cast<const char*>(data->getBuffer()), data->getSize()};
  }
  std::string info(const std::string& key) { return document_.getTrailer().getKey("/Info").getKey(key).getUTF8Value(); }
  /// How many objects have that key with a value other than `harmless`.
  int count(const std::string& key, const std::string& harmless) {
    int found = 0;
    for (auto& object : document_.getAllObjects()) {
      auto dictionary = object.isStream() ? object.getDict() : object;
      if (dictionary.isDictionary() && dictionary.hasKey(key) && dictionary.getKey(key).unparse() != harmless) ++found;
    }
    return found;
  }
  /// Of every font: what pdffonts prints in the column "emb".
  void expect_fonts_inside() const {
    const auto fonts = output_of("pdffonts " + path_.string());
    EXPECT_THAT(fonts, HasSubstr("+Helvetica"));  // it was not inside before
    EXPECT_THAT(fonts, Not(testing::ContainsRegex(" no +(yes|no) +(yes|no) +[0-9]+ +[0-9]+")));
  }
  void expect_no_code() {
    EXPECT_FALSE(document_.getRoot().hasKey("/OpenAction"));
    EXPECT_EQ(count("/JS", ""), 0);
  }
  std::string text() const { return output_of("pdftotext " + path_.string() + " -"); }

  fs::path path_;
  QPDF document_;
};

class PdfA : public Standards {};

TEST_P(PdfA, IsWhatItsMetadataSay) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/a", GetParam(), test::sample_to_archive(test::Opacity::full)));
  EXPECT_THAT(metadata(), HasSubstr(std::string("pdfaid:part='") + GetParam().front()));
  EXPECT_THAT(metadata(), HasSubstr("pdfaid:conformance='B'"));
  EXPECT_EQ(intent().getKey("/S").getName(), "/GTS_PDFA1");
  EXPECT_EQ(intent().getKey("/DestOutputProfile").getDict().getKey("/N").getIntValue(), 3);
  EXPECT_TRUE(document_.getTrailer().hasKey("/ID"));
  expect_fonts_inside();
  expect_no_code();
  EXPECT_EQ(document_.getAllPages().size(), 1U);
  EXPECT_THAT(text(), HasSubstr("Recast"));
}

TEST_P(PdfA, KeepsLinksAndTitle) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/a", GetParam(), test::sample_to_archive(test::Opacity::full)));
  auto link = page().getKey("/Annots").getArrayItem(0);
  EXPECT_EQ(link.getKey("/A").getKey("/URI").getStringValue(), "http://a.test/");
  EXPECT_EQ(link.getKey("/F").getIntValue() & 4, 4);
  EXPECT_EQ(info("/Title"), "Recast!");
  EXPECT_THAT(metadata(), HasSubstr("Recast!"));
  // Ghostscript would have dropped it, and all others with it.
  EXPECT_EQ(info("/Subject"), "Ü");
  EXPECT_THAT(metadata(), HasSubstr("<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Ü</rdf:li>"));
  EXPECT_THAT(output_of("pdfinfo " + path_.string()), HasSubstr("Somebody"));
}

TEST_P(PdfA, HasATitleBeyondAscii) {
  const auto named = test::sample_to_archive(test::Opacity::full);
  const std::string plain = "FEFF0052006500630061007300740021", other = "FEFF00DC00620065007200070026003C";
  auto content = named;
  content.replace(content.find(plain), plain.size(), other);
  ASSERT_NO_FATAL_FAILURE(make("pdf/a", GetParam(), content));
  EXPECT_EQ(info("/Title"), "Über&<");
  EXPECT_THAT(metadata(), HasSubstr("'x-default'>Über&amp;&lt;</rdf:li>"));
  EXPECT_THAT(metadata(), Not(HasSubstr("Untitled")));
  // Every property once, and XML that another program reads.
  EXPECT_THAT(
      output_of("pdfinfo -meta " + path_.string() + " | xmllint --xpath \"count(//*[local-name()='title'])\" -"),
      HasSubstr("1"));
}

/// A form that leaves it to the viewer to show what is filled in, as office programs write it.
std::string filled_form() {
  return test::pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/NeedAppearances true/DR<</Font<</Helv 5 0 R>>>>"
       "/DA(/Helv 12 Tf 0 g)>>>>",
       "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[4 0 R]>>",
       "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Alice)/DA(/Helv 12 Tf 0 g)/Rect[20 20 180 60]/P 3 0 R/F 4>>",
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"});
}

TEST_P(PdfA, ShowsWhatIsFilledIntoForms) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/a", GetParam(), filled_form()));
  EXPECT_THAT(text(), HasSubstr("Alice"));
}

TEST_P(PdfA, HasTransparencyOnlyWhereItIsAllowed) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/a", GetParam(), test::sample_to_archive(test::Opacity::half)));
  EXPECT_EQ(count("/ca", "1") + count("/CA", "1") + count("/SMask", "/None") > 0, GetParam() != "1b");
}

INSTANTIATE_TEST_SUITE_P(Levels, PdfA, testing::Values("1b", "2b", "3b"));

class PdfX : public Standards {};

TEST_P(PdfX, IsForAPress) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/x", GetParam(), test::sample_to_archive(test::Opacity::full)));
  EXPECT_EQ(intent().getKey("/S").getName(), "/GTS_PDFX");
  EXPECT_EQ(intent().getKey("/DestOutputProfile").getDict().getKey("/N").getIntValue(), 4);
  EXPECT_EQ(document_.getTrailer().getKey("/Info").getKey("/Trapped").getName(), "/False");
  EXPECT_EQ(info("/Title"), "Recast!");
  EXPECT_TRUE(page().hasKey("/TrimBox"));
  EXPECT_FALSE(page().hasKey("/ArtBox"));
  EXPECT_FALSE(page().hasKey("/Annots"));
  EXPECT_TRUE(document_.getTrailer().hasKey("/ID"));
  expect_fonts_inside();
  expect_no_code();
  EXPECT_THAT(text(), HasSubstr("Recast"));
}

TEST_P(PdfX, ShowsWhatIsFilledIntoForms) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/x", GetParam(), filled_form()));
  EXPECT_THAT(text(), HasSubstr("Alice"));
}

TEST_P(PdfX, SaysInEveryPlaceWhatTheDocumentIsCalled) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/x", GetParam(), test::sample_to_archive(test::Opacity::full)));
  EXPECT_EQ(info("/Subject"), "Ü");
  if (!document_.getRoot().hasKey("/Metadata")) return;  // PDF 1.3 has none
  EXPECT_THAT(metadata(), HasSubstr("'x-default'>Ü</rdf:li>"));
  EXPECT_THAT(output_of("pdfinfo -meta " + path_.string() + " | xmllint --noout - && echo sound"), HasSubstr("sound"));
}

TEST_P(PdfX, HasTheColoursOfAPressOnly) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/x", GetParam(), test::sample_to_archive(test::Opacity::half)));
  // Not printed on failure: it holds the profile.
  const auto plain = output_of("qpdf --qdf --object-streams=disable " + path_.string() + " -");
  EXPECT_EQ(plain.find("/DeviceRGB"), std::string::npos);
  EXPECT_EQ(plain.find(" rg\n"), std::string::npos);
  EXPECT_TRUE(plain.find(" k\n") != std::string::npos || plain.find("/DeviceCMYK") != std::string::npos);
}

TEST_P(PdfX, NamesItsKind) {
  ASSERT_NO_FATAL_FAILURE(make("pdf/x", GetParam(), test::sample_to_archive(test::Opacity::half)));
  const bool transparent = count("/ca", "1") > 0;
  if (GetParam() == "4") {
    EXPECT_THAT(metadata(), HasSubstr("pdfxid:GTS_PDFXVersion='PDF/X-4'"));
    EXPECT_EQ(document_.getPDFVersion(), "1.6");
    EXPECT_TRUE(transparent);
    return;
  }
  EXPECT_EQ(info("/GTS_PDFXVersion"), GetParam() == "1a" ? "PDF/X-1:2001" : "PDF/X-3:2002");
  EXPECT_EQ(document_.getPDFVersion(), "1.3");
  EXPECT_FALSE(transparent);
}

INSTANTIATE_TEST_SUITE_P(Levels, PdfX, testing::Values("1a", "3", "4"));

TEST_F(Standards, LooksAsBefore) {
  make("pdf/a", "1b", test::sample_to_archive(test::Opacity::half));
  const auto pixel =
      output_of("pdftoppm -r 72 " + path_.string() + " | convert ppm:- -format '%[pixel:p{15,85}]' info:");
  EXPECT_THAT(pixel, testing::ContainsRegex("^srgb\\(12[678],12[678],25[45]\\)"));  // half transparent blue
}

TEST_F(Standards, OpensWithAPasswordOnly) {
  static test::EngineRun run(&register_ghostscript, {&register_qpdf});
  const auto input = run.folder().write("damaged.pdf", "%PDF-1.4 nothing");
  const auto done = run.run({.operation = "pdf/x", .from = {}, .to = {}, .files = {input}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::open_failed);
}

}  // namespace
}  // namespace recast::engines
