#pragma once

#include <string>
#include <string_view>

namespace recast::engines::archivetool {

/// What names are in if an archive does not say it.
enum class Legacy {
  dos,   ///< code page 437: zip, lha and their time
  unix,  ///< ISO-8859-1
};

/// A name as UTF-8: itself if it is; Shift-JIS if it reads as Japanese; else what `legacy` says.
std::string to_utf8(std::string_view bytes, Legacy legacy);

/// Whether bytes that are not UTF-8 read as Japanese in Shift-JIS: valid, and with kana or several common characters in
/// a row. Single accented letters of a western code page do not.
bool reads_as_japanese(std::string_view bytes);

/// Loads the tables of the code pages: in the parent, once for all children.
void load_code_pages();

/// `*` any characters, `?` one; a pattern without a slash is for the last part of the path.
bool matches_pattern(std::string_view pattern, std::string_view path);

/// Whether a symbolic link at `path` that says `target` stays below the folder the archive is unpacked into.
bool stays_inside(std::string_view path, std::string_view target);

}  // namespace recast::engines::archivetool
