#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/explain.hpp"
#include "engine/magick.hpp"

namespace recast::engine::magick {

namespace {

bool mentions(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

bool is_too_large(std::string_view lower_text) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"resources exhausted", "memory allocation failed", "exceeds limit", "limit exceeded", "out of memory"});
  return std::ranges::any_of(kWords, [&](auto words) { return mentions(lower_text, words); });
}

/// Said of a frame that is not there, or of one of several files that a step before may have made: the plan can do
/// without it.
bool is_missing(std::string_view line) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"InvalidImageIndex", "no such image", "no images defined", "tmp/raw.tiff", "`tmp/", "Unable to read sub image"});
  return std::ranges::any_of(kWords, [&](auto words) { return mentions(line, words); }) && !is_too_large(lower(line));
}

/// "convert-im6.q16: what happened `in/in-1.png' @ error/png.c/…" or "gm convert: What happened (in/in-1.png).":
/// without the program, our names and the place in the source.
std::string words_of(std::string_view line) {
  if (const auto at = line.find(": "); at != std::string_view::npos) line.remove_prefix(at + 2);
  for (const auto* const end : {" `", " @ ", " (in/", " (tmp/", " (out/"}) line = line.substr(0, line.find(end));
  return std::string(line.substr(0, 200));
}

Error explain_line(std::string_view line) {
  const auto text = lower(line);
  if (mentions(text, "no space left")) return {ErrorCode::disk_full, "The server's disk is full.", {}};
  // What its reader says of files of newer versions of GIMP.
  if (mentions(line, "ReadXCFImage"))
    return {ErrorCode::open_failed, "The file is damaged, or written by a newer GIMP than can be read.", {}};
  if (is_too_large(text)) return {ErrorCode::memory_limit, "The image needs more memory than is allowed.", {}};
  const bool writes = mentions(line, "/Write") || mentions(text, "unable to write");
  if (writes) return {ErrorCode::conversion_failed, words_of(line), {}};
  return {ErrorCode::open_failed, "The file is damaged or of another format: " + words_of(line) + ".", {}};
}

/// The first line that tells of an error which counts.
std::optional<Error> error_in(std::string_view text) {
  for (const auto line : split(text, '\n')) {
    const bool error = mentions(line, " @ error/") || mentions(line, " @ fatal/") || mentions(line, "gm convert: ") ||
                       mentions(line, "gm mogrify: ");
    if (error && !is_missing(line)) return explain_line(line);
  }
  return std::nullopt;
}

}  // namespace

Error explain(const StepEnd& end) {
  if (auto error = error_in(end.errors)) return *std::move(error);
  if (mentions(end.errors, "InvalidImageIndex") || mentions(end.errors, "Unable to read sub image"))
    return {ErrorCode::conversion_failed, "no such page", "pages"};
  if (is_missing(end.errors) || mentions(end.errors, "Errors while extracting icns"))
    return {ErrorCode::open_failed, "The file is damaged or of another format: no image was found in it.", {}};
  return explain_by(
      {{"Incorrect password", ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.",
        "password"},
       {"Wrong page range given: the first page (1)", ErrorCode::open_failed, "The document has no readable pages."},
       {"Wrong page range", ErrorCode::conversion_failed, "no such page", "pages"},
       {"XML parse error", ErrorCode::open_failed, "The file is damaged or not an SVG."},
       {"Error reading SVG", ErrorCode::open_failed, "The file is damaged or not an SVG."},
       {"Couldn't", ErrorCode::open_failed, "The file is damaged or not a PDF."},
       {"May not be a PDF", ErrorCode::open_failed, "The file is damaged or not a PDF."}},
      end, "The image converter");
}

Error explain_frames(const StepEnd& end) {
  if (!error_in(end.errors) && is_missing(end.errors)) return {ErrorCode::conversion_failed, "no such page", "pages"};
  return explain(end);
}

std::optional<Error> doubt(const StepEnd& end) {
  if (auto error = error_in(end.errors)) return error;
  if (!mentions(end.errors, "no images defined")) return std::nullopt;
  return mentions(end.errors, "tmp/") ? explain(end) : explain_frames(end);
}

}  // namespace recast::engine::magick
