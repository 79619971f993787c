#include "engines/ghostscript/standards.hpp"

#include <fmt/format.h>

#include "engines/ghostscript/program.hpp"

namespace recast::engines::ghostscript {

namespace {

constexpr const char* kDefinition = "in/definition.ps";

/// PostScript that gives the document an output intent: the colours that its numbers mean.
std::string output_intent(std::string_view profile, int components, std::string_view entries) {
  return fmt::format(
      "%!\n"
      "[/_objdef {{profile}} /type /stream /OBJ pdfmark\n"
      "[{{profile}} << /N {} >> /PUT pdfmark\n"
      "[{{profile}} ({}{}) (r) file /PUT pdfmark\n"
      "[/_objdef {{intent}} /type /dict /OBJ pdfmark\n"
      "[{{intent}} << /Type /OutputIntent /DestOutputProfile {{profile}} {} >> /PUT pdfmark\n"
      "[{{Catalog}} << /OutputIntents [{{intent}}] >> /PUT pdfmark\n",
      components, kProfiles, profile, entries);
}

Arguments permitted(std::string_view profile) { return {fmt::format("--permit-file-read={}{}", kProfiles, profile)}; }

/// What both standards want: every font inside, those that every reader has too.
Arguments with_all_fonts(const std::string& input) {
  return {"-dEmbedAllFonts=true", kDefinition, "-c", "<< /NeverEmbed [ ] >> setdistillerparams", "-f", input};
}

/// `Info` entries and XMP of each kind of PDF/X. The XMP of X-4 is what names it.
std::string x_marks(std::string_view level) {
  constexpr std::string_view kNamespace = "http://www.npes.org/pdfx/ns/id/";
  if (level == "1a")
    return "[ /GTS_PDFXVersion (PDF/X-1:2001) /GTS_PDFXConformance (PDF/X-1a:2001) /Trapped /False /DOCINFO pdfmark\n";
  if (level == "3") return "[ /GTS_PDFXVersion (PDF/X-3:2002) /Trapped /False /DOCINFO pdfmark\n";
  return fmt::format(
      "[ /GTS_PDFXVersion (PDF/X-4) /Trapped /False /DOCINFO pdfmark\n"
      "[ /XML (<rdf:Description rdf:about='' xmlns:pdfxid='{}' pdfxid:GTS_PDFXVersion='PDF/X-4'/>"
      "<rdf:Description rdf:about='' xmlns:pdf='http://ns.adobe.com/pdf/1.3/' pdf:Trapped='False'/>"
      "<rdf:Description rdf:about='' xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/' xmpMM:VersionID='1' "
      "xmpMM:RenditionClass='default'/>) /Ext_Metadata pdfmark\n",
      kNamespace);
}

}  // namespace

void add_pdf_a(engine::Plan& plan, const std::string& input, char part, const std::string& output) {
  constexpr std::string_view kProfile = "srgb.icc";
  plan.files[kDefinition] =
      output_intent(kProfile, 3, "/S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1)");
  auto arguments = permitted(kProfile);
  // Policy 1 leaves out what the standard forbids; 0 would write a document that is no PDF/A.
  append(arguments, {fmt::format("-dPDFA={}", part), "-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=RGB"});
  append(arguments, faithful());
  append(arguments, with_all_fonts(input));
  plan.steps.push_back(draw("pdfwrite", output, std::move(arguments)));
}

void add_pdf_x(engine::Plan& plan, const std::string& input, std::string_view level, const std::string& output) {
  constexpr std::string_view kProfile = "default_cmyk.icc";
  plan.files[kDefinition] =
      output_intent(kProfile, 4,
                    "/S /GTS_PDFX /OutputConditionIdentifier (Custom) /OutputCondition (U.S. Web Coated \\(SWOP\\) v2 "
                    "or alike) /Info (CMYK of a web offset press) /RegistryName (http://www.color.org)") +
      x_marks(level);
  auto arguments = permitted(kProfile);
  // gs knows PDF/X-3 alone, which is PDF 1.3 without transparency; 1a is one with the colours of a press only.
  append(arguments, {level == "4" ? "-dCompatibilityLevel=1.6" : "-dPDFX"});
  // Comments and links are not for presses: what they look like becomes part of the page.
  append(arguments, {"-dPreserveAnnots=false", "-sColorConversionStrategy=CMYK"});
  append(arguments, faithful());
  const std::string prepared = "tmp/prepared.pdf";
  append(arguments, with_all_fonts(prepared));
  plan.steps.push_back(qpdf("before pdf/x", {input}, prepared));
  plan.steps.push_back(draw("pdfwrite", "tmp/press.pdf", std::move(arguments)));
  plan.steps.push_back(qpdf("after pdf/x", {"tmp/press.pdf", input}, output));
}

}  // namespace recast::engines::ghostscript
