#pragma once

#include <cmath>
#include <string>

#include "engines/pdf2office/worker/flow.hpp"

/// Pieces of WordprocessingML: text.
namespace recast::engines::pdf2office::docx {

/// Twentieths of a point.
inline long twips(double points) { return std::lround(points * 20); }

/// What the whole document has, so that no run needs to say it.
struct Usual {
  std::string family;
  double body = 11;
};
Usual usual_of(const Flow& flow);

enum class Role { text, heading };
std::string run_xml(const Run& run, const Usual& usual, Role role = Role::text);

struct Place {
  double left = 0;  ///< edges of the text's area, in points of the page
  double right = 0;
  double before = 0;        ///< space above
  bool page_break = false;  ///< a new page begins
  std::string lead{};       ///< runs before the text: a column's break, a picture
  bool in_cell = false;
};
std::string paragraph_xml(const Paragraph& paragraph, const Place& place, const Usual& usual);
std::string empty_paragraph(double height = 1, const std::string& lead = {}, bool page_break = false,
                            const std::string& section = {});

/// `left`: of the text's area.
std::string table_xml(const TableBlock& block, double left, const Usual& usual);

}  // namespace recast::engines::pdf2office::docx
