#pragma once

#include <map>
#include <string>

#include "engines/qpdf/worker/objects.hpp"

/// What the codes of fonts mean (ISO 32000-1, 9.10.3): without it a text can be seen, but neither searched nor copied.
namespace recast::engines::qpdf {

/// Code to characters, in UTF-16BE.
using CharacterMap = std::map<unsigned, std::string>;

/// Of a font's /ToUnicode: what of it is sound, at most 65,536 entries.
CharacterMap read_character_map(Object stream);

/// Ghostscript 10.0 writes wrong meanings of codes that stand for several characters, and of some ranges of codes, such
/// as those of Arabic. It keeps the codes of composite fonts: those of `document`, which it wrote, get the meanings
/// back that they had in the original.
void restore_character_maps(QPDF& document, QPDF& original);

}  // namespace recast::engines::qpdf
