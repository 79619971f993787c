#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/qpdf/worker/name_tree.hpp"
#include "engines/qpdf/worker/test_job.hpp"

namespace recast::engines::qpdf {
namespace {

using test::document;
using test::link;
using test::parts_of;
using test::pdf_of;
using test::pdf_of_objects;
using test::Reopened;
using test::run;
using testing::ElementsAre;
using testing::HasSubstr;

/// The bookmarks as text: title, page, and what lies below in brackets.
std::string outline_of(const Reopened& result, Object item) {
  std::string text;
  for (; item.isDictionary(); item = member(item, "/Next")) {
    if (!text.empty()) text += ' ';
    text += member(item, "/Title").getUTF8Value();
    const auto parts = items(member(item, "/Dest"));
    if (!parts.empty()) text += ':' + std::to_string(result.number(parts.front()));
    if (item.hasKey("/Count")) text += '#' + std::to_string(item.getKey("/Count").getIntValue());
    if (item.hasKey("/First")) text += '[' + outline_of(result, item.getKey("/First")) + ']';
  }
  return text;
}
std::string outline_of(const Reopened& result) {
  return outline_of(result, member(member(result.root(), "/Outlines"), "/First"));
}

/// The page, from 0, that a name of the document's leads to; -1 if none.
int named(const Reopened& result, const std::string& name) {
  const auto names = read_names(member(member(result.root(), "/Names"), "/Dests"));
  const auto found = names.find(name);
  return found == names.end() ? -1 : result.number(items(found->second).at(0));
}

TEST(Merge, KeepsTheOrderOfFilesAndPages) {
  const Reopened result(run("merge", {pdf_of(2), pdf_of(1), pdf_of(3)}));
  std::vector<std::string> contents;
  for (std::size_t at = 0; at < result.pages(); ++at) contents.push_back(result.content(at));
  EXPECT_THAT(contents, ElementsAre(HasSubstr("page 1"), HasSubstr("page 2"), HasSubstr("page 1"), HasSubstr("page 1"),
                                    HasSubstr("page 2"), HasSubstr("page 3")));
  EXPECT_FALSE(result.root().hasKey("/AcroForm"));
  EXPECT_FALSE(result.root().hasKey("/Outlines"));
}

TEST(Merge, SaysWhichFileIsWrong) {
  const auto result = run("merge", {pdf_of(1), "%PDF-1.4\n"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, testing::StartsWith("Input file 2: "));
}

// What libqpdf 11's own copies of pages lose: the page a link leads to is copied later.
TEST(Merge, KeepsLinksForwardAndBack) {
  const auto one = document({}, link("/Dest[4 0 R/Fit]"), link("/A<</S/GoTo/D[3 0 R/Fit]>>"));
  const Reopened result(run("merge", {one, one}));
  ASSERT_EQ(result.pages(), 4u);
  for (std::size_t page = 0; page < 4; page += 2) {
    auto forward = items(result.page(page).getKey("/Annots")).at(0);
    EXPECT_EQ(result.number(items(forward.getKey("/Dest")).at(0)), static_cast<int>(page + 1));
    auto back = items(result.page(page + 1).getKey("/Annots")).at(0);
    EXPECT_EQ(result.number(items(back.getKey("/A").getKey("/D")).at(0)), static_cast<int>(page));
  }
}

const std::string kOutline = "/Outlines 5 0 R";
const std::vector<std::string> kBookmarks{
    "<</First 6 0 R/Last 7 0 R/Count 3>>",
    "<</Title(One)/Parent 5 0 R/Next 7 0 R/Dest[3 0 R/Fit]/First 8 0 R/Last 8 0 R/Count 1>>",
    "<</Title(Two)/Parent 5 0 R/Prev 6 0 R/Dest[4 0 R/Fit]/First 9 0 R/Last 9 0 R/Count -1>>",
    "<</Title(Below)/Parent 6 0 R/Dest[4 0 R/Fit]>>", "<</Title(Hidden)/Parent 7 0 R/Dest[3 0 R/Fit]>>"};

TEST(Merge, PutsBookmarksOneBehindTheOther) {
  const auto one = document(kOutline, {}, {}, kBookmarks);
  const Reopened result(run("merge", {one, pdf_of(1), one}));
  EXPECT_EQ(outline_of(result), "One:0#1[Below:1] Two:1#-1[Hidden:0] One:3#1[Below:4] Two:4#-1[Hidden:3]");
  auto root = result.root().getKey("/Outlines");
  EXPECT_EQ(root.getKey("/Count").getIntValue(), 6);
  EXPECT_EQ(root.getKey("/Last").getKey("/Title").getUTF8Value(), "Two");
  EXPECT_EQ(root.getKey("/Last").getKey("/Prev").getKey("/Title").getUTF8Value(), "One");
}

TEST(Merge, EndsWhereBookmarksGoInACircle) {
  const auto one = document(kOutline, {}, {},
                            {"<</First 6 0 R>>", "<</Title(A)/Next 7 0 R>>", "<</Title(B)/Next 6 0 R/First 6 0 R>>"});
  EXPECT_EQ(outline_of(Reopened(run("merge", {one, one}))), "A B A B");
}

TEST(Merge, TakesManyBookmarks) {
  std::vector<std::string> objects{"<</First 6 0 R>>"};
  for (int i = 0; i < 20'000; ++i) objects.push_back("<</Title(x)/Next " + std::to_string(7 + i) + " 0 R>>");
  objects.emplace_back("<</Title(last)>>");
  const Reopened result(run("merge", {document(kOutline, {}, {}, objects), pdf_of(1)}));
  EXPECT_EQ(member(result.root(), "/Outlines").getKey("/Count").getIntValue(), 20'001);
}

TEST(Merge, GivesNamesThatAreTakenAnotherAndTheirLinksToo) {
  const auto one =
      document("/Names<</Dests 5 0 R>>/Outlines 6 0 R", link("/Dest(chapter)"), link("/A<</S/GoTo/D(chapter)>>"),
               {"<</Names[(chapter)[4 0 R/Fit](start)[3 0 R/Fit]]>>", "<</First 7 0 R/Last 7 0 R>>",
                "<</Title(Chapter)/A<</S/GoTo/D(chapter)>>>>"});
  const Reopened result(run("merge", {one, one}));
  EXPECT_EQ(named(result, "chapter"), 1);
  EXPECT_EQ(named(result, "start"), 0);
  const auto target = [&](std::size_t page, const char* key) {
    auto annotation = items(result.page(page).getKey("/Annots")).at(0);
    auto value = annotation.hasKey("/A") ? annotation.getKey("/A").getKey("/D") : annotation.getKey(key);
    return named(result, value.getStringValue());
  };
  EXPECT_EQ(target(0, "/Dest"), 1);
  EXPECT_EQ(target(1, "/Dest"), 1);
  EXPECT_EQ(target(2, "/Dest"), 3);
  EXPECT_EQ(target(3, "/Dest"), 3);
  auto last = result.root().getKey("/Outlines").getKey("/Last");
  EXPECT_EQ(named(result, last.getKey("/A").getKey("/D").getStringValue()), 3);
}

TEST(Merge, KeepsNamesOfTheOldKind) {
  const auto one = document("/Dests<</Chapter[4 0 R/Fit]>>", link("/Dest/Chapter"));
  const Reopened result(run("merge", {one, one}));
  for (const std::size_t page : {0U, 2U}) {
    const auto name = items(result.page(page).getKey("/Annots")).at(0).getKey("/Dest").getName();
    EXPECT_EQ(result.number(items(result.root().getKey("/Dests").getKey(name)).at(0)), static_cast<int>(page + 1));
  }
}

TEST(Merge, KeepsAttachmentsLayersLabelsAndTheTitle) {
  const auto one = document(
      "/Names<</EmbeddedFiles<</Names[(a.txt) 5 0 R]>>>>/OCProperties<</OCGs[7 0 R]/D<</BaseState/OFF>>>>"
      "/PageLabels<</Nums[0<</S/r>>]>>/Lang(de)",
      {}, {},
      {"<</Type/Filespec/F(a.txt)/EF<</F 6 0 R>>>>", "<</Length 5>>stream\nhello\nendstream",
       "<</Type/OCG/Name(Draft)>>", "<</Title(First)>>"},
      "/Info 8 0 R");
  const Reopened result(run("merge", {one, pdf_of(1), one}));
  const auto files =
      items(items(result.root().getKey("/Names").getKey("/EmbeddedFiles").getKey("/Kids")).at(0).getKey("/Names"));
  ASSERT_EQ(files.size(), 4u);
  auto attached = Object(files.at(3)).getKey("/EF").getKey("/F").getStreamData();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(attached->getBuffer()), attached->getSize()), "hello");
  auto layers = result.root().getKey("/OCProperties");
  EXPECT_EQ(items(layers.getKey("/OCGs")).size(), 2u);
  EXPECT_EQ(items(layers.getKey("/D").getKey("/OFF")).size(), 2u);
  EXPECT_EQ(result.root().getKey("/PageLabels").getKey("/Nums").unparse(),
            "[ 0 << /S /r /St 1 >> 2 << /S /D /St 1 >> 3 << /S /r /St 1 >> ]");
  EXPECT_EQ(result->getTrailer().getKey("/Info").getKey("/Title").getStringValue(), "First");
  EXPECT_EQ(result.root().getKey("/Lang").getStringValue(), "de");
}

TEST(Merge, TakesPagesWhoseLabelsAreDamaged) {
  for (const auto* const labels :
       {"/PageLabels<</Nums[0]>>", "/PageLabels<</Nums[(x)<</S/r>>]>>", "/PageLabels<</Kids[null 5]>>",
        "/PageLabels<</Nums[0 5 1 null]>>", "/PageLabels<</Kids[<</Nums[]>>]>>"}) {
    EXPECT_EQ(Reopened(run("merge", {document(labels), pdf_of(1), document(labels)})).pages(), 5u) << labels;
  }
}

TEST(Merge, TakesDocumentsThatCallPagesByOtherNames) {
  const auto odd = document(
      "/Names<</Dests 2 0 R>>/OCProperties 2 0 R/Outlines 2 0 R/AcroForm<</Fields[2 0 R 3 0 R]/DR 2 0 R>>/Lang 2 0 R"
      "/StructTreeRoot 2 0 R/Dests 2 0 R",
      "2 0 R 3 0 R 4 0 R", "2 0 R", {}, "/Info 2 0 R");
  EXPECT_EQ(Reopened(run("merge", {odd, pdf_of(1), odd})).pages(), 5u);
  EXPECT_EQ(Reopened(run("pdf/extract-pages", {odd}, {{"pages", "2,1,1"}})).pages(), 3u);
  EXPECT_EQ(parts_of(run("pdf/split-pages", {odd})).size(), 2u);
}

/// Both pages are one heading each; the tree's numbers of pages are 0 and 1.
std::string tagged() {
  const std::string page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/StructParents ";
  const std::string heading = "<</Type/StructElem/S/Heading/P 6 0 R/K 0/Pg ";
  return pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R/StructTreeRoot 5 0 R/Lang(de)/MarkInfo<</Marked true>>>>",
       "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page + "0>>", page + "1>>",
       "<</Type/StructTreeRoot/K 6 0 R/ParentTree<</Nums[0[7 0 R]1[8 0 R]]>>/RoleMap<</Heading/H1>>>>",
       "<</Type/StructElem/S/Document/P 5 0 R/K[7 0 R 8 0 R]>>", heading + "3 0 R>>", heading + "4 0 R>>"});
}

TEST(Merge, KeepsTagsAndTheirPages) {
  const Reopened result(run("merge", {tagged(), tagged()}));
  auto root = result.root().getKey("/StructTreeRoot");
  const auto documents = items(root.getKey("/K"));
  ASSERT_EQ(documents.size(), 2u);
  for (auto one : documents) EXPECT_EQ(one.getKey("/P").getObjGen(), root.getObjGen());
  auto parents = read_numbers(root.getKey("/ParentTree"));
  ASSERT_EQ(parents.size(), 4u);
  for (std::size_t page = 0; page < 4; ++page) {
    auto heading = items(parents.at(result.page(page).getKey("/StructParents").getIntValue())).at(0);
    EXPECT_EQ(result.number(heading.getKey("/Pg")), static_cast<int>(page));
    EXPECT_EQ(heading.getKey("/P").getObjGen(), documents.at(page / 2).getObjGen());
  }
  EXPECT_EQ(root.getKey("/ParentTreeNextKey").getIntValue(), 4);
  EXPECT_EQ(root.getKey("/RoleMap").getKey("/Heading").getName(), "/H1");
  EXPECT_TRUE(result.root().getKey("/MarkInfo").getKey("/Marked").getBoolValue());
}

TEST(Merge, DoesNotCallADocumentTaggedThatIsSoInPart) {
  const auto untagged = document({}, "<</Type/Annot/Subtype/Text/StructParent 0>>");
  const Reopened result(run("merge", {untagged, tagged()}));
  EXPECT_EQ(items(result.root().getKey("/StructTreeRoot").getKey("/K")).size(), 1u);
  EXPECT_FALSE(result.root().hasKey("/MarkInfo"));
  EXPECT_FALSE(items(result.page(0).getKey("/Annots")).at(0).hasKey("/StructParent"));
}

TEST(Extract, LeavesTagsBehind) {
  EXPECT_FALSE(Reopened(run("pdf/extract-pages", {tagged()}, {{"pages", "1"}})).root().hasKey("/StructTreeRoot"));
}

TEST(Extract, KeepsBookmarksNamesAndLinksToItsPagesOnly) {
  const auto one = document(kOutline + "/Names<</Dests<</Names[(first)[3 0 R/Fit](second)[4 0 R/Fit]]>>>>",
                            link("/Dest[3 0 R/Fit]") + link("/Dest[4 0 R/Fit]") + link("/Dest(first)") +
                                link("/Dest(second)") + link("/A<</S/URI/URI(http://a.example/)>>"),
                            {}, kBookmarks);
  const Reopened result(run("pdf/extract-pages", {one}, {{"pages", "1"}}));
  EXPECT_EQ(outline_of(result), "One:0 Two#-1[Hidden:0]");
  EXPECT_EQ(named(result, "first"), 0);
  EXPECT_EQ(named(result, "second"), -1);
  EXPECT_EQ(items(result.page(0).getKey("/Annots")).size(), 3u);
}

}  // namespace
}  // namespace recast::engines::qpdf
