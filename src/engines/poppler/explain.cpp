#include "engines/poppler/explain.hpp"

#include <algorithm>
#include <array>

#include "engine/explain.hpp"

namespace recast::engines::poppler {

namespace {

constexpr std::array<std::string_view, 6> kUnreadable{"Couldn't find trailer dictionary", "Document stream is empty",
                                                      "Couldn't read xref table",         "May not be a PDF file",
                                                      "Couldn't read page catalog",       "Couldn't open file"};

bool mentions(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

}  // namespace

Error explain(const engine::StepEnd& end) {
  const auto text = end.errors;
  if (mentions(text, "Incorrect password")) {
    return {ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.", "password"};
  }
  if (mentions(text, "Wrong page range given")) {
    if (mentions(text, "last page (0)")) return {ErrorCode::open_failed, "The document has no readable pages.", {}};
    return {ErrorCode::conversion_failed, "no such page", "pages"};
  }
  if (mentions(text, "Illegal pageNo")) return {ErrorCode::conversion_failed, "no such page", "pages"};
  if (end.signal == 0 && std::ranges::any_of(kUnreadable, [&](auto words) { return mentions(text, words); })) {
    return {ErrorCode::open_failed, "The file is damaged or not a PDF.", {}};
  }
  if (mentions(text, "Out of memory") || mentions(text, "Bogus memory allocation") || mentions(text, "bad_alloc") ||
      mentions(text, "cache resources exhausted")) {
    return {ErrorCode::memory_limit, "A page needs more memory than is allowed; a lower pixel_density may help.", {}};
  }
  return engine::explain_by({}, end, "Poppler");
}

std::optional<Error> doubt(const engine::StepEnd& end) {
  if (!mentions(end.errors, "Bogus memory allocation")) return std::nullopt;
  return explain(end);
}

}  // namespace recast::engines::poppler
