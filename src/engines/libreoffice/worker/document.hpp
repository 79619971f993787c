#pragma once

#include <com/sun/star/lang/XComponent.hpp>

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engines/libreoffice/filters.hpp"
#include "engines/libreoffice/worker/kit.hpp"

namespace recast::libreoffice {

/// How a file is to be read.
struct Source {
  int fd = -1;
  std::string from;       ///< token of the format it claims to be
  std::string to;         ///< token of the target, which chooses between text document and sheet
  std::string password;   ///< empty: none
  char separator = '\0';  ///< of csv; NUL: found out
};

/// A loaded document.
struct Document {
  uno::Reference<com::sun::star::lang::XComponent> component;
  Module module = Module::writer;
  bool was_protected = false;  ///< needed the password
};

/// Loads a file hidden, without macros and without following links. The filter is that of its format; where the content
/// is of another kind (an old version, an encrypted or a wrongly named file) LibreOffice's own detection finds it,
/// within the formats that can become the target. open_failed for what is not such a file, is damaged or lacks its
/// password.
Result<Document> load_document(const Kit& kit, const Source& source);

/// Writes the document with filter `filter` into a descriptor. conversion_failed with LibreOffice's own words.
Result<> store_document(const Document& document, int fd, std::string_view filter, std::string_view filter_options,
                        const Properties& filter_data);
/// The same into a file of its own choosing near `file`: sheets get their name attached.
Result<> store_document(const Document& document, const fs::path& file, std::string_view filter,
                        std::string_view filter_options);

/// Frees the document. Only the parent's warm-up does so; a child ends with it.
void close_document(const Document& document);

}  // namespace recast::libreoffice
