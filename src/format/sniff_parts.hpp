#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// The parts sniff() is made of; each looks at no more than it is given and answers a token of format.hpp or nothing.
namespace recast::format::parts {

bool has(std::string_view bytes, std::size_t offset, std::string_view expected);
/// Unsigned numbers at an offset; 0 beyond the end.
std::uint32_t little16(std::string_view bytes, std::size_t offset);
std::uint32_t little32(std::string_view bytes, std::size_t offset);
std::uint32_t big32(std::string_view bytes, std::size_t offset);

std::string_view zip(std::string_view bytes);        ///< "zip", or what its first names and `mimetype` entry make it
std::string_view container(std::string_view bytes);  ///< RIFF, IFF, ISO media, Matroska, Ogg, ASF, Flash, EOT
std::string_view stream(
    std::string_view bytes);  ///< formats known by a repeated frame header: MPEG, AC-3, transport streams
std::string_view bitmap(
    std::string_view bytes);  ///< formats whose magic is short: BMP, ICO, PNM, PCX, LHA, lzma, executables
std::string_view text(std::string_view bytes);  ///< "text", "xml", or a format that is text

}  // namespace recast::format::parts
