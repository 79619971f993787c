#include "engines/pdf2office/worker/pptx_slide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office::pptx {

namespace {

constexpr double kAsIs = -1;  // no space above to speak of

std::string_view align_word(Align align) {
  switch (align) {
    case Align::left:
    case Align::justify:
      break;
    case Align::center:
      return "ctr";
    case Align::right:
      return "r";
  }
  return "l";
}

std::vector<double> column_limits(const Table& table) {
  std::vector<double> xs{table.x0};
  for (const auto& corridor : table.corridors) xs.push_back(middle(corridor));
  xs.push_back(table.x1 + (table.ruled ? 0 : 6));
  return xs;
}

/// Whether paragraphs that stand close under each other, with one left edge, share a text box.
bool belong_together(const Paragraph& above, const Paragraph& below) {
  return std::abs(below.x0 - above.x0) < 3 && below.y0 - above.y1 < below.size &&
         std::abs(below.size - above.size) < 3 && below.align == above.align;
}

}  // namespace

long long emu(double points) { return std::max(1LL, std::llround(points * 12700)); }

std::string Slide::box_xml(const char* space, const Box& box) const {
  return fmt::format("<{0}:xfrm><a:off x=\"{1}\" y=\"{2}\"/><a:ext cx=\"{3}\" cy=\"{4}\"/></{0}:xfrm>", space,
                     std::llround(box.x0 * scale_ * 12700), std::llround(box.y0 * scale_ * 12700),
                     emu(box.width() * scale_), emu(box.height() * scale_));
}

std::string Slide::paragraph_xml(const Paragraph& paragraph, double above) const {
  const bool bullet = paragraph.kind == Kind::bullet;
  auto xml = fmt::format("<a:p><a:pPr algn=\"{}\"", align_word(paragraph.align));
  if (bullet) {
    xml += fmt::format(" marL=\"{}\" indent=\"{}\"", emu(-paragraph.first), std::llround(paragraph.first * 12700));
  }
  if (is_right_to_left(words_of(paragraph))) xml += " rtl=\"1\"";
  xml += '>';
  const auto hundredths = [](double points) { return std::clamp(std::lround(points * 100), 0L, 158'400L); };
  if (paragraph.lines.size() > 1) {
    xml += fmt::format("<a:lnSpc><a:spcPts val=\"{}\"/></a:lnSpc>", hundredths(paragraph.pitch * scale_));
  }
  if (above >= 0) xml += fmt::format("<a:spcBef><a:spcPts val=\"{}\"/></a:spcBef>", hundredths(above * scale_ * 0.8));
  xml += bullet ? "<a:buChar char=\"\u2022\"/></a:pPr>" : "<a:buNone/></a:pPr>";
  for (const auto& run : runs_of(paragraph)) {
    const auto family = escape_markup(run.face->family);
    xml += fmt::format(
        "<a:r><a:rPr sz=\"{0}\"{1}{2}><a:solidFill><a:srgbClr val=\"{3:06X}\"/></a:solidFill><a:latin "
        "typeface=\"{4}\"/><a:cs typeface=\"{4}\"/></a:rPr><a:t>{5}</a:t></a:r>",
        std::clamp(std::lround(run.size * scale_ * 100), 100L, 400'000L), run.bold ? " b=\"1\"" : "",
        run.face->italic ? " i=\"1\"" : "", run.colour, family, escape_markup(run.text));
  }
  return xml + "</a:p>";
}

std::string Slide::text_box(const std::vector<const Paragraph*>& paragraphs) {
  Box box{paragraphs.front()->x0, paragraphs.front()->y0, paragraphs.front()->x1, paragraphs.back()->y1};
  bool several = false;
  std::string text;
  for (std::size_t i = 0; i < paragraphs.size(); ++i) {
    const auto& one = *paragraphs[i];
    box.x0 = std::min(box.x0, one.x0);
    box.x1 = std::max(box.x1, one.x1);
    several = several || one.lines.size() > 1;
    text += paragraph_xml(one, i == 0 ? kAsIs : std::max(0.0, one.y0 - paragraphs[i - 1]->y1));
  }
  if (several) box.x1 += 4;  // a substituted font may be a little wider
  ++ids_;
  return fmt::format(
      "<p:sp><p:nvSpPr><p:cNvPr id=\"{0}\" name=\"Text {0}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr>{1}"
      "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"{2}\" "
      "lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"/>{3}</p:txBody></p:sp>",
      ids_, box_xml("a", box), several ? "square" : "none", text);
}

std::string Slide::cell_xml(const TableBlock& block, std::size_t row, std::size_t column) const {
  const auto& table = block.table;
  const auto& cell = table.rows[row][column];
  std::string span;
  if (cell.hidden) {
    const bool from_above =
        std::any_of(table.rows.begin(), table.rows.begin() + static_cast<std::ptrdiff_t>(row),
                    [&](const CellRow& one) { return one[column].rows > 1 && !one[column].hidden; });
    span = from_above ? " vMerge=\"1\"" : " hMerge=\"1\"";
  } else {
    if (cell.columns > 1) span += fmt::format(" gridSpan=\"{}\"", cell.columns);
    if (cell.rows > 1) span += fmt::format(" rowSpan=\"{}\"", cell.rows);
  }
  std::string text, look;
  for (const auto& paragraph : paragraphs_of(cell.words)) text += paragraph_xml(paragraph, kAsIs);
  if (text.empty()) text = "<a:p><a:endParaRPr sz=\"400\"/></a:p>";
  const bool framed = table.ruled && !has_paper_;
  for (const auto* side : {"lnL", "lnR", "lnT", "lnB"}) {
    if (!framed) break;
    look += fmt::format("<a:{0} w=\"6350\"><a:solidFill><a:srgbClr val=\"000000\"/></a:solidFill></a:{0}>", side);
  }
  const auto xs = column_limits(table);
  const auto height = table.height() / static_cast<double>(table.rows.size());
  const auto y0 = table.ys.empty() ? table.y0 + height * static_cast<double>(row) : table.ys[row];
  const auto y1 = table.ys.empty() ? y0 + height : table.ys[row + 1];
  const auto last = std::min(xs.size() - 1, column + static_cast<std::size_t>(std::max(1, cell.columns)));
  const auto* const fill = has_paper_ ? nullptr : block.shade({xs[column], y0, xs[last], y1});
  look += fill == nullptr ? std::string("<a:noFill/>")
                          : fmt::format("<a:solidFill><a:srgbClr val=\"{:06X}\"/></a:solidFill>", fill->colour);
  return fmt::format(
      "<a:tc{}><a:txBody><a:bodyPr/>{}</a:txBody><a:tcPr marL=\"25400\" marR=\"25400\" marT=\"0\" marB=\"0\">{}"
      "</a:tcPr></a:tc>",
      span, text, look);
}

std::string Slide::table(const TableBlock& block) {
  const auto& table = block.table;
  const auto xs = column_limits(table);
  ++ids_;
  auto xml = fmt::format(
      "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{0}\" name=\"Table {0}\"/><p:cNvGraphicFramePr/><p:nvPr/>"
      "</p:nvGraphicFramePr>{1}<a:graphic><a:graphicData "
      "uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr/><a:tblGrid>",
      ids_, box_xml("p", table));
  for (std::size_t i = 0; i + 1 < xs.size(); ++i) {
    xml += fmt::format("<a:gridCol w=\"{}\"/>", emu((xs[i + 1] - xs[i]) * scale_));
  }
  xml += "</a:tblGrid>";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto height =
        table.ys.empty() ? table.height() / static_cast<double>(table.rows.size()) : table.ys[r + 1] - table.ys[r];
    xml += fmt::format("<a:tr h=\"{}\">", emu(height * scale_));
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) xml += cell_xml(block, r, c);
    xml += "</a:tr>";
  }
  return xml + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
}

std::string Slide::column_of(const std::vector<Block>& blocks) {
  std::string xml;
  std::vector<const Paragraph*> group;
  const auto end_group = [&] {
    if (!group.empty()) xml += text_box(group);
    group.clear();
  };
  for (const auto& block : blocks) {
    const auto* const paragraph = std::get_if<Paragraph>(&block);
    if (paragraph == nullptr || (!group.empty() && !belong_together(*group.back(), *paragraph))) end_group();
    if (paragraph != nullptr) group.push_back(paragraph);
    if (const auto* const one = std::get_if<TableBlock>(&block)) xml += table(*one);
  }
  end_group();
  return xml;
}

std::string Slide::shapes(const std::string& paper) {
  std::string xml;
  if (!paper.empty()) {
    ++ids_;
    xml += fmt::format(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"{0}\" name=\"Picture {0}\" descr=\"\"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>"
        "<p:blipFill><a:blip r:embed=\"{1}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>{2}<a:prstGeom "
        "prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
        ids_, paper, box_xml("a", {0, 0, page_.page->width, page_.page->height}));
  }
  for (const auto& band : page_.bands) {
    for (const auto& column : band.columns) xml += column_of(column);
  }
  std::vector<Block> heads;
  for (const auto* rows : {&page_.header, &page_.footer}) {
    for (const auto& row : *rows) {
      for (const auto& chunk : chunks_of(row)) {
        for (auto& paragraph : paragraphs_of(chunk)) heads.emplace_back(std::move(paragraph));
      }
    }
  }
  return xml + column_of(heads);
}

}  // namespace recast::engines::pdf2office::pptx
