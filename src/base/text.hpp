#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recast {

std::string lower(std::string_view text);      ///< ASCII only
std::string_view trim(std::string_view text);  ///< blanks, tabs, line ends
std::vector<std::string_view> split(std::string_view text, char separator);
bool equal_ignoring_case(std::string_view a, std::string_view b);  ///< ASCII only

std::string to_hex(std::string_view bytes);  ///< lower case
/// RFC 4648, forgiving: blanks, the URL-safe alphabet, missing padding and a leading "data:…;base64," are accepted.
std::optional<std::string> from_base64(std::string_view text);
/// Whether from_base64() would succeed, without its memory.
bool is_base64(std::string_view text);
std::string to_base64(std::string_view bytes);
std::string percent_encode(std::string_view text);  ///< all but RFC 3986 unreserved characters
/// Bad escapes are kept as they are.
std::string percent_decode(std::string_view text);
bool is_valid_utf8(std::string_view text);
/// The text itself if it is UTF-8; else its bytes are taken for ISO-8859-1, which is what such clients and servers
/// mean.
std::string as_utf8(std::string text);
/// charset'language'percent-encoded (RFC 8187), as UTF-8. nullopt if it has another form, or is bytes that are neither
/// UTF-8 nor said to be ISO-8859-1.
std::optional<std::string> decode_extended_value(std::string_view value);
/// A token of HTTP (RFC 9110 5.6.2): what methods and header names are made of.
bool is_token(std::string_view text);
/// Escapes & < > " ' for XML and HTML text and attributes.
std::string escape_markup(std::string_view text);

}  // namespace recast
