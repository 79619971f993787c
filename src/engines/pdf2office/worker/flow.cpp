#include "engines/pdf2office/worker/flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "engines/pdf2office/worker/columns.hpp"
#include "engines/pdf2office/worker/figures.hpp"
#include "engines/pdf2office/worker/headings.hpp"
#include "engines/pdf2office/worker/running_heads.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostCrops = 2'000;  // each is drawn by a program

using WordSet = std::unordered_set<const Word*>;

/// Tables that two columns of two rows could be by chance stay text.
bool is_believed(const Table& table) { return table.ruled || table.rows.size() >= 3 || table.rows.front().size() >= 3; }

/// One page: what is a figure, what a picture under text, and the rest in columns.
class PageBuilder {
 public:
  using HasPicture = std::function<bool(const std::string&)>;

  PageBuilder(const Page& page, const RunningHeads& heads, const HasPicture& has_picture, std::vector<Crop>& crops)
      : page_(page), has_picture_(has_picture), crops_(crops), pictures_(page.pictures) {
    result_.page = &page;
    result_.header = heads.header;
    result_.footer = heads.footer;
    WordSet gone;
    for (const auto* rows : {&heads.header, &heads.footer}) {
      for (const auto& row : *rows) gone.insert(row.begin(), row.end());
    }
    for (const auto* word : page.words) {
      if (!gone.contains(word)) words_.push_back(word);
    }
  }

  FlowPage build();

 private:
  void add_tables();
  void add_figures();
  void add_pictures();
  /// Whether a part of the page is there, to be drawn if need be.
  bool crop(const Box& box, const std::string& file);
  Words free_words() const {
    Words free;
    for (const auto* word : words_) {
      if (!taken_.contains(word)) free.push_back(word);
    }
    return free;
  }

  const Page& page_;
  const HasPicture& has_picture_;
  std::vector<Crop>& crops_;
  std::vector<Picture> pictures_;
  Words words_;
  WordSet taken_;
  std::vector<Table> tables_;
  std::vector<Block> blocks_;
  FlowPage result_;
};

bool PageBuilder::crop(const Box& box, const std::string& file) {
  if (crops_.size() >= kMostCrops) return false;
  Crop one;
  static_cast<Box&>(one) = box;
  one.page = page_.number;
  one.file = file;
  crops_.push_back(std::move(one));
  return has_picture_(file);
}

void PageBuilder::add_tables() {
  Page rest;  // without the running heads
  rest.number = page_.number;
  rest.width = page_.width;
  rest.height = page_.height;
  rest.words = words_;
  rest.segments = page_.segments;
  rest.real_spaces = page_.real_spaces;
  tables_ = page_tables(rest);
  std::erase_if(tables_, [](const Table& table) { return !is_believed(table); });
  for (const auto& table : tables_) {
    for (const auto& row : table.rows) {
      for (const auto& cell : row) taken_.insert(cell.words.begin(), cell.words.end());
    }
  }
}

void PageBuilder::add_figures() {
  std::size_t number = 0;
  for (const auto& figure : figures_of(page_, tables_)) {
    const auto file = fmt::format("figure-{}-{}.png", page_.number, number++);
    const Box box{std::max(0.0, figure.x0 - 1), std::max(0.0, figure.y0 - 1), std::min(page_.width, figure.x1 + 1),
                  std::min(page_.height, figure.y1 + 1)};
    Words own;
    double letters = 0;
    for (const auto* word : words_) {
      if (taken_.contains(word) || !is_inside(*word, box)) continue;
      own.push_back(word);
      letters += word->length;
    }
    // A form, or a text box with a decorated frame, is no drawing.
    const auto area = box.width() * box.height();
    if (letters > (figure.curved ? 0.008 : 0.004) * area) continue;
    if (letters > 40 && area > 0.5 * page_.width * page_.height) continue;
    if (!crop(box, file)) continue;
    PictureBlock block;
    static_cast<Box&>(block) = box;
    block.file = file;
    for (const auto* word : own) block.alt += (block.alt.empty() ? "" : " ") + word->text;
    taken_.insert(own.begin(), own.end());
    std::erase_if(pictures_, [&](const Picture& one) {
      return one.x0 >= box.x0 - 2 && one.x1 <= box.x1 + 2 && one.y0 >= box.y0 - 2 && one.y1 <= box.y1 + 2;
    });
    blocks_.emplace_back(std::move(block));
  }
}

void PageBuilder::add_pictures() {
  for (const auto& picture : pictures_) {
    if (picture.crop ? !crop(picture, picture.file) : !has_picture_(picture.file)) continue;
    PictureBlock block;
    static_cast<Box&>(block) = picture;
    block.file = picture.file;
    const bool under_text = picture.height() > 0.8 * page_.height ||
                            std::ranges::any_of(words_, [&](const Word* word) { return is_inside(*word, picture); });
    if (under_text) {
      result_.behind.push_back(std::move(block));
    } else {
      blocks_.emplace_back(std::move(block));
    }
  }
}

/// A column's blocks from above with the paragraphs between them.
std::vector<Block> in_order(const ColumnContent& content, std::vector<Block>& blocks) {
  auto order = content.blocks;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return box_of(blocks[i]).y0; });
  std::vector<Block> result;
  auto rest = content.words;
  const auto add_paragraphs = [&](const Words& words) {
    for (auto& paragraph : paragraphs_of(words)) result.emplace_back(std::move(paragraph));
  };
  for (const auto i : order) {
    const auto& box = box_of(blocks[i]);
    const auto centre = box.y0 + 0.5 * box.height();
    const auto below =
        std::stable_partition(rest.begin(), rest.end(), [&](const Word* word) { return word->base <= centre; });
    add_paragraphs(Words(rest.begin(), below));
    rest.erase(rest.begin(), below);
    result.push_back(std::move(blocks[i]));
  }
  add_paragraphs(rest);
  return result;
}

FlowPage PageBuilder::build() {
  add_tables();
  for (const auto& table : tables_) {
    TableBlock block;
    static_cast<Box&>(block) = table;
    block.table = table;
    block.page = &page_;
    blocks_.emplace_back(std::move(block));
  }
  add_figures();
  add_pictures();
  for (const auto& columns : bands_of(free_words(), blocks_, page_)) {
    Band band;
    for (const auto& content : columns) {
      auto blocks = in_order(content, blocks_);
      if (blocks.empty()) continue;
      auto left = box_of(blocks.front()).x0, right = box_of(blocks.front()).x1;
      for (const auto& block : blocks) {
        left = std::min(left, box_of(block).x0);
        right = std::max(right, box_of(block).x1);
      }
      band.edges.emplace_back(left, right);
      band.columns.push_back(std::move(blocks));
    }
    if (!band.columns.empty()) result_.bands.push_back(std::move(band));
  }
  return std::move(result_);
}

Flow build(const Document& document, const PageBuilder::HasPicture& has_picture, std::vector<Crop>& crops) {
  Flow flow;
  flow.body = body_size(document);
  const auto heads = running_heads(document);
  for (std::size_t i = 0; i < document.pages.size(); ++i) {
    flow.pages.push_back(PageBuilder(*document.pages[i], heads[i], has_picture, crops).build());
  }
  mark_headings(flow);
  return flow;
}

}  // namespace

const Box& box_of(const Block& block) {
  return std::visit([](const auto& one) -> const Box& { return one; }, block);
}

const Fill* TableBlock::shade(const Box& box) const {
  const auto x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;
  const Fill* found = nullptr;
  for (const auto& fill : page->fills) {
    const auto shared = std::min(fill.x1, box.x1) - std::max(fill.x0, box.x0);
    if (fill.x0 <= x && x <= fill.x1 && fill.y0 <= y && y <= fill.y1 && shared >= 0.6 * box.width()) found = &fill;
  }
  constexpr std::uint32_t kWhite = 0xFFFFFF;
  return found != nullptr && found->colour != kWhite ? found : nullptr;
}

Flow flow_of(const Document& document, const std::function<bool(const std::string& file)>& has_picture) {
  std::vector<Crop> crops;
  return build(document, has_picture, crops);
}

std::vector<Crop> crops_of(const Document& document) {
  std::vector<Crop> crops;
  build(
      document, [](const std::string&) { return true; }, crops);
  return crops;
}

}  // namespace recast::engines::pdf2office
