#include "engines/qpdf/worker/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "engines/qpdf/worker/test_job.hpp"

namespace recast::engines::qpdf {
namespace {

using test::document;
using test::link;
using test::parts_of;
using test::pdf_of;
using test::Reopened;
using test::run;
using testing::ElementsAre;
using testing::HasSubstr;

/// The full names of the form's fields, with how many widgets of theirs are on pages.
std::map<std::string, int> fields_of(const Reopened& result) {
  std::set<QPDFObjGen> shown;
  for (std::size_t page = 0; page < result.pages(); ++page) {
    for (const auto& one : items(member(result.page(page), "/Annots"))) shown.insert(one.getObjGen());
  }
  std::map<std::string, int> found;
  const std::function<void(Object, std::string, Object)> walk = [&](Object field, std::string name, Object above) {
    EXPECT_EQ(member(field, "/Parent").getObjGen(), above.getObjGen());
    if (field.hasKey("/T")) name += (name.empty() ? "" : ".") + field.getKey("/T").getUTF8Value();
    const auto kids = items(member(field, "/Kids"));
    if (kids.empty()) found[name] += shown.contains(field.getObjGen()) ? 1 : 0;
    for (const auto& kid : kids) walk(kid, name, field);
  };
  for (const auto& field : items(member(member(result.root(), "/AcroForm"), "/Fields")))
    walk(field, {}, Object::newNull());
  return found;
}

const std::string kForm =
    "/AcroForm<</Fields[5 0 R 8 0 R]/DA(/Helv 0 Tf)/Q 1/NeedAppearances true/CO[8 0 R]/DR<</Font<</Helv 9 0 R>>>>>>";

std::vector<std::string> form(const std::string& font) {
  return {"<</T(person)/Kids[6 0 R 7 0 R]>>",
          "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Ann)/Parent 5 0 R/Rect[0 0 9 9]/P 3 0 R/DA(/Helv 12 Tf 0 g)>>",
          "<</Type/Annot/Subtype/Widget/FT/Tx/T(age)/Parent 5 0 R/Rect[0 0 9 9]/P 4 0 R>>",
          "<</Type/Annot/Subtype/Widget/FT/Tx/T(total)/Rect[0 0 9 9]/P 4 0 R>>",
          "<</Type/Font/Subtype/Type1/BaseFont/" + font + ">>"};
}

TEST(Merge, KeepsFormsAndTellsThemApart) {
  const auto one = document(kForm, "6 0 R", "7 0 R 8 0 R", form("Helvetica"));
  const auto two = document(kForm, "6 0 R", "7 0 R 8 0 R", form("Courier"));
  const Reopened result(run("merge", {one, two}));
  EXPECT_THAT(fields_of(result),
              ElementsAre(std::pair("person-2.age", 1), std::pair("person-2.name", 1), std::pair("person.age", 1),
                          std::pair("person.name", 1), std::pair("total", 1), std::pair("total-2", 1)));
  auto all = result.root().getKey("/AcroForm");
  EXPECT_TRUE(all.getKey("/NeedAppearances").getBoolValue());
  EXPECT_EQ(items(all.getKey("/CO")).size(), 2u);
  auto name = items(result.page(2).getKey("/Annots")).at(0);
  EXPECT_EQ(name.getKey("/V").getStringValue(), "Ann");
  EXPECT_EQ(result.number(name.getKey("/P")), 2);
  // Each finds its own font under the name it calls it by.
  auto fonts = all.getKey("/DR").getKey("/Font");
  const auto font_of = [&](Object field) {
    const auto text = field.getKey("/DA").getStringValue();
    return fonts.getKey(text.substr(0, text.find(' '))).getKey("/BaseFont").getName();
  };
  EXPECT_EQ(font_of(items(result.page(0).getKey("/Annots")).at(0)), "/Helvetica");
  EXPECT_EQ(font_of(name), "/Courier");
  auto total = items(result.page(3).getKey("/Annots")).at(1);
  EXPECT_EQ(font_of(total), "/Courier");  // by the form's default
  EXPECT_EQ(total.getKey("/Q").getIntValue(), 1);
}

TEST(Merge, FindsFieldsThatTheFormDoesNotList) {
  const auto one = document("/AcroForm<</Fields[]>>", "6 0 R", {}, form("Helvetica"));
  EXPECT_THAT(fields_of(Reopened(run("merge", {one, pdf_of(1)}))),
              ElementsAre(std::pair("person.age", 0), std::pair("person.name", 1)));
}

TEST(Extract, KeepsTheFieldsOfItsPagesOnly) {
  const auto one = document(kForm, "6 0 R", "7 0 R 8 0 R", form("Helvetica"));
  EXPECT_THAT(fields_of(Reopened(run("pdf/extract-pages", {one}, {{"pages", "1"}}))),
              ElementsAre(std::pair("person.name", 1)));
  EXPECT_THAT(fields_of(Reopened(run("pdf/extract-pages", {one}, {{"pages", "2"}}))),
              ElementsAre(std::pair("person.age", 1), std::pair("total", 1)));
}

TEST(Extract, GivesTheFieldsOfAPageThatIsTakenTwiceNamesOfTheirOwn) {
  const auto one = document(kForm, "6 0 R", "7 0 R 8 0 R", form("Helvetica"));
  const Reopened result(run("pdf/extract-pages", {one}, {{"pages", "1,1"}}));
  EXPECT_THAT(fields_of(result), ElementsAre(std::pair("person-2.name", 1), std::pair("person.name", 1)));
  EXPECT_EQ(result.number(items(result.page(1).getKey("/Annots")).at(0).getKey("/P")), 1);
}

TEST(Split, LeavesNothingOfOtherPagesBehind) {
  const auto one = document(kForm + "/Names<</Dests<</Names[(secret)[4 0 R/Fit]]>>>>",
                            "6 0 R" + link("/Dest[4 0 R/Fit]"), "7 0 R 8 0 R", form("Helvetica"));
  const auto parts = parts_of(run("pdf/split-pages", {one}));
  ASSERT_EQ(parts.size(), 2u);
  const Reopened first(parts[0]);
  EXPECT_EQ(items(first.page(0).getKey("/Annots")).size(), 1u);
  EXPECT_THAT(fields_of(first), ElementsAre(std::pair("person.name", 1)));
  EXPECT_FALSE(first.root().hasKey("/Names"));
  std::string everything;
  for (auto& object : first->getAllObjects()) everything += object.unparseResolved();
  EXPECT_THAT(everything, testing::Not(HasSubstr("total")));
  EXPECT_THAT(fields_of(Reopened(parts[1])), ElementsAre(std::pair("person.age", 1), std::pair("total", 1)));
}

TEST(Fonts, AreRenamedInDefaultAppearances) {
  const std::map<std::string, std::string> fonts{{"/Helv", "/Helv_1"}};
  EXPECT_EQ(rename_fonts("/Helv 12 Tf 0 g", fonts), "/Helv_1 12 Tf 0 g");
  EXPECT_EQ(rename_fonts("0 g/Helv 9 Tf", fonts), "0 g/Helv_1 9 Tf");
  EXPECT_EQ(rename_fonts("/Helvetica 12 Tf", fonts), "/Helvetica 12 Tf");
  EXPECT_EQ(rename_fonts("/", fonts), "/");
  EXPECT_EQ(rename_fonts("", fonts), "");
}

}  // namespace
}  // namespace recast::engines::qpdf
