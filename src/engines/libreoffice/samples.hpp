#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

/// Small office documents made in code: the health probe, the warm-up of the resident worker and the tests use them.
namespace recast::libreoffice {

/// A ZIP archive of these members, stored without compression, in this order.
std::string stored_zip(std::span<const std::pair<std::string_view, std::string>> members);

/// One page with a heading, `text`, a table, a list and a picture.
std::string docx_sample(std::string_view text);
/// One sheet of numbers with a sum, a date and `text`; a second sheet "Second".
std::string xlsx_sample(std::string_view text);
/// Two slides with title and bullets, the second with `text`.
std::string pptx_sample(std::string_view text);
/// A text with a heading, `text` and a table.
std::string odt_sample(std::string_view text);

}  // namespace recast::libreoffice
