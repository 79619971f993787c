#include "engines/pdf2office/worker/docx_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office::docx {

namespace {

constexpr std::string_view kWord = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
constexpr std::string_view kPictures = "http://schemas.openxmlformats.org/drawingml/2006/picture";
constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.wordprocessingml.";

/// English metric units, in which drawings are measured.
long long emu(double points) { return std::max(1LL, std::llround(points * 12700)); }

std::string page_number() {
  return "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:fldChar "
         "w:fldCharType=\"end\"/></w:r><w:r><w:t xml:space=\"preserve\"> </w:t></w:r>";
}

std::string head_row(const Words& row, const Page& page, double left, double right, const Usual& usual) {
  const auto centre = (left + right) / 2;
  const auto number = std::to_string(page.number);
  std::string xml = fmt::format(
      "<w:p><w:pPr><w:tabs><w:tab w:val=\"center\" w:pos=\"{}\"/><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>"
      "<w:spacing w:before=\"0\" w:after=\"0\"/></w:pPr>",
      twips(centre - left), twips(right - left));
  int stop = 0;  // 1: the middle, 2: the right edge
  for (const auto& chunk : chunks_of(row)) {
    const auto box = bounds(chunk);
    int wanted = 0;
    if (box.x1 > right - 15 && box.x0 > centre) wanted = 2;
    if (std::abs((box.x0 + box.x1) / 2 - centre) < 20) wanted = 1;
    for (; stop < wanted; ++stop) xml += "<w:r><w:tab/></w:r>";
    for (const auto* word : chunk) {
      const Run run{.text = word->text + ' ',
                    .face = word->face,
                    .bold = word->bold,
                    .size = std::nearbyint(word->size * 2) / 2,
                    .colour = word->colour};
      xml += word->text == number ? page_number() : run_xml(run, usual);
    }
  }
  return xml + "</w:p>";
}

}  // namespace

std::string Parts::relate(const std::string& kind, const std::string& target) {
  relations_.push_back({kind, target});
  return fmt::format("rId{}", relations_.size());
}

std::string Parts::graphic(const PictureBlock& block) {
  const auto id = pictures_.size() + 1;
  const auto name = fmt::format("image{}.{}", id, media_.extension(block.file));
  pictures_.emplace_back(name, block.file);
  return fmt::format(
      "<wp:docPr id=\"{0}\" name=\"Picture {0}\" descr=\"{1}\"/><a:graphic><a:graphicData uri=\"{2}\"><pic:pic>"
      "<pic:nvPicPr><pic:cNvPr id=\"{0}\" name=\"{3}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip "
      "r:embed=\"{4}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>"
      "<a:ext cx=\"{5}\" cy=\"{6}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
      "</a:graphicData></a:graphic>",
      id, escape_markup(block.alt), kPictures, name, relate("image", "media/" + name), emu(block.width()),
      emu(block.height()));
}

std::string Parts::picture(const PictureBlock& block) {
  return fmt::format(
      "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{}\" cy=\"{}\"/>{}"
      "</wp:inline></w:drawing></w:r>",
      emu(block.width()), emu(block.height()), graphic(block));
}

std::string Parts::picture_behind(const PictureBlock& block) {
  const auto inner = graphic(block);
  return fmt::format(
      "<w:r><w:drawing><wp:anchor distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\" simplePos=\"0\" "
      "relativeHeight=\"{}\" behindDoc=\"1\" locked=\"0\" layoutInCell=\"1\" allowOverlap=\"1\"><wp:simplePos x=\"0\" "
      "y=\"0\"/><wp:positionH relativeFrom=\"page\"><wp:posOffset>{}</wp:posOffset></wp:positionH><wp:positionV "
      "relativeFrom=\"page\"><wp:posOffset>{}</wp:posOffset></wp:positionV><wp:extent cx=\"{}\" cy=\"{}\"/>"
      "<wp:wrapNone/>{}</wp:anchor></w:drawing></w:r>",
      pictures_.size(), emu(block.x0), emu(block.y0), emu(block.width()), emu(block.height()), inner);
}

std::string Parts::running_head(const Rows& rows, const std::string& kind, const FlowPage& page, double left,
                                double right) {
  const auto* const tag = kind == "header" ? "hdr" : "ftr";
  std::string body;
  for (const auto& row : rows) body += head_row(row, *page.page, left, right, usual_);
  const auto name = fmt::format("{}{}.xml", kind, heads_.size() + 1);
  heads_.push_back({name, kind,
                    fmt::format("{0}<w:{1} xmlns:w=\"{2}\" xmlns:r=\"{3}\">{4}</w:{1}>", kXmlHead, tag, kWord,
                                kRelationSpace, body)});
  return fmt::format("<w:{}Reference w:type=\"default\" r:id=\"{}\"/>", kind, relate(kind, name));
}

std::string Parts::types() const {
  auto xml = fmt::format(
      "{0}<Types xmlns=\"{1}content-types\"><Default Extension=\"rels\" "
      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
      "ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/><Default "
      "Extension=\"jpg\" ContentType=\"image/jpeg\"/><Override PartName=\"/word/document.xml\" "
      "ContentType=\"{2}document.main+xml\"/><Override PartName=\"/word/styles.xml\" ContentType=\"{2}styles+xml\"/>"
      "<Override PartName=\"/word/numbering.xml\" ContentType=\"{2}numbering+xml\"/>",
      kXmlHead, kPackageSpace, kType);
  for (const auto& head : heads_) {
    xml += fmt::format("<Override PartName=\"/word/{}\" ContentType=\"{}{}+xml\"/>", head.name, kType, head.kind);
  }
  return xml + "</Types>";
}

std::string Parts::styles(const Flow& flow) const {
  std::map<int, double> sizes;
  for (const auto& page : flow.pages) {
    each_block(page, [&](const Block& block) {
      const auto* const one = std::get_if<Paragraph>(&block);
      if (one != nullptr && one->kind == Kind::heading) sizes.try_emplace(one->level, one->size);
    });
  }
  auto xml = fmt::format(
      "{0}<w:styles xmlns:w=\"{1}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{2}\" w:hAnsi=\"{2}\" "
      "w:cs=\"{2}\" w:eastAsia=\"{2}\"/><w:sz w:val=\"{3}\"/><w:szCs w:val=\"{3}\"/></w:rPr></w:rPrDefault>"
      "<w:pPrDefault/></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name "
      "w:val=\"Normal\"/></w:style>",
      kXmlHead, kWord, escape_markup(usual_.family), static_cast<int>(usual_.body * 2));
  for (int level = 1; level <= 6; ++level) {
    const auto size = sizes.contains(level) ? sizes.at(level) : usual_.body;
    xml += fmt::format(
        "<w:style w:type=\"paragraph\" w:styleId=\"Heading{0}\"><w:name w:val=\"heading {0}\"/><w:basedOn "
        "w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:pPr><w:keepNext/><w:outlineLvl w:val=\"{1}\"/></w:pPr><w:rPr>"
        "<w:b/><w:sz w:val=\"{2}\"/></w:rPr></w:style>",
        level, level - 1, static_cast<int>(size * 2));
  }
  return xml + "</w:styles>";
}

Result<> Parts::write(Package& package, const std::string& body, const Flow& flow) {
  relate("styles", "styles.xml");
  relate("numbering", "numbering.xml");
  RECAST_CHECK(package.add("[Content_Types].xml", types()));
  RECAST_CHECK(add_root(package, "word/document.xml"));
  auto relations = fmt::format("{}<Relationships xmlns=\"{}relationships\">", kXmlHead, kPackageSpace);
  for (std::size_t i = 0; i < relations_.size(); ++i) {
    relations += fmt::format("<Relationship Id=\"rId{}\" Type=\"{}/{}\" Target=\"{}\"/>", i + 1, kRelationSpace,
                             relations_[i].kind, relations_[i].target);
  }
  RECAST_CHECK(package.add("word/_rels/document.xml.rels", relations + "</Relationships>"));
  const auto start = fmt::format(
      "{}<w:document xmlns:w=\"{}\" xmlns:r=\"{}\" "
      "xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" "
      "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:pic=\"{}\"><w:body>",
      kXmlHead, kWord, kRelationSpace, kPictures);
  RECAST_CHECK(package.add("word/document.xml", start + body + "</w:body></w:document>"));
  RECAST_CHECK(package.add("word/styles.xml", styles(flow)));
  RECAST_CHECK(package.add(
      "word/numbering.xml",
      fmt::format("{}<w:numbering xmlns:w=\"{}\"><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt "
                  "w:val=\"bullet\"/><w:lvlText w:val=\"\u2022\"/><w:lvlJc w:val=\"left\"/></w:lvl></w:abstractNum>"
                  "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
                  kXmlHead, kWord)));
  for (const auto& head : heads_) RECAST_CHECK(package.add("word/" + head.name, head.xml));
  for (const auto& [name, file] : pictures_) RECAST_CHECK(package.add("word/media/" + name, media_.bytes(file)));
  return {};
}

}  // namespace recast::engines::pdf2office::docx
