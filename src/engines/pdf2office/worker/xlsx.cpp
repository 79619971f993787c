#include "engines/pdf2office/worker/xlsx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "engines/pdf2office/worker/numbers.hpp"
#include "engines/pdf2office/worker/package.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::size_t kMostRows = 1'048'576;  // what a sheet has room for
constexpr std::size_t kMostColumns = 16'384;
constexpr std::size_t kLongestText = 32'767;
constexpr std::size_t kMostFormats = 200;
constexpr int kFirstFormat = 164;  // those before are built in

std::string column_name(std::size_t column) {
  std::string name;
  for (++column; column > 0; column = (column - 1) / 26) {
    name.insert(name.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return name;
}

std::string shortened(std::string_view text) {
  if (length(text) <= kLongestText) return std::string(text);
  return encode(decode(text).substr(0, kLongestText));
}

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  for (const auto line : split(text, '\n')) widest = std::max(widest, length(line));
  return widest;
}

/// Looks of cells, by number. 0 is the plain one.
class Styles {
 public:
  std::size_t of(const std::string& format, bool bold, bool wrap) {
    auto known = formats_.find(format);
    if (known == formats_.end() && format != "General" && formats_.size() < kMostFormats) {
      known = formats_.emplace(format, kFirstFormat + static_cast<int>(formats_.size())).first;
      format_list_.push_back(format);
    }
    const Look look{known == formats_.end() ? 0 : known->second, bold, wrap};
    const auto [at, is_new] = looks_.try_emplace(look, list_.size() + 1);
    if (is_new) list_.push_back(look);
    return at->second;
  }

  std::string xml() const {
    std::string xml = fmt::format("{}<styleSheet xmlns=\"{}\">", kXmlHead, kMain);
    if (!format_list_.empty()) xml += fmt::format("<numFmts count=\"{}\">", format_list_.size());
    for (std::size_t i = 0; i < format_list_.size(); ++i) {
      xml += fmt::format("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", kFirstFormat + static_cast<int>(i),
                         escape_markup(format_list_[i]));
    }
    if (!format_list_.empty()) xml += "</numFmts>";
    xml +=
        "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>"
        "<name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
        "<fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders>"
        "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs>";
    xml += fmt::format("<cellXfs count=\"{}\"><xf xfId=\"0\"/>", list_.size() + 1);
    for (const auto& [format, bold, wrap] : list_) {
      xml += fmt::format(
          "<xf numFmtId=\"{}\" fontId=\"{}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
          "applyFont=\"1\"{}",
          format, bold ? 1 : 0,
          wrap ? " applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>" : "/>");
    }
    return xml + "</cellXfs></styleSheet>";
  }

 private:
  using Look = std::tuple<int, bool, bool>;
  std::map<std::string, int> formats_;
  std::vector<std::string> format_list_;
  std::map<Look, std::size_t> looks_;
  std::vector<Look> list_;
};

class SheetWriter {
 public:
  SheetWriter(Styles& styles, char mark) : styles_(styles), mark_(mark) {}

  std::string write(const Grid& rows) {
    for (std::size_t r = 0; r < std::min(rows.size(), kMostRows); ++r) {
      fmt::format_to(std::back_inserter(body_), "<row r=\"{}\">", r + 1);
      for (std::size_t c = 0; c < std::min(rows[r].size(), kMostColumns); ++c) {
        const auto& cell = rows[r][c];
        if (!cell.hidden) write_cell(cell, r, c);
      }
      body_ += "</row>";
    }
    return whole();
  }

 private:
  void write_cell(const Cell& cell, std::size_t r, std::size_t c) {
    constexpr std::size_t kNarrowest = 4, kWidest = 60;
    const auto at = column_name(c) + std::to_string(r + 1);
    if (cell.rows > 1 || cell.columns > 1) {
      const auto last = column_name(c + static_cast<std::size_t>(cell.columns) - 1);
      fmt::format_to(std::back_inserter(merges_), "<mergeCell ref=\"{}:{}{}\"/>", at, last,
                     r + static_cast<std::size_t>(cell.rows));
      ++merge_count_;
    }
    if (cell.text.empty()) return;
    const auto text = shortened(cell.text);
    const bool bold = !cell.words.empty() && std::ranges::all_of(cell.words, [](const Word* one) { return one->bold; });
    if (cell.columns == 1) {
      auto& width = widths_.try_emplace(c, kNarrowest).first->second;
      width = std::max(width, std::min(kWidest, widest_line(text) + 2));
    }
    if (const auto number = parse_number(text, mark_)) {
      fmt::format_to(std::back_inserter(body_), "<c r=\"{}\" s=\"{}\"><v>{:.15g}</v></c>", at,
                     styles_.of(number->format, bold, false), number->value);
    } else {
      fmt::format_to(std::back_inserter(body_),
                     "<c r=\"{}\" s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", at,
                     styles_.of("General", bold, text.find('\n') != std::string::npos), escape_markup(text));
    }
  }

  std::string whole() const {
    std::string xml = fmt::format("{}<worksheet xmlns=\"{}\">", kXmlHead, kMain);
    if (!widths_.empty()) xml += "<cols>";
    for (const auto& [column, width] : widths_) {
      xml += fmt::format("<col min=\"{0}\" max=\"{0}\" width=\"{1}\" customWidth=\"1\"/>", column + 1, width);
    }
    if (!widths_.empty()) xml += "</cols>";
    xml += "<sheetData>" + body_ + "</sheetData>";
    if (merge_count_ > 0) xml += fmt::format("<mergeCells count=\"{}\">{}</mergeCells>", merge_count_, merges_);
    return xml + "</worksheet>";
  }

  Styles& styles_;
  char mark_;
  std::string body_;
  std::string merges_;
  std::size_t merge_count_ = 0;
  std::map<std::size_t, std::size_t> widths_;
};

char decimal_mark(const std::vector<Sheet>& sheets) {
  DecimalVote vote;
  for (const auto& sheet : sheets) {
    for (const auto& row : sheet.rows) {
      for (const auto& cell : row) vote.hear(cell.text);
    }
  }
  return vote.mark();
}

Result<> add_frame(Package& package, const std::vector<Sheet>& sheets) {
  constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
  std::string types = fmt::format(
      "{}<Types xmlns=\"{}content-types\"><Default Extension=\"rels\" "
      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
      "ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{}sheet.main+xml\"/>"
      "<Override PartName=\"/xl/styles.xml\" ContentType=\"{}styles+xml\"/>",
      kXmlHead, kPackageSpace, kType, kType);
  std::string book = fmt::format("{}<workbook xmlns=\"{}\" xmlns:r=\"{}\"><sheets>", kXmlHead, kMain, kRelationSpace);
  std::string relations = fmt::format("{}<Relationships xmlns=\"{}relationships\">", kXmlHead, kPackageSpace);
  for (std::size_t i = 1; i <= sheets.size(); ++i) {
    types +=
        fmt::format("<Override PartName=\"/xl/worksheets/sheet{}.xml\" ContentType=\"{}worksheet+xml\"/>", i, kType);
    book += fmt::format("<sheet name=\"{}\" sheetId=\"{}\" r:id=\"rId{}\"/>", escape_markup(sheets[i - 1].name), i, i);
    relations += fmt::format("<Relationship Id=\"rId{}\" Type=\"{}/worksheet\" Target=\"worksheets/sheet{}.xml\"/>", i,
                             kRelationSpace, i);
  }
  relations += fmt::format("<Relationship Id=\"rId{}\" Type=\"{}/styles\" Target=\"styles.xml\"/></Relationships>",
                           sheets.size() + 1, kRelationSpace);
  RECAST_CHECK(package.add("[Content_Types].xml", types + "</Types>"));
  RECAST_CHECK(add_root(package, "xl/workbook.xml"));
  RECAST_CHECK(package.add("xl/workbook.xml", book + "</sheets></workbook>"));
  return package.add("xl/_rels/workbook.xml.rels", relations);
}

}  // namespace

Result<> write_xlsx(int fd, const std::vector<Sheet>& sheets) {
  RECAST_TRY(auto package, Package::open(fd));
  RECAST_CHECK(add_frame(package, sheets));
  Styles styles;
  const auto mark = decimal_mark(sheets);
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const auto xml = SheetWriter(styles, mark).write(sheets[i].rows);
    RECAST_CHECK(package.add(fmt::format("xl/worksheets/sheet{}.xml", i + 1), xml));
  }
  RECAST_CHECK(package.add("xl/styles.xml", styles.xml()));
  return package.close();
}

}  // namespace recast::engines::pdf2office
