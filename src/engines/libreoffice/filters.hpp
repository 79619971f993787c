#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

/// Which filter of LibreOffice reads and writes which format: the only place that knows. The engine makes its list of
/// pairs from it, the worker picks filters with it. Pure tables, checked against LibreOffice 7.4.
namespace recast::libreoffice {

/// The part of LibreOffice a document lives in.
enum class Module : std::uint8_t { writer, calc, impress, draw };

/// What the first bytes of a healthy file of a format are. A picture is none of the others and can be told by its
/// filter only.
enum class Container : std::uint8_t { zip, ole, rtf, text, markup, picture, other };

struct ImportFilter {
  std::string_view format;  ///< token of the API
  Module module;
  Container container;
  std::string_view filter;  ///< empty: LibreOffice finds it out from the content (a token with several formats)
};

struct ExportFilter {
  Module module;
  std::string_view format;
  std::string_view filter;
  std::string_view options;  ///< FilterOptions, for filters that take a string
};

const std::vector<ImportFilter>& import_filters();
const std::vector<ExportFilter>& export_filters();

/// The row for reading `from` if the result shall be `to`: html and txt become a text document or a sheet by their
/// target.
const ImportFilter* find_import(std::string_view from, std::string_view to);
/// nullptr if documents of this module cannot be written as `to`.
const ExportFilter* find_export(Module module, std::string_view to);

/// Images are pages of the PDF, drawn by another program.
bool is_raster(std::string_view format);
/// Whether a text document of this format holds tracked changes as such.
bool keeps_changes(std::string_view format);
/// Every pair with its rank: 10 where LibreOffice is the natural choice, more where another engine does better.
const std::vector<engine::Conversion>& conversions();
bool converts(std::string_view from, std::string_view to);

}  // namespace recast::libreoffice
