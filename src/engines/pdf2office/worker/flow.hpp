#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engines/pdf2office/worker/tables.hpp"

/// A document in reading order: what the writers of all formats share.
namespace recast::engines::pdf2office {

enum class Kind : std::uint8_t { text, heading, bullet, numbered };
enum class Align : std::uint8_t { left, center, right, justify };

struct Paragraph : Box {
  Rows lines;
  Kind kind = Kind::text;
  int level = 0;  ///< of a heading, 1 to 6
  Align align = Align::left;
  double indent = 0;  ///< left edge of the lines after the first, from the column's
  double first = 0;   ///< the first line, from `indent`
  double pitch = 0;   ///< from baseline to baseline
  double size = 11;
  double left = 0;  ///< the column's edges
  double right = 0;
};

struct TableBlock : Box {
  Table table;
  const Page* page = nullptr;

  /// The colour of the last filled rectangle that covers the middle of the box and most of its width; nullptr for
  /// white.
  const Fill* shade(const Box& box) const;
};

struct PictureBlock : Box {
  std::string file;
  std::string alt;  ///< the words that are drawn on it
};

using Block = std::variant<Paragraph, TableBlock, PictureBlock>;
const Box& box_of(const Block& block);

/// Part of a page from edge to edge, with columns side by side.
struct Band {
  std::vector<std::vector<Block>> columns;
  std::vector<std::pair<double, double>> edges;
};

struct FlowPage {
  const Page* page = nullptr;
  std::vector<Band> bands;
  std::vector<PictureBlock> behind;  ///< pictures under the text, at their places
  Rows header;
  Rows footer;
};

struct Flow {
  std::vector<FlowPage> pages;
  double body = 11;  ///< size of its letters
};

/// Part of a page that has to be drawn.
struct Crop : Box {
  int page = 0;
  std::string file;
};

/// `has_picture` tells whether a picture is there; without it, its place stays empty or its words stay text.
Flow flow_of(const Document& document, const std::function<bool(const std::string& file)>& has_picture);
/// What has to be drawn before.
std::vector<Crop> crops_of(const Document& document);

/// Words that look alike.
struct Run {
  std::string text;  ///< a tabulator where the line has a wide gap
  const Face* face = nullptr;
  bool bold = false;
  double size = 0;
  std::uint32_t colour = 0;
};
/// A paragraph's text without its bullet; hyphens at line ends are gone.
std::vector<Run> runs_of(const Paragraph& paragraph);
Words words_of(const Paragraph& paragraph);

std::vector<Paragraph> paragraphs_of(const Words& words);

/// Calls `visit` with every block in reading order.
template <class Visit>
void each_block(const FlowPage& page, Visit visit) {
  for (const auto& band : page.bands) {
    for (const auto& column : band.columns) {
      for (const auto& block : column) visit(block);
    }
  }
}

}  // namespace recast::engines::pdf2office
