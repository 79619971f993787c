#include "engines/pdf2office/worker/docx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engines/pdf2office/worker/docx_parts.hpp"

namespace recast::engines::pdf2office {

namespace {

using docx::Parts;
using docx::twips;

constexpr double kMargin = 72;  // of a page that does not tell
constexpr double kNearEdge = 20;
constexpr long kLargestPaper = 31'680;  // twips, what Word takes

// Where a block's line box begins and ends, other than its letters do.
double line_height(const Paragraph& paragraph) { return std::max(paragraph.pitch, 0.9 * paragraph.size); }
double top_of(const Block& block) {
  const auto* const one = std::get_if<Paragraph>(&block);
  return one == nullptr ? box_of(block).y0 : one->lines.front().front()->base - 0.8 * line_height(*one);
}
double bottom_of(const Block& block) {
  const auto* const one = std::get_if<Paragraph>(&block);
  return one == nullptr ? box_of(block).y1 : one->lines.back().front()->base + 0.2 * line_height(*one);
}

/// A block with its place; without a block, an empty page.
struct Item {
  const Block* block = nullptr;
  double left = 0;
  double right = 0;
  double before = 0;
  bool from_page_top = false;  ///< `before` counts from the page's edge
  bool page_break = false;
  std::string lead{};
};

using Edges = std::vector<std::pair<double, double>>;

/// What Word calls a section: pages of one size, or part of one with columns.
struct Segment {
  const Page* page = nullptr;
  const Edges* edges = nullptr;  ///< of several columns
  std::vector<Item> items{};
  bool new_page = false;
  double top = 0;
  double right = 0;
};

class Body {
 public:
  Body(const Flow& flow, Parts& parts) : flow_(flow), parts_(parts), left_(text_left()) {
    for (const auto& page : flow.pages) {
      if (heads_ == nullptr && (!page.header.empty() || !page.footer.empty())) heads_ = &page;
    }
  }

  std::string xml() {
    for (std::size_t i = 0; i < flow_.pages.size(); ++i) add_page(flow_.pages[i], i > 0);
    std::string xml;
    for (std::size_t i = 0; i < segments_.size(); ++i) xml += segment_xml(i);
    return xml;
  }

 private:
  /// The text's left edge in all pages: shared margins keep sections few.
  double text_left() const {
    std::optional<double> left;
    for (const auto& page : flow_.pages) {
      each_block(page, [&](const Block& block) { left = std::min(left.value_or(1e6), box_of(block).x0); });
    }
    return std::max(0.0, left.value_or(kMargin));
  }

  void add_page(const FlowPage& page, bool new_page);
  Segment& segment_for(const FlowPage& page, const Edges* edges, bool new_page, double top, double right);
  /// Where a band's blocks stand on its page.
  struct Where {
    double right = 0;
    std::optional<double> bottom{};  ///< of the band above
    bool page_break = false;
  };
  void add_band(const Band& band, const Where& where, Segment& segment, std::string& extra) const;
  std::string segment_xml(std::size_t index);
  std::string item_xml(const Item& item, double margin_top, bool after_table, bool& is_table);
  std::string section_xml(const Segment& segment, bool first);
  static void close(std::vector<std::string>& pieces, const std::string& section);

  const Flow& flow_;
  Parts& parts_;
  double left_;
  const FlowPage* heads_ = nullptr;  ///< the page whose running heads all get
  std::vector<Segment> segments_;
};

bool same_paper(const Page& a, const Page& b) {
  return std::lround(a.width) == std::lround(b.width) && std::lround(a.height) == std::lround(b.height);
}

Segment& Body::segment_for(const FlowPage& page, const Edges* edges, bool new_page, double top, double right) {
  auto* const last = segments_.empty() ? nullptr : &segments_.back();
  if (last != nullptr && edges == nullptr && last->edges == nullptr && same_paper(*last->page, *page.page)) {
    last->right = std::max(last->right, right);
    last->top = std::min(last->top, top);
    return *last;
  }
  segments_.push_back(
      {.page = page.page, .edges = edges, .new_page = new_page || segments_.empty(), .top = top, .right = right});
  return segments_.back();
}

void Body::add_band(const Band& band, const Where& where, Segment& segment, std::string& extra) const {
  double band_top = top_of(band.columns.front().front());
  for (const auto& column : band.columns) band_top = std::min(band_top, top_of(column.front()));
  for (std::size_t c = 0; c < band.columns.size(); ++c) {
    const bool several = band.columns.size() > 1;
    std::optional<double> previous;
    for (const auto& block : band.columns[c]) {
      const bool first = !previous;
      Item item{.block = &block,
                .left = several ? band.edges[c].first : left_,
                .right = several ? band.edges[c].second : where.right,
                .before = top_of(block)};
      item.from_page_top = first && c == 0 && !where.bottom;
      if (!first) item.before -= *previous;
      if (first && c > 0) item.before -= band_top;
      if (first && c == 0 && where.bottom) item.before -= *where.bottom;
      item.page_break = where.page_break && first && c == 0;
      if (first && c > 0) item.lead = "<w:r><w:br w:type=\"column\"/></w:r>";
      item.lead += std::exchange(extra, {});
      segment.items.push_back(std::move(item));
      previous = bottom_of(block);
    }
  }
}

void Body::add_page(const FlowPage& flow_page, bool new_page) {
  const auto& page = *flow_page.page;
  double right = page.width * 0.5, top = kMargin;
  for (const auto& band : flow_page.bands) top = std::min(top, top_of(band.columns.front().front()));
  each_block(flow_page, [&](const Block& block) { right = std::max(right, box_of(block).x1); });
  right = std::min(std::max(right, page.width - left_), page.width);
  std::string extra;
  for (const auto& picture : flow_page.behind) extra += parts_.picture_behind(picture);
  if (flow_page.bands.empty()) {
    segments_.push_back({.page = &page, .new_page = true, .top = top, .right = right});
    segments_.back().items.push_back({.before = 2, .lead = extra});
    return;
  }
  std::optional<double> bottom;
  for (const auto& band : flow_page.bands) {
    const auto* const edges = band.columns.size() > 1 ? &band.edges : nullptr;
    const auto count = segments_.size();
    auto& segment = segment_for(flow_page, edges, new_page, top, right);
    const bool joined = segments_.size() == count;
    add_band(band, {.right = right, .bottom = bottom, .page_break = joined && new_page}, segment, extra);
    double lowest = bottom_of(band.columns.front().back());
    for (const auto& column : band.columns) lowest = std::max(lowest, bottom_of(column.back()));
    bottom = lowest;
    new_page = false;
  }
}

std::string Body::item_xml(const Item& item, double margin_top, bool after_table, bool& is_table) {
  is_table = false;
  if (item.block == nullptr) return docx::empty_paragraph(item.before, item.lead);
  const auto before = item.from_page_top ? item.before - margin_top : item.before;
  if (const auto* const paragraph = std::get_if<Paragraph>(item.block)) {
    const docx::Place place{
        .left = item.left, .right = item.right, .before = before, .page_break = item.page_break, .lead = item.lead};
    return docx::paragraph_xml(*paragraph, place, parts_.usual());
  }
  if (const auto* const table = std::get_if<TableBlock>(item.block)) {
    is_table = true;
    // Two tables in a row would become one.
    const bool parted = item.page_break || !item.lead.empty() || before > 1 || after_table;
    return (parted ? docx::empty_paragraph(std::max(1.0, before), item.lead, item.page_break) : std::string()) +
           docx::table_xml(*table, item.left, parts_.usual());
  }
  const auto& picture = std::get<PictureBlock>(*item.block);
  return fmt::format("<w:p><w:pPr>{}<w:spacing w:before=\"{}\" w:after=\"0\"/><w:ind w:left=\"{}\"/></w:pPr>{}{}</w:p>",
                     item.page_break ? "<w:pageBreakBefore/>" : "", twips(std::max(0.0, before)),
                     std::max(0L, twips(picture.x0 - item.left)), item.lead, parts_.picture(picture));
}

std::string columns_xml(const Edges& edges) {
  auto xml = fmt::format("<w:cols w:num=\"{}\" w:equalWidth=\"0\">", edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto [a, b] = edges[i];
    if (i + 1 == edges.size()) {
      xml += fmt::format("<w:col w:w=\"{}\"/>", twips(b - a));
    } else {
      const auto gap = edges[i + 1].first - b;
      xml += fmt::format("<w:col w:w=\"{}\" w:space=\"{}\"/>", twips(b - a + gap * 0.3), twips(gap * 0.7));
    }
  }
  return xml + "</w:cols>";
}

std::string Body::section_xml(const Segment& segment, bool first) {
  const auto& page = *segment.page;
  std::string references;
  double head_y = kNearEdge, foot_y = kNearEdge, bottom = 18;  // a low margin takes up what runs over
  if (heads_ != nullptr) {
    const auto& all = *heads_;
    for (const auto& row : all.header)
      head_y = row == all.header.front() ? row.front()->y0 : std::min(head_y, row.front()->y0);
    for (const auto& row : all.footer) {
      double low = 0;
      for (const auto* word : row) low = std::max(low, word->y1);
      foot_y = row == all.footer.front() ? page.height - low : std::min(foot_y, page.height - low);
    }
    if (!all.footer.empty()) bottom = foot_y + 16;
    if (first && !all.header.empty())
      references += parts_.running_head(all.header, "header", all, left_, segment.right);
    if (first && !all.footer.empty())
      references += parts_.running_head(all.footer, "footer", all, left_, segment.right);
  }
  const auto left = segment.edges != nullptr ? segment.edges->front().first : left_;
  const auto right = segment.edges != nullptr ? segment.edges->back().second : segment.right;
  const auto paper = [](double points) { return std::min(twips(points), kLargestPaper); };
  return fmt::format(
      "<w:sectPr>{}<w:type w:val=\"{}\"/><w:pgSz w:w=\"{}\" w:h=\"{}\"{}/><w:pgMar w:top=\"{}\" w:right=\"{}\" "
      "w:bottom=\"{}\" w:left=\"{}\" w:header=\"{}\" w:footer=\"{}\" w:gutter=\"0\"/>{}</w:sectPr>",
      references, segment.new_page ? "nextPage" : "continuous", paper(page.width), paper(page.height),
      page.width > page.height ? " w:orient=\"landscape\"" : "", twips(std::clamp(segment.top, 0.0, page.height / 2)),
      std::max(0L, twips(page.width - right) - 40), twips(bottom), twips(left), twips(std::max(0.0, head_y)),
      twips(std::max(0.0, foot_y)), segment.edges != nullptr ? columns_xml(*segment.edges) : std::string());
}

/// A section's properties go into its last paragraph, unless that has a break or a picture.
void Body::close(std::vector<std::string>& pieces, const std::string& section) {
  constexpr std::string_view kEnd = "</w:pPr>";
  const auto fit = [](const std::string& piece) {
    return piece.starts_with("<w:p>") && piece.find("<w:tbl>") == std::string::npos &&
           piece.find("<w:br w:type=\"column\"/>") == std::string::npos &&
           piece.find("<w:drawing>") == std::string::npos;
  };
  if (pieces.empty() || !fit(pieces.back())) {
    pieces.push_back(docx::empty_paragraph(1, {}, false, section));
    return;
  }
  auto& last = pieces.back();
  last.insert(last.find(kEnd), section);
}

std::string Body::segment_xml(std::size_t index) {
  const auto& segment = segments_[index];
  const auto margin_top = std::clamp(segment.top, 0.0, segment.page->height / 2);
  std::vector<std::string> pieces;
  bool is_table = false;
  for (const auto& item : segment.items) pieces.push_back(item_xml(item, margin_top, is_table, is_table));
  const auto section = section_xml(segment, index == 0);
  if (index + 1 < segments_.size()) {
    close(pieces, section);
  } else {
    if (is_table) pieces.push_back(docx::empty_paragraph());
    pieces.push_back(section);
  }
  std::string xml;
  for (const auto& piece : pieces) xml += piece;
  return xml;
}

}  // namespace

Result<> write_docx(int fd, const Flow& flow, const Media& media) {
  RECAST_TRY(auto package, Package::open(fd));
  Parts parts(media, docx::usual_of(flow));
  const auto body = Body(flow, parts).xml();
  RECAST_CHECK(parts.write(package, body, flow));
  return package.close();
}

}  // namespace recast::engines::pdf2office
