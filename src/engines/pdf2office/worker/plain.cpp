#include "engines/pdf2office/worker/plain.hpp"

#include <algorithm>

#include "engines/pdf2office/worker/inline_text.hpp"
#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

bool is_name_start(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '#';
}

/// What a document says must not become markup, or HTML.
std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kSigns = "\\`*_[]<>|";
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool reference = text[i] == '&' && i + 1 < text.size() && is_name_start(text[i + 1]);
    if (reference || kSigns.find(text[i]) != std::string_view::npos) result += '\\';
    result += text[i] == '\t' ? ' ' : text[i];
  }
  return result;
}

std::string inline_markdown(const Paragraph& paragraph) {
  auto text = inline_text(paragraph, [&](const Run& run, std::string_view core) {
    const bool code =
        run.face->mono && core.find('`') == std::string_view::npos && core.find('|') == std::string_view::npos;
    auto one = code ? "`" + std::string(core) + "`" : escape_markdown(core);
    if (run.face->italic) one = "*" + one + "*";
    if (run.bold && paragraph.kind != Kind::heading) one = "**" + one + "**";
    return one;
  });
  // Two bold runs side by side are one.
  for (const std::string_view seam : {"****", "** **"}) {
    for (auto at = text.find(seam); at != std::string::npos; at = text.find(seam, at)) {
      text.replace(at, seam.size(), seam.size() == 5 ? " " : "");
    }
  }
  return text;
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

/// At most one empty line in a row.
std::string without_gaps(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\n' && result.ends_with("\n\n")) continue;
    result += letter;
  }
  return result;
}

std::string cell_markdown(const Cell& cell) {
  std::string text;
  for (const auto& paragraph : paragraphs_of(cell.words)) {
    if (!text.empty()) text += ' ';
    text += inline_markdown(paragraph);
  }
  return text;
}

class MarkdownWriter {
 public:
  std::string write(const Flow& flow) {
    for (const auto& page : flow.pages) {
      each_block(page, [&](const Block& block) {
        const auto* const paragraph = std::get_if<Paragraph>(&block);
        if (in_list_ && (paragraph == nullptr || paragraph->kind != Kind::bullet)) end_list();
        std::visit([&](const auto& one) { add(one); }, block);
      });
      if (in_list_) end_list();
    }
    return without_gaps(out_);
  }

 private:
  void end_list() {
    out_ += '\n';
    in_list_ = false;
  }

  void add(const Paragraph& paragraph) {
    auto text = inline_markdown(paragraph);
    if (paragraph.kind == Kind::bullet) {
      in_list_ = true;
      out_ += "- " + text + "\n";
      return;
    }
    if (paragraph.kind == Kind::heading) {
      text.insert(0, std::string(static_cast<std::size_t>(paragraph.level), '#') + " ");
    } else if (text.starts_with('#') || text.starts_with('+') || text.starts_with('-') || text.starts_with('=')) {
      text.insert(0, "\\");
    }
    out_ += text + "\n\n";
  }

  void add(const TableBlock& block) {
    const auto& rows = block.table.rows;
    if (out_.size() > 1 && !out_.ends_with("\n\n")) out_ += '\n';
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out_ += '|';
      for (const auto& cell : rows[i]) out_ += " " + cell_markdown(cell) + " |";
      out_ += '\n';
      if (i > 0) continue;
      out_ += '|';
      for (std::size_t c = 0; c < rows[i].size(); ++c) out_ += " --- |";
      out_ += '\n';
    }
    out_ += '\n';
  }

  void add(const PictureBlock& picture) {
    if (!picture.alt.empty()) out_ += escape_markdown(picture.alt) + "\n\n";
  }

  std::string out_;
  bool in_list_ = false;
};

std::string line_of(const Words& row) {
  std::string text;
  for (const auto* word : row) text += (text.empty() ? "" : " ") + word->text;
  return text + "\n";
}

std::string block_text(const Paragraph& paragraph) {
  std::string text = paragraph.kind == Kind::bullet ? "\u2022 " : "";
  for (const auto& run : runs_of(paragraph)) text += run.text;
  return text + (paragraph.kind == Kind::bullet ? "\n" : "\n\n");
}

std::string block_text(const TableBlock& block) {
  std::string text;
  for (const auto& row : block.table.rows) {
    std::string line;
    for (const auto& cell : row) line += one_line(cell.text) + "\t";
    text += line.substr(0, line.find_last_not_of('\t') + 1) + "\n";
  }
  return text + "\n";
}

std::string block_text(const PictureBlock& picture) { return picture.alt.empty() ? "" : picture.alt + "\n\n"; }

}  // namespace

std::string markdown_of(const Flow& flow) { return MarkdownWriter().write(flow); }

std::string text_of(const Flow& flow) {
  std::string text;
  for (const auto& page : flow.pages) {
    for (const auto& row : page.header) text += line_of(row);
    each_block(page,
               [&](const Block& block) { text += std::visit([](const auto& one) { return block_text(one); }, block); });
    for (const auto& row : page.footer) text += line_of(row);
    text += '\f';
  }
  return without_gaps(text);
}

}  // namespace recast::engines::pdf2office
