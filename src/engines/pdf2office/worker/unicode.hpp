#pragma once

#include <string>
#include <string_view>

/// The little of Unicode that reading pages needs.
namespace recast::engines::pdf2office {

std::u32string decode(std::string_view text);  ///< bytes that are no UTF-8 become U+FFFD
void append(std::string& text, char32_t letter);
std::string encode(std::u32string_view text);
std::size_t length(std::string_view text);  ///< in code points

bool is_space(char32_t letter);
bool is_letter(char32_t letter);
bool is_lower(char32_t letter);
bool is_decimal(char32_t letter);        ///< a digit of any script
bool is_right_to_left(char32_t letter);  ///< of the Hebrew and Arabic blocks
bool is_ideograph(char32_t letter);      ///< Chinese, Japanese: written without spaces

/// Normal form KC: Arabic presentation forms become plain letters.
std::string compatible(std::string_view text);

}  // namespace recast::engines::pdf2office
