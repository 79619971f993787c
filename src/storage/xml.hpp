#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace recast::storage {

/// An element of a store's answer. Names are without their namespace prefix.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;  ///< of the element itself, in one piece
  std::vector<Element> children;

  /// The first child of that name; nullptr if there is none.
  const Element* find(std::string_view child) const;
  /// The text of the first child of that name, or empty.
  std::string_view text_of(std::string_view child) const;
};

/// Reads a document of a store. unavailable ("the answer cannot be read") for what is not well-formed, has a document
/// type, is nested deeper than 16, or has more than 100,000 elements.
Result<Element> parse_xml(std::string_view text);

}  // namespace recast::storage
