#pragma once

#include <string_view>

#include "engines/libreoffice/filters.hpp"

/// What the bytes of a file say, before LibreOffice sees them.
namespace recast::libreoffice {

/// By the first 16 bytes or more. Text is what is nothing else.
Container kind_of(std::string_view head);

/// Whether a ZIP file is a package of the kind that `filter` of `module` reads: an Open XML package with a part of that
/// application, or an OpenDocument with its media type. Only the end and the beginning of the file are read, at most 4
/// MiB.
bool is_package_of(int fd, Module module, std::string_view filter);

}  // namespace recast::libreoffice
