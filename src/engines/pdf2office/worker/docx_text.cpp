#include "engines/pdf2office/worker/docx_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/text.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office::docx {

namespace {

constexpr double kTab = 2;  // em

bool has_right_to_left(std::string_view text) {
  return std::ranges::any_of(decode(text), [](char32_t letter) { return pdf2office::is_right_to_left(letter); });
}

std::string text_xml(std::string_view text) {
  std::string xml;
  bool first = true;
  for (const auto part : split(text, '\t')) {
    if (!first) xml += "<w:tab/>";
    first = false;
    if (!part.empty()) xml += fmt::format("<w:t xml:space=\"preserve\">{}</w:t>", escape_markup(part));
  }
  return xml;
}

std::string tabs_xml(const Paragraph& paragraph, double left) {
  std::string tabs;
  if (paragraph.lines.size() != 1) return tabs;
  const auto& line = paragraph.lines.front();
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i + 1]->x0 - line[i]->x1 <= kTab * line[i]->size || line[i + 1]->x0 <= left) continue;
    tabs += fmt::format("<w:tab w:val=\"left\" w:pos=\"{}\"/>", twips(line[i + 1]->x0 - left));
  }
  return tabs.empty() ? tabs : "<w:tabs>" + tabs + "</w:tabs>";
}

std::string indent_xml(const Paragraph& paragraph, const Place& place) {
  const auto shift = place.in_cell ? 0 : paragraph.left - place.left;
  const auto far = place.in_cell ? 0 : std::max(0.0, place.right - paragraph.right);
  auto xml = fmt::format("<w:ind w:left=\"{}\"", std::max(0L, twips(shift + paragraph.indent)));
  const bool bound = paragraph.align != Align::left || paragraph.lines.size() > 2;
  if (bound && far > 6) xml += fmt::format(" w:right=\"{}\"", twips(far - 2));
  if (paragraph.first > 1) xml += fmt::format(" w:firstLine=\"{}\"", twips(paragraph.first));
  if (paragraph.first < -1) xml += fmt::format(" w:hanging=\"{}\"", twips(-paragraph.first));
  return xml + "/>";
}

std::string_view align_xml(Align align) {
  switch (align) {
    case Align::left:
      break;
    case Align::center:
      return "<w:jc w:val=\"center\"/>";
    case Align::right:
      return "<w:jc w:val=\"right\"/>";
    case Align::justify:
      return "<w:jc w:val=\"both\"/>";
  }
  return {};
}

}  // namespace

Usual usual_of(const Flow& flow) {
  std::map<std::string, std::size_t> letters;
  for (const auto& page : flow.pages) {
    for (const auto* word : page.page->words) letters[word->face->family] += word->length;
  }
  Usual usual{.family = "Times New Roman", .body = flow.body};
  std::size_t most = 0;
  for (const auto& [family, count] : letters) {
    if (count <= most) continue;
    most = count;
    usual.family = family;
  }
  return usual;
}

std::string run_xml(const Run& run, const Usual& usual, Role role) {
  std::string look;
  const auto& family = run.face->family;
  if (family != usual.family) {
    look += fmt::format("<w:rFonts w:ascii=\"{0}\" w:hAnsi=\"{0}\" w:cs=\"{0}\"/>", escape_markup(family));
  }
  if (run.bold) {
    look += "<w:b/>";
  } else if (role == Role::heading) {
    look += "<w:b w:val=\"0\"/>";  // the style of headings is bold
  }
  if (run.face->italic) look += "<w:i/>";
  if (run.colour != 0) look += fmt::format("<w:color w:val=\"{:06x}\"/>", run.colour);
  if (role == Role::heading || std::abs(run.size - usual.body) > 0.2) {
    look += fmt::format("<w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/>", static_cast<int>(run.size * 2));
  }
  if (has_right_to_left(run.text)) look += "<w:rtl/>";
  if (!look.empty()) look = "<w:rPr>" + look + "</w:rPr>";
  return "<w:r>" + look + text_xml(run.text) + "</w:r>";
}

std::string paragraph_xml(const Paragraph& paragraph, const Place& place, const Usual& usual) {
  const bool heading = paragraph.kind == Kind::heading;
  const bool turned = pdf2office::is_right_to_left(words_of(paragraph));
  std::string look;
  if (heading) look += fmt::format("<w:pStyle w:val=\"Heading{}\"/>", paragraph.level);
  if (place.page_break) look += "<w:pageBreakBefore/>";
  if (paragraph.kind == Kind::bullet) look += "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>";
  look += tabs_xml(paragraph, place.left);
  if (turned) look += "<w:bidi/>";
  // Lines exactly as far apart as they were keep the pages; but a break or a picture needs more room.
  look += fmt::format("<w:spacing w:before=\"{}\" w:after=\"0\" w:line=\"{}\" w:lineRule=\"{}\"/>",
                      twips(std::max(0.0, place.before)), twips(std::max(paragraph.pitch, 0.9 * paragraph.size)),
                      place.lead.empty() ? "exact" : "atLeast");
  if (!turned) {
    look += indent_xml(paragraph, place);
    look += align_xml(paragraph.align);
  }
  std::string xml = "<w:p><w:pPr>" + look + "</w:pPr>" + place.lead;
  for (const auto& run : runs_of(paragraph)) xml += run_xml(run, usual, heading ? Role::heading : Role::text);
  return xml + "</w:p>";
}

std::string empty_paragraph(double height, const std::string& lead, bool page_break, const std::string& section) {
  return fmt::format(
      "<w:p><w:pPr>{}<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{}\" w:lineRule=\"exact\"/><w:rPr><w:sz "
      "w:val=\"2\"/></w:rPr>{}</w:pPr>{}</w:p>",
      page_break ? "<w:pageBreakBefore/>" : "", std::max(20L, twips(height)), section, lead);
}

}  // namespace recast::engines::pdf2office::docx
