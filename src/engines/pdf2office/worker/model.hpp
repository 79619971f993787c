#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// What is known of a document's pages: words, ruling lines, pictures. Points, y downwards, rotation applied.
namespace recast::engines::pdf2office {

struct Box {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;

  double width() const { return x1 - x0; }
  double height() const { return y1 - y0; }
};

/// A font as a document names it, and what its name tells.
struct Face {
  std::string name;    ///< without the prefix of a subset
  std::string family;  ///< as an office program would call it
  bool bold = false;
  bool italic = false;
  bool mono = false;

  bool operator<(const Face& other) const { return name < other.name; }
};

/// What parts a word from the next one: a space character, mere distance, or nothing.
enum class After : std::uint8_t { space, gap, glue };

/// Its box goes from 0.8 of its size above the baseline to 0.2 below: boxes of fonts cannot be compared.
struct Word : Box {
  std::string text;
  double base = 0;  ///< y of the baseline
  double size = 0;
  const Face* face = nullptr;
  std::uint32_t colour = 0;  ///< 0xRRGGBB
  std::uint32_t length = 0;  ///< letters, digits and signs
  std::uint32_t letters = 0;
  std::uint32_t right_to_left_letters = 0;
  bool right_to_left = false;  ///< has such a letter, or sign
  bool bold = false;
  After after = After::gap;
};
using Words = std::vector<const Word*>;
using Rows = std::vector<Words>;

/// A ruling line along an axis: `at` is y of a horizontal, x of a vertical one.
struct Segment {
  bool horizontal = false;
  double at = 0;
  double from = 0;
  double to = 0;
};

struct Drawing : Box {
  bool curved = false;
};

struct Fill : Box {
  std::uint32_t colour = 0;
};

struct Picture : Box {
  std::string file;   ///< its name among the pictures
  bool crop = false;  ///< has to be cut out of the drawn page
};

struct Page {
  int number = 0;
  double width = 0;
  double height = 0;
  std::vector<Word> storage;  ///< what `words` points to; never changed once those are known
  Words words;
  std::vector<Segment> segments;
  std::vector<Picture> pictures;
  std::vector<Drawing> drawings;
  std::vector<Fill> fills;   ///< in the order of painting
  bool painted = false;      ///< shows anything but text
  bool real_spaces = false;  ///< its maker writes space characters: a bare gap is then the border of a cell
};

struct Document {
  std::vector<std::unique_ptr<Page>> pages;
  std::set<Face> faces;
};

/// The size most characters have, to half points: what headings are measured by.
double body_size(const Document& document);

/// True if most letters are of Hebrew or Arabic script.
bool is_right_to_left(const Words& words);

}  // namespace recast::engines::pdf2office
