#include "engines/libreoffice/samples.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace recast::libreoffice {

namespace {

using Member = std::pair<std::string_view, std::string>;
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view kHead = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
constexpr std::string_view kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/";
constexpr std::string_view kTypes = "http://schemas.openxmlformats.org/package/2006/content-types";
constexpr std::string_view kLinks = "http://schemas.openxmlformats.org/package/2006/relationships";
constexpr std::string_view kDrawing = "http://schemas.openxmlformats.org/drawingml/2006/main";

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

/// What a local header and a directory entry have in common.
void put_entry(std::string& out, const Member& member) {
  const auto size = static_cast<std::uint32_t>(member.second.size());
  put(out, 20, 2);      // version needed
  put(out, 0, 4);       // flags, method: stored
  put(out, 0x21, 2);    // time
  put(out, 0x5821, 2);  // date: 2024-01-01
  put(out, crc32(member.second), 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, static_cast<std::uint32_t>(member.first.size()), 2);
  put(out, 0, 2);
}

/// The [Content_Types].xml of a package: part name and the end of its type.
std::string content_types(std::span<const std::pair<std::string_view, std::string_view>> parts) {
  auto text = fmt::format(
      R"({}<Types xmlns="{}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
      R"(<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>)",
      kHead, kTypes);
  for (const auto& [name, type] : parts) {
    text += fmt::format(
        R"(<Override PartName="{}" ContentType="application/vnd.openxmlformats-officedocument.{}+xml"/>)", name, type);
  }
  return text + "</Types>";
}

/// A .rels part: kind and target; ids are r1, r2, ….
std::string relations(std::span<const std::pair<std::string_view, std::string_view>> links) {
  auto text = fmt::format(R"({}<Relationships xmlns="{}">)", kHead, kLinks);
  int id = 0;
  for (const auto& [kind, target] : links) {
    text +=
        fmt::format(R"(<Relationship Id="r{}" Type="{}relationships/{}" Target="{}"/>)", ++id, kOffice, kind, target);
  }
  return text + "</Relationships>";
}

/// A red 2x2 picture.
std::string picture() {
  return *from_base64(
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGM4oKAARAwQCgAejgQBl4tBnAAAAABJRU5ErkJggg==");
}

std::string docx_body(std::string_view text) {
  const auto cell = [](std::string_view content, bool bold) {
    return fmt::format(
        R"(<w:tc><w:p><w:r><w:rPr>{}<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr><w:t>{}</w:t></w:r></w:p></w:tc>)",
        bold ? "<w:b/>" : "", content);
  };
  auto body = fmt::format(
      R"(<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Heading</w:t></w:r></w:p>)"
      R"(<w:p><w:r><w:t xml:space="preserve">{} </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>in italics</w:t></w:r></w:p>)"
      R"(<w:p><w:pPr><w:jc w:val="both"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:color w:val="336699"/></w:rPr><w:t>Another font.</w:t></w:r></w:p>)",
      escape_markup(text));
  body +=
      R"(<w:tbl><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/></w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>)";
  for (int row = 0; row < 3; ++row) {
    body += fmt::format("<w:tr>{}{}</w:tr>", cell(fmt::format("Row {}", row), row == 0),
                        cell(fmt::format("{}", row * 7), false));
  }
  body += "</w:tbl>";
  body += fmt::format(
      R"(<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent cx="360000" cy="360000"/><wp:docPr id="1" name="Picture"/><a:graphic xmlns:a="{0}"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="r2"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="360000" cy="360000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>)",
      kDrawing);
  return body;
}

std::string sheet(std::string_view rows) {
  return fmt::format(
      R"({}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>)",
      kHead, rows);
}

std::string slide_part(std::string_view root, std::string_view title, std::string_view text, std::string_view tail) {
  const auto shape = [](int id, std::string_view kind, int top, int height, std::string_view content) {
    return fmt::format(
        R"(<p:sp><p:nvSpPr><p:cNvPr id="{}" name="{}"/><p:cNvSpPr/><p:nvPr><p:ph type="{}"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="500000" y="{}"/><a:ext cx="8000000" cy="{}"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:rPr lang="en-GB"/><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>)",
        id, kind, kind, top, height, escape_markup(content));
  };
  return fmt::format(
      R"({0}<p:{1} xmlns:a="{2}" xmlns:r="{3}relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{4}{5}</p:spTree></p:cSld>{6}</p:{1}>)",
      kHead, root, kDrawing, kOffice, shape(2, "title", 400000, 1000000, title),
      shape(3, "body", 1800000, 4000000, text), tail);
}

std::string theme() {
  std::string colours;
  for (const auto* const name : {"dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5",
                                 "accent6", "hlink", "folHlink"}) {
    colours += fmt::format(R"(<a:{0}><a:srgbClr val="{1}"/></a:{0}>)", name,
                           std::string_view(name).starts_with("lt") ? "FFFFFF" : "203040");
  }
  return fmt::format(
      R"({}<a:theme xmlns:a="{}" name="t"><a:themeElements><a:clrScheme name="c">{}</a:clrScheme><a:fontScheme name="f"><a:majorFont><a:latin typeface="Calibri"/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/></a:minorFont></a:fontScheme><a:fmtScheme name="m"><a:fillStyleLst/><a:lnStyleLst/><a:effectStyleLst/><a:bgFillStyleLst/></a:fmtScheme></a:themeElements></a:theme>)",
      kHead, kDrawing, colours);
}

}  // namespace

std::string stored_zip(std::span<const Member> members) {
  std::string out;
  std::string directory;
  for (const auto& member : members) {
    const auto offset = static_cast<std::uint32_t>(out.size());
    out += "PK\x03\x04";
    put_entry(out, member);
    out.append(member.first).append(member.second);
    directory += "PK\x01\x02";
    put(directory, 20, 2);
    put_entry(directory, member);
    put(directory, 0, 4);  // comment length, disk
    put(directory, 0, 2);  // internal attributes
    put(directory, 0, 4);  // external attributes
    put(directory, offset, 4);
    directory.append(member.first);
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  const auto count = static_cast<std::uint32_t>(members.size());
  out += directory;
  out += "PK\x05\x06";
  put(out, 0, 4);
  put(out, count, 2);
  put(out, count, 2);
  put(out, static_cast<std::uint32_t>(directory.size()), 4);
  put(out, start, 4);
  put(out, 0, 2);
  return out;
}

std::string docx_sample(std::string_view text) {
  const auto document = fmt::format(
      R"({}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{}relationships"><w:body>{}<w:sectPr/></w:body></w:document>)",
      kHead, kOffice, docx_body(text));
  const auto styles = fmt::format(
      R"({}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style></w:styles>)",
      kHead);
  const std::array members = {
      Member{"[Content_Types].xml", content_types(Pairs{{"/word/document.xml", "wordprocessingml.document.main"},
                                                        {"/word/styles.xml", "wordprocessingml.styles"}})},
      Member{"_rels/.rels", relations(Pairs{{"officeDocument", "word/document.xml"}})},
      Member{"word/_rels/document.xml.rels", relations(Pairs{{"styles", "styles.xml"}, {"image", "media/image1.png"}})},
      Member{"word/document.xml", document},
      Member{"word/styles.xml", styles},
      Member{"word/media/image1.png", picture()},
  };
  return stored_zip(members);
}

std::string xlsx_sample(std::string_view text) {
  const auto first = sheet(fmt::format(
      R"(<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c><c r="B1"><v>12.5</v></c></row>)"
      R"(<row r="2"><c r="A2" t="inlineStr"><is><t>Value</t></is></c><c r="B2"><v>7</v></c></row>)"
      R"(<row r="3"><c r="A3" t="inlineStr"><is><t>Sum</t></is></c><c r="B3"><f>SUM(B1:B2)</f><v>19.5</v></c></row>)",
      escape_markup(text)));
  const auto second = sheet(R"(<row r="1"><c r="A1" t="inlineStr"><is><t>On the second sheet</t></is></c></row>)");
  const auto workbook = fmt::format(
      R"({}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{}relationships"><sheets><sheet name="First" sheetId="1" r:id="r1"/><sheet name="Second" sheetId="2" r:id="r2"/></sheets></workbook>)",
      kHead, kOffice);
  const std::array members = {
      Member{"[Content_Types].xml", content_types(Pairs{{"/xl/workbook.xml", "spreadsheetml.sheet.main"},
                                                        {"/xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"},
                                                        {"/xl/worksheets/sheet2.xml", "spreadsheetml.worksheet"}})},
      Member{"_rels/.rels", relations(Pairs{{"officeDocument", "xl/workbook.xml"}})},
      Member{"xl/_rels/workbook.xml.rels",
             relations(Pairs{{"worksheet", "worksheets/sheet1.xml"}, {"worksheet", "worksheets/sheet2.xml"}})},
      Member{"xl/workbook.xml", workbook},
      Member{"xl/worksheets/sheet1.xml", first},
      Member{"xl/worksheets/sheet2.xml", second},
  };
  return stored_zip(members);
}

std::string pptx_sample(std::string_view text) {
  const auto presentation = fmt::format(
      R"({}<p:presentation xmlns:a="{}" xmlns:r="{}relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="r1"/></p:sldMasterIdLst><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r3"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>)",
      kHead, kDrawing, kOffice);
  constexpr std::string_view kMap =
      R"(<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="r1"/></p:sldLayoutIdLst>)";
  const auto to_layout = relations(Pairs{{"slideLayout", "../slideLayouts/slideLayout1.xml"}});
  const std::array members = {
      Member{"[Content_Types].xml",
             content_types(Pairs{{"/ppt/presentation.xml", "presentationml.presentation.main"},
                                 {"/ppt/slides/slide1.xml", "presentationml.slide"},
                                 {"/ppt/slides/slide2.xml", "presentationml.slide"},
                                 {"/ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout"},
                                 {"/ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster"},
                                 {"/ppt/theme/theme1.xml", "theme"}})},
      Member{"_rels/.rels", relations(Pairs{{"officeDocument", "ppt/presentation.xml"}})},
      Member{"ppt/_rels/presentation.xml.rels", relations(Pairs{{"slideMaster", "slideMasters/slideMaster1.xml"},
                                                                {"slide", "slides/slide1.xml"},
                                                                {"slide", "slides/slide2.xml"},
                                                                {"theme", "theme/theme1.xml"}})},
      Member{"ppt/presentation.xml", presentation},
      Member{"ppt/slideMasters/_rels/slideMaster1.xml.rels",
             relations(Pairs{{"slideLayout", "../slideLayouts/slideLayout1.xml"}, {"theme", "../theme/theme1.xml"}})},
      Member{"ppt/slideMasters/slideMaster1.xml", slide_part("sldMaster", "Title", "Text", kMap)},
      Member{"ppt/slideLayouts/_rels/slideLayout1.xml.rels",
             relations(Pairs{{"slideMaster", "../slideMasters/slideMaster1.xml"}})},
      Member{"ppt/slideLayouts/slideLayout1.xml", slide_part("sldLayout", "Title", "Text", "")},
      Member{"ppt/slides/_rels/slide1.xml.rels", to_layout},
      Member{"ppt/slides/slide1.xml", slide_part("sld", "First slide", "A point to make", "")},
      Member{"ppt/slides/_rels/slide2.xml.rels", to_layout},
      Member{"ppt/slides/slide2.xml", slide_part("sld", "Second slide", text, "")},
      Member{"ppt/theme/theme1.xml", theme()},
  };
  return stored_zip(members);
}

std::string odt_sample(std::string_view text) {
  const auto content = fmt::format(
      R"({}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"><office:body><office:text><text:h text:outline-level="1">Heading</text:h><text:p>{}</text:p><table:table table:name="t"><table:table-column table:number-columns-repeated="2"/><table:table-row><table:table-cell><text:p>One</text:p></table:table-cell><table:table-cell><text:p>Two</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>)",
      kHead, escape_markup(text));
  const auto manifest = fmt::format(
      R"({}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>)",
      kHead);
  const std::array members = {
      Member{"mimetype", "application/vnd.oasis.opendocument.text"},
      Member{"content.xml", content},
      Member{"META-INF/manifest.xml", manifest},
  };
  return stored_zip(members);
}

}  // namespace recast::libreoffice
