#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::libreoffice {

/// Text in whatever encoding as UTF-8 without a byte order mark. The encoding is told by a byte order mark, by being
/// valid UTF-8, by the NULs of UTF-16, and else by what uchardet makes of it; bytes that fit no encoding become U+FFFD.
std::string decode_text(std::span<const char> bytes);
/// A web page that says nothing of its encoding, as UTF-8 with a byte order mark; others as they are.
std::string decode_page(std::span<const char> bytes);
/// The column separator of a text sheet: the one of , ; tab and | that cuts the first lines most evenly; a comma if
/// none.
char guess_separator(std::string_view text);

}  // namespace recast::libreoffice
