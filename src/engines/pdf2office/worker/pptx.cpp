#include "engines/pdf2office/worker/pptx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "engines/pdf2office/worker/package.hpp"
#include "engines/pdf2office/worker/pptx_slide.hpp"

namespace recast::engines::pdf2office {

namespace {

using pptx::emu;

constexpr std::string_view kDrawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
constexpr std::string_view kPresentation = "http://schemas.openxmlformats.org/presentationml/2006/main";
constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.presentationml.";

using Relations = std::vector<std::pair<std::string, std::string>>;  // kind and target

Result<> add_relations(Package& package, const std::string& name, const Relations& relations) {
  auto xml = fmt::format("{}<Relationships xmlns=\"{}relationships\">", kXmlHead, kPackageSpace);
  for (std::size_t i = 0; i < relations.size(); ++i) {
    xml += fmt::format("<Relationship Id=\"rId{}\" Type=\"{}/{}\" Target=\"{}\"/>", i + 1, kRelationSpace,
                       relations[i].first, relations[i].second);
  }
  return package.add(name, xml + "</Relationships>");
}

std::string root(std::string_view tag, std::string_view attributes, std::string_view content) {
  return fmt::format("{0}<p:{1} xmlns:a=\"{2}\" xmlns:r=\"{3}\" xmlns:p=\"{4}\"{5}>{6}</p:{1}>", kXmlHead, tag,
                     kDrawing, kRelationSpace, kPresentation, attributes, content);
}

std::string tree(std::string_view shapes) {
  return fmt::format(
      "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{}"
      "</p:spTree></p:cSld>",
      shapes);
}

/// The least a theme may be; programs want one.
std::string theme() {
  constexpr std::array<std::pair<const char*, const char*>, 12> kColours{{{"dk1", "000000"},
                                                                          {"lt1", "FFFFFF"},
                                                                          {"dk2", "1F497D"},
                                                                          {"lt2", "EEECE1"},
                                                                          {"accent1", "4F81BD"},
                                                                          {"accent2", "C0504D"},
                                                                          {"accent3", "9BBB59"},
                                                                          {"accent4", "8064A2"},
                                                                          {"accent5", "4BACC6"},
                                                                          {"accent6", "F79646"},
                                                                          {"hlink", "0000FF"},
                                                                          {"folHlink", "800080"}}};
  std::string colours;
  for (const auto& [name, value] : kColours) {
    colours += fmt::format("<a:{0}><a:srgbClr val=\"{1}\"/></a:{0}>", name, value);
  }
  const auto thrice = [](std::string_view one) { return fmt::format("{0}{0}{0}", one); };
  const auto fill = thrice("<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>");
  return fmt::format(
      "{0}<a:theme xmlns:a=\"{1}\" name=\"t\"><a:themeElements><a:clrScheme name=\"c\">{2}</a:clrScheme><a:fontScheme "
      "name=\"f\"><a:majorFont>{3}</a:majorFont><a:minorFont>{3}</a:minorFont></a:fontScheme><a:fmtScheme "
      "name=\"m\"><a:fillStyleLst>{4}</a:fillStyleLst><a:lnStyleLst>{5}</a:lnStyleLst><a:effectStyleLst>{6}"
      "</a:effectStyleLst><a:bgFillStyleLst>{4}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>",
      kXmlHead, kDrawing, colours, "<a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>", fill,
      thrice("<a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>"),
      thrice("<a:effectStyle><a:effectLst/></a:effectStyle>"));
}

Result<> add_types(Package& package, std::size_t slides) {
  auto xml = fmt::format(
      "{0}<Types xmlns=\"{1}content-types\"><Default Extension=\"rels\" "
      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
      "ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/><Override "
      "PartName=\"/ppt/presentation.xml\" ContentType=\"{2}presentation.main+xml\"/><Override "
      "PartName=\"/ppt/slideMasters/slideMaster1.xml\" ContentType=\"{2}slideMaster+xml\"/><Override "
      "PartName=\"/ppt/slideLayouts/slideLayout1.xml\" ContentType=\"{2}slideLayout+xml\"/><Override "
      "PartName=\"/ppt/theme/theme1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.theme+xml\"/>",
      kXmlHead, kPackageSpace, kType);
  for (std::size_t i = 1; i <= slides; ++i) {
    xml += fmt::format("<Override PartName=\"/ppt/slides/slide{}.xml\" ContentType=\"{}slide+xml\"/>", i, kType);
  }
  return package.add("[Content_Types].xml", xml + "</Types>");
}

/// Master and layout, both empty, and the theme.
Result<> add_masters(Package& package) {
  RECAST_CHECK(package.add(
      "ppt/slideMasters/slideMaster1.xml",
      root("sldMaster", "",
           tree("") +
               "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" "
               "accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" "
               "folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>"
               "</p:sldLayoutIdLst>")));
  RECAST_CHECK(add_relations(package, "ppt/slideMasters/_rels/slideMaster1.xml.rels",
                             {{"slideLayout", "../slideLayouts/slideLayout1.xml"}, {"theme", "../theme/theme1.xml"}}));
  RECAST_CHECK(package.add("ppt/slideLayouts/slideLayout1.xml", root("sldLayout", " type=\"blank\"", tree(""))));
  RECAST_CHECK(add_relations(package, "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                             {{"slideMaster", "../slideMasters/slideMaster1.xml"}}));
  return package.add("ppt/theme/theme1.xml", theme());
}

Result<> add_presentation(Package& package, std::size_t slides, double width, double height) {
  Relations relations{{"slideMaster", "slideMasters/slideMaster1.xml"}};
  std::string list;
  for (std::size_t i = 1; i <= slides; ++i) {
    relations.emplace_back("slide", fmt::format("slides/slide{}.xml", i));
    list += fmt::format("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 255 + i, i + 1);
  }
  RECAST_CHECK(package.add(
      "ppt/presentation.xml",
      root("presentation", "",
           fmt::format("<p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>"
                       "<p:sldIdLst>{}</p:sldIdLst><p:sldSz cx=\"{}\" cy=\"{}\"/><p:notesSz cx=\"6858000\" "
                       "cy=\"9144000\"/>",
                       list, emu(width), emu(height)))));
  return add_relations(package, "ppt/_rels/presentation.xml.rels", relations);
}

}  // namespace

std::string paper_file(int number) { return fmt::format("paper-{}.png", number); }

Result<> write_pptx(int fd, const Flow& flow, const Media& media) {
  constexpr double kSmallest = 72, kLargest = 4032;  // points: what PowerPoint takes
  const auto* const first = flow.pages.empty() ? nullptr : flow.pages.front().page;
  const auto width = std::clamp(first == nullptr ? 720 : first->width, kSmallest, kLargest);
  const auto height = std::clamp(first == nullptr ? 540 : first->height, kSmallest, kLargest);
  RECAST_TRY(auto package, Package::open(fd));
  RECAST_CHECK(add_types(package, flow.pages.size()));
  RECAST_CHECK(add_root(package, "ppt/presentation.xml"));
  RECAST_CHECK(add_presentation(package, flow.pages.size(), width, height));
  RECAST_CHECK(add_masters(package));
  for (std::size_t i = 0; i < flow.pages.size(); ++i) {
    const auto& page = flow.pages[i];
    const auto name = fmt::format("slide{}.xml", i + 1);
    // Slides share one size: other pages are fitted.
    const auto scale = std::min(width / page.page->width, height / page.page->height);
    const auto& paper = media.bytes(paper_file(page.page->number));
    const bool painted = page.page->painted && !paper.empty();
    Relations relations{{"slideLayout", "../slideLayouts/slideLayout1.xml"}};
    if (painted) {
      const auto picture = fmt::format("image{}.png", i + 1);
      relations.emplace_back("image", "../media/" + picture);
      RECAST_CHECK(package.add("ppt/media/" + picture, paper));
    }
    pptx::Slide slide(page, scale, painted);
    RECAST_CHECK(package.add("ppt/slides/" + name, root("sld", "", tree(slide.shapes(painted ? "rId2" : "")))));
    RECAST_CHECK(add_relations(package, "ppt/slides/_rels/" + name + ".rels", relations));
  }
  return package.close();
}

}  // namespace recast::engines::pdf2office
