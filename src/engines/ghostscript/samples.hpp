#pragma once

#include <string>

#include "../../../tests/support/pdf.hpp"

/// Documents for this engine's tests.
namespace recast::test {

/// Two pages of 200 x 100 points, with the words "page 1" and "page 2".
inline std::string sample_postscript() {
  std::string text = "%!PS-Adobe-3.0\n%%BoundingBox: 0 0 200 100\n<< /PageSize [200 100] >> setpagedevice\n";
  for (const auto* const number : {"1", "2"})
    text += std::string("/Helvetica findfont 24 scalefont setfont 20 40 moveto (page ") + number + ") show showpage\n";
  return text;
}

/// A red square of 40 points in a corner of a box of 100 x 50.
inline std::string sample_eps() {
  return "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 50 50 150 100\n1 0 0 setrgbcolor 50 50 40 40 rectfill showpage\n";
}

enum class Opacity { full, half };

/// A page with the word Recast in a font that is not inside, a blue square that may be half transparent, in RGB, and a
/// link that is not marked as printable. Its title is UTF-16, as office programs write it.
inline std::string sample_to_archive(Opacity opacity) {
  const std::string content =
      "BT /F 24 Tf 20 40 Td (Recast) Tj ET q /G gs 0 0 1 rg 10 10 80 60 re f Q 1 0 0 rg 150 10 20 20 re f";
  return pdf_of_objects({"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
                         "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                         "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Group<</S/Transparency/CS/"
                         "DeviceRGB>>/Annots[6 0 R]/Resources<</Font<</F 5 0 R>>/ExtGState<</G<</ca " +
                             std::string(opacity == Opacity::half ? "0.5" : "1") + ">>>>>>>>",
                         "<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream",
                         "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                         "<</Type/Annot/Subtype/Link/Rect[10 10 50 50]/Border[0 0 0]/A<</S/URI/URI(http://a.test/)>>>>",
                         "<</Title<FEFF0052006500630061007300740021>/Author(Somebody)/Subject<FEFF00DC>>>"},
                        "/Info 7 0 R");
}

/// Two pages with text and the same JPEG of `width` x `height` pixels, 200 points wide. Their streams are not
/// compressed, as nobody would write them.
inline std::string brochure_of(const std::string& jpeg, int width, int height) {
  const auto stream = [](const std::string& entries, const std::string& bytes) {
    return "<<" + entries + "/Length " + std::to_string(bytes.size()) + ">>stream\n" + bytes + "\nendstream";
  };
  const auto page = [&](int contents) {
    return "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents " + std::to_string(contents) +
           " 0 R/Resources<</Font<</F 7 0 R>>/XObject<</I 8 0 R>>>>>>";
  };
  const auto content = [&](const std::string& number) {
    return stream(
        "", "q 200 0 0 100 0 0 cm /I Do Q BT /F 24 Tf 20 40 Td (page " + number + ") Tj ET" + std::string(2000, ' '));
  };
  return pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page(5), page(6),
       content("1"), content("2"), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
       stream("/Type/XObject/Subtype/Image/Width " + std::to_string(width) + "/Height " + std::to_string(height) +
                  "/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode",
              jpeg),
       stream("/Type/Metadata/Subtype/XML", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")});
}

/// A page with a visible signature that says "signed by me", and a text field.
inline std::string signed_pdf() {
  const std::string look = "0 0 1 rg 0 0 100 20 re f 1 g BT /F 12 Tf 5 5 Td (signed by me) Tj ET";
  return pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R]/SigFlags 3>>>>",
       "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[4 0 R 5 0 R]/Resources<<>>>>",
       "<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/F 4/Rect[50 30 150 50]/P 3 0 R/AP<</N 6 0 R>>/V<</Type/Sig/Filter/"
       "Adobe.PPKLite/Contents<00>/ByteRange[0 1 2 3]>>>>",
       "<</Type/Annot/Subtype/Widget/FT/Tx/T(t)/F 4/Rect[10 70 60 90]/P 3 0 R>>",
       "<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 7 0 R>>>>/Length " +
           std::to_string(look.size()) + ">>stream\n" + look + "\nendstream",
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"});
}

/// A page that is a scan: a JPEG of 300 dpi, text below it that is not seen, and a rotation.
inline std::string scan_of(const std::string& jpeg, int width, int height, int rotation) {
  const auto stream = [](const std::string& entries, const std::string& bytes) {
    return "<<" + entries + "/Length " + std::to_string(bytes.size()) + ">>stream\n" + bytes + "\nendstream";
  };
  const auto w = std::to_string(width * 72 / 300), h = std::to_string(height * 72 / 300);
  return pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/Rotate " + std::to_string(rotation) + "/MediaBox[10 20 " +
           std::to_string(10 + width * 72 / 300) + " " + std::to_string(20 + height * 72 / 300) +
           "]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>>>",
       stream("", "q " + w + " 0 0 " + h + " 10 20 cm /I Do Q BT 3 Tr /F 12 Tf 30 90 Td (unseen) Tj ET"),
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
       stream("/Type/XObject/Subtype/Image/Width " + std::to_string(width) + "/Height " + std::to_string(height) +
                  "/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode",
              jpeg)});
}

}  // namespace recast::test
