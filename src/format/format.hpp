#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace recast::format {

/// One file format, known by the token of the API: lower case, no dot ("jpg", "tar.gz").
struct Format {
  std::string_view name;
  std::string_view mime;
  std::string_view
      group;  ///< document, spreadsheet, presentation, image, vector, video, audio, ebook, archive, font, …
};

/// The format of a token or one of its other spellings ("jpeg" -> jpg, "tif" -> tiff, "htm" -> html); nullptr if
/// unknown.
const Format* find(std::string_view token);
/// The canonical token: `find(token)->name`, or the token itself in lower case if it is unknown.
std::string canonical(std::string_view token);
/// The canonical format token of a file name's extension, longest first ("a.tar.gz" -> "tar.gz"); empty without one.
std::string of_file_name(std::string_view file_name);
/// Media type for a file name; "application/octet-stream" if unknown.
std::string_view mime_of_file_name(std::string_view file_name);
/// Canonical token of a Content-Type value; empty if unknown.
std::string from_mime(std::string_view content_type);
const std::vector<Format>& all();

/// How much of a file's begin sniff() and check() look at.
inline constexpr std::size_t kFirstBytes = 4096;

/// What the first bytes of a file say it is: canonical token, or "zip", "ole" (Microsoft compound file), "text", "xml",
/// "" for nothing known. Reads at most kFirstBytes plus, for zip, the names in the first local headers that lie within
/// them. Pure and bounded; the thorough check (libmagic) runs jailed in the resident worker "inspect".
std::string sniff(std::string_view first_bytes);

/// A file's first kFirstBytes; empty if it cannot be read.
std::string first_bytes(const std::filesystem::path& path);
/// The extension that a file's first bytes suggest, with its dot; empty if they are of no known format.
std::string sniffed_extension(std::string_view first_bytes);

/// Whether a picture of format `token` that begins like this has no transparent parts. Only true when sure.
bool surely_opaque(std::string_view token, std::string_view first_bytes);

enum class Verdict { agrees, contradicts, unknown };
/// Whether bytes that begin like this can be a file of format `token`. `contradicts` only when sure: a PNG called docx.
Verdict check(std::string_view token, std::string_view first_bytes, std::uint64_t file_size);

/// One routine for names from any source (import-export.md 2.5 steps 1-5): last path component, no control or bidi
/// characters, valid UTF-8, at most 255 bytes with the extension kept, "file" for nothing.
std::string clean_file_name(std::string_view name);
/// A path inside an archive as one below a folder of ours: its parts cleaned as file names and joined by "/". Without
/// "..", ".", empty parts, drive letters and a leading slash; a backslash separates, too. Of a very deep or long path
/// the last 32 parts and 1024 bytes are kept. "file" for nothing.
std::string clean_path(std::string_view path);
/// Whether files of this name are compressed already: compressing them again costs time and saves nothing.
bool is_compressed(std::string_view file_name);
/// "report.final.docx" -> "report.final"; a leading dot alone is no extension.
std::string_view stem(std::string_view file_name);
/// ".docx" with the dot, or empty; knows two-part extensions such as ".tar.gz".
std::string_view extension(std::string_view file_name);

/// The pattern with every placeholder (%d %i %u with 0 flag and width) replaced by `number` and %% by %, never by
/// printf; empty if there is no placeholder.
std::string numbered(std::string_view pattern, std::size_t number);
/// Output names by processing.md 2.3. `pattern` is the task's `filename` option or empty; `input` the input's file
/// name; `count` how many outputs that input gave.
std::vector<std::string> output_names(std::string_view pattern, std::string_view input, std::string_view to,
                                      std::size_t count);
/// Makes names unique in order: later duplicates get "-1", "-2" before the extension.
void make_unique(std::vector<std::string>& names);

}  // namespace recast::format
