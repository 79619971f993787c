#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "engines/pdf2office/worker/docx_text.hpp"

namespace recast::engines::pdf2office::docx {

namespace {

constexpr std::size_t kMostColumns = 63;  // what Word takes

class TableWriter {
 public:
  TableWriter(const TableBlock& block, const Usual& usual) : block_(block), table_(block.table), usual_(usual) {
    const double slack = table_.ruled ? 0 : 6, margin = table_.ruled ? 0 : 2;
    xs_.push_back(table_.x0 - margin);
    for (const auto& corridor : table_.corridors) xs_.push_back(middle(corridor));
    xs_.push_back(table_.x1 + slack);
    for (std::size_t i = 0; i + 1 < xs_.size(); ++i) widths_.push_back(std::max(4.0, xs_[i + 1] - xs_[i]));
    for (const auto& row : table_.rows) bases_.push_back(base_of(row));
  }

  std::string write(double left) {
    const auto* const line = table_.ruled ? R"(w:val="single" w:sz="4" w:space="0" w:color="auto")" : "w:val=\"nil\"";
    auto xml =
        fmt::format(R"(<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/><w:tblInd w:w="{}" w:type="dxa"/><w:tblBorders>)",
                    twips(width(0, widths_.size())), twips(xs_.front() - left));
    for (const auto* side : {"top", "left", "bottom", "right", "insideH", "insideV"}) {
      xml += fmt::format("<w:{} {}/>", side, line);
    }
    xml +=
        "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"30\" w:type=\"dxa\"/><w:right "
        "w:w=\"30\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>";
    for (const auto one : widths_) xml += fmt::format("<w:gridCol w:w=\"{}\"/>", twips(one));
    xml += "</w:tblGrid>";
    for (std::size_t i = 0; i < table_.rows.size(); ++i) xml += row_xml(i);
    return xml + "</w:tbl>";
  }

 private:
  /// Rows below a cell that it still covers, and how many columns.
  struct Cover {
    int rows = 0;
    std::size_t columns = 1;
  };

  static std::optional<double> base_of(const CellRow& row) {
    std::optional<double> base;
    for (const auto& cell : row) {
      for (const auto* word : cell.words) base = std::min(base.value_or(word->base), word->base);
    }
    return base;
  }

  double width(std::size_t from, std::size_t count) const {
    const auto first = widths_.begin() + static_cast<std::ptrdiff_t>(from);
    return std::accumulate(first, first + static_cast<std::ptrdiff_t>(count), 0.0);
  }

  double height(std::size_t row) const {
    if (!table_.ys.empty()) return table_.ys[row + 1] - table_.ys[row];
    if (row + 1 < bases_.size() && bases_[row] && bases_[row + 1]) return *bases_[row + 1] - *bases_[row];
    return 0;
  }

  std::string row_xml(std::size_t i) {
    std::string xml = "<w:tr>";
    if (height(i) > 2) {
      xml += fmt::format(R"(<w:trPr><w:trHeight w:val="{}" w:hRule="atLeast"/></w:trPr>)", twips(height(i)));
    }
    const auto& row = table_.rows[i];
    for (std::size_t c = 0; c < row.size();) {
      auto span = std::clamp<std::size_t>(static_cast<std::size_t>(row[c].columns), 1, row.size() - c);
      const char* merge = "";
      bool hidden = false;
      auto& cover = covered_[c];
      if (row[c].hidden && cover.rows > 0) {
        --cover.rows;
        span = std::min(cover.columns, row.size() - c);
        merge = "<w:vMerge/>";
        hidden = true;
      } else if (row[c].rows > 1) {
        cover = {row[c].rows - 1, span};
        merge = "<w:vMerge w:val=\"restart\"/>";
      }
      xml += fmt::format(R"(<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>)", twips(width(c, span)));
      if (span > 1) xml += fmt::format("<w:gridSpan w:val=\"{}\"/>", span);
      xml += merge;
      xml += shade_xml(i, c, span);
      xml += "</w:tcPr>" + (hidden ? empty_paragraph() : content(row[c], c, span)) + "</w:tc>";
      c += span;
    }
    return xml + "</w:tr>";
  }

  /// White letters on a coloured cell would vanish without it.
  std::string shade_xml(std::size_t i, std::size_t c, std::size_t span) const {
    const auto base = bases_[i].value_or(0);
    const auto last = std::min(table_.ys.size() - 1, i + static_cast<std::size_t>(table_.rows[i][c].rows));
    const auto y0 = table_.ys.empty() ? base - 8 : table_.ys[i];
    const auto y1 = table_.ys.empty() ? base : table_.ys[last];
    const auto* const fill = block_.shade({xs_[c], y0, xs_[c + span], y1});
    if (fill == nullptr) return {};
    return fmt::format(R"(<w:shd w:val="clear" w:color="auto" w:fill="{:06x}"/>)", fill->colour);
  }

  std::string content(const Cell& cell, std::size_t c, std::size_t span) const {
    constexpr double kIndent = 6;  // points
    const auto left = xs_[c], right = xs_[c + span];
    std::string xml;
    for (auto& paragraph : paragraphs_of(cell.words)) {
      const auto before = paragraph.x0 - left, after = right - paragraph.x1;
      paragraph.align = Align::left;
      if (before > kIndent && after < 0.5 * before) {
        paragraph.align = Align::right;
      } else if (before > kIndent && std::abs(before - after) < 0.15 * (right - left)) {
        paragraph.align = Align::center;
      }
      if (paragraph.kind == Kind::text) paragraph.indent = paragraph.first = 0;
      xml += paragraph_xml(paragraph, {.left = left, .right = right, .lead = {}, .in_cell = true}, usual_);
    }
    return xml.empty() ? empty_paragraph() : xml;
  }

  const TableBlock& block_;
  const Table& table_;
  const Usual& usual_;
  std::vector<double> xs_;
  std::vector<double> widths_;
  std::vector<std::optional<double>> bases_;
  std::map<std::size_t, Cover> covered_;
};

}  // namespace

std::string table_xml(const TableBlock& block, double left, const Usual& usual) {
  if (block.table.rows.front().size() > kMostColumns) {
    // What Word would refuse: the words of each row as a line.
    std::string xml;
    for (const auto& row : block.table.rows) {
      Words words;
      for (const auto& cell : row) words.insert(words.end(), cell.words.begin(), cell.words.end());
      for (const auto& paragraph : paragraphs_of(words)) {
        xml += paragraph_xml(paragraph, {.left = left, .right = block.x1, .lead = {}}, usual);
      }
    }
    return xml.empty() ? empty_paragraph() : xml;
  }
  return TableWriter(block, usual).write(left);
}

}  // namespace recast::engines::pdf2office::docx
