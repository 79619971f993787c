#include "engines/qpdf/worker/scan_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/qpdf/worker/test_job.hpp"

namespace recast::engines::qpdf {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What lies under a page with that content; "none" if it is no scan. /I is a picture, /T a form of unseen text, /V one
/// of text that is seen, /P one that draws the picture.
std::string under(const std::string& content) {
  const auto stream = [](const std::string& entries, const std::string& bytes) {
    return "<<" + entries + "/Length " + std::to_string(bytes.size()) + ">>stream\n" + bytes + "\nendstream";
  };
  const std::string form = "/Subtype/Form/BBox[0 0 9 9]";
  const auto pdf = test::pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</I 5 0 R/T 6 0 R/V 7 0 R/P 8 0 "
       "R>>>>>>",
       stream("", content), stream("/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", "x"),
       stream(form, "BT 3 Tr (a) Tj ET"), stream(form, "BT (a) Tj ET"),
       stream(form + "/Resources<</XObject<</I 5 0 R>>>>", "/I Do")});
  const test::Reopened document(Result<std::string>{pdf});
  QPDFPageObjectHelper page(document.page(0));
  return text_under_scan(page).value_or("none");
}

TEST(ScanPage, ShowsPicturesAndNothingElse) {
  EXPECT_EQ(under("q 9 0 0 9 0 0 cm /I Do Q"), "q\n9 0 0 9 0 0 cm\nQ\n");
  EXPECT_EQ(under("q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"), "q\nQ\n");
  EXPECT_EQ(under(""), "none");
  EXPECT_EQ(under("/I Do 0 0 5 5 re f"), "none");
  EXPECT_EQ(under("/I Do BT (seen) Tj ET"), "none");
  EXPECT_EQ(under("/I Do q BT 3 Tr (a) Tj ET Q BT (seen) Tj ET"), "none");
}

TEST(ScanPage, KeepsTextThatIsNotSeen) {
  const auto rest = under("/I Do BT 3 Tr [(a) 5 <62>] TJ ET /T Do");
  EXPECT_THAT(rest, HasSubstr("[ (a) 5 (b) ] TJ"));
  EXPECT_THAT(rest, HasSubstr("/T Do"));
  EXPECT_THAT(rest, Not(HasSubstr("/I")));
}

TEST(ScanPage, LooksIntoForms) {
  EXPECT_EQ(under("/I Do /V Do"), "none");
  EXPECT_EQ(under("/I Do /P Do"), "none");
}

}  // namespace
}  // namespace recast::engines::qpdf
