#include "engines/pdf2office/worker/html.hpp"

#include <fmt/format.h>

#include "engines/pdf2office/worker/inline_text.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::string_view kStart =
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Document</title><style>body{max-width:50em;margin:2em "
    "auto;font-family:serif}table{border-collapse:collapse}td{border:1px solid #999;padding:2px "
    "6px;vertical-align:top}img{max-width:100%}</style></head><body>\n";

std::string inline_html(const Paragraph& paragraph) {
  return inline_text(paragraph, [&](const Run& run, std::string_view core) {
    auto text = escape_markup(core);
    if (run.face->mono) text = "<code>" + text + "</code>";
    if (run.face->italic) text = "<em>" + text + "</em>";
    if (run.bold && paragraph.kind != Kind::heading) text = "<strong>" + text + "</strong>";
    if (run.colour != 0) text = fmt::format("<span style=\"color:#{:06x}\">{}</span>", run.colour, text);
    return text;
  });
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const Media& media) : media_(media) {}

  std::string write(const Flow& flow) {
    out_ = kStart;
    for (const auto& page : flow.pages) {
      out_ += "<section>\n";
      if (page.bands.empty()) {
        for (const auto& picture : page.behind) add(picture);
      }
      each_block(page, [&](const Block& block) { add_block(block); });
      end_list();
      out_ += "</section>\n";
    }
    return std::move(out_) + "</body></html>\n";
  }

 private:
  void add_block(const Block& block) {
    const auto* const paragraph = std::get_if<Paragraph>(&block);
    if (paragraph == nullptr || paragraph->kind != Kind::bullet) end_list();
    std::visit([&](const auto& one) { add(one); }, block);
  }

  void end_list() {
    if (in_list_) out_ += "</ul>\n";
    in_list_ = false;
  }

  void add(const Paragraph& paragraph) {
    const auto* const direction = is_right_to_left(words_of(paragraph)) ? " dir=\"rtl\"" : "";
    const auto text = inline_html(paragraph);
    if (paragraph.kind == Kind::bullet) {
      if (!in_list_) out_ += "<ul>\n";
      in_list_ = true;
      out_ += fmt::format("<li{}>{}</li>\n", direction, text);
      return;
    }
    const auto tag = paragraph.kind == Kind::heading ? fmt::format("h{}", paragraph.level) : std::string("p");
    const auto* style = "";
    if (paragraph.align == Align::center) style = " style=\"text-align:center\"";
    if (paragraph.align == Align::right) style = " style=\"text-align:right\"";
    out_ += fmt::format("<{0}{1}{2}>{3}</{0}>\n", tag, style, direction, text);
  }

  void add(const TableBlock& block) {
    out_ += "<table>";
    for (const auto& row : block.table.rows) {
      out_ += "<tr>";
      for (const auto& cell : row) {
        if (cell.hidden) continue;
        out_ += "<td";
        if (cell.columns > 1) out_ += fmt::format(" colspan=\"{}\"", cell.columns);
        if (cell.rows > 1) out_ += fmt::format(" rowspan=\"{}\"", cell.rows);
        out_ += ">";
        bool first = true;
        for (const auto& paragraph : paragraphs_of(cell.words)) {
          if (!first) out_ += "<br>";
          first = false;
          out_ += inline_html(paragraph);
        }
        out_ += "</td>";
      }
      out_ += "</tr>";
    }
    out_ += "</table>\n";
  }

  void add(const PictureBlock& picture) {
    out_ +=
        fmt::format("<img alt=\"{}\" style=\"width:{:.0f}pt\" src=\"data:image/{};base64,", escape_markup(picture.alt),
                    picture.width(), media_.extension(picture.file) == "png" ? "png" : "jpeg");
    out_ += to_base64(media_.bytes(picture.file));
    out_ += "\">\n";
  }

  const Media& media_;
  std::string out_;
  bool in_list_ = false;
};

}  // namespace

std::string html_of(const Flow& flow, const Media& media) { return HtmlWriter(media).write(flow); }

}  // namespace recast::engines::pdf2office
