#pragma once

#include "engines/pdf2office/worker/model.hpp"

/// Words on one baseline.
namespace recast::engines::pdf2office {

/// Rows by baseline from above, each sorted from left to right. Raised or lowered small signs go to the row they touch.
Rows text_rows(Words words);

/// A row cut where words stand farther apart than text does.
Rows chunks_of(const Words& row);
inline constexpr double kChunkGap = 0.9;  ///< in parts of the letters' size

/// Words sorted from left to right as one reads them: right to left lines turned, what is left to right in them kept.
Words in_reading_order(const Words& row);

/// A cell's text: rows parted by a line feed, words by a blank where the document has one.
std::string joined(const Words& words);

/// Whether nothing parts a word from the next one.
bool is_glued(const Word& one, const Word& next);

Box bounds(const Words& words);

}  // namespace recast::engines::pdf2office
