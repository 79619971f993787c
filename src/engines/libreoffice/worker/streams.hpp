#pragma once

#include <com/sun/star/io/XInputStream.hpp>
#include <com/sun/star/io/XOutputStream.hpp>

#include <string>

#include "engines/libreoffice/worker/uno.hpp"

namespace recast::libreoffice {

/// A file as LibreOffice reads it. Read with pread: a file cut short under a mapping would be SIGBUS. The descriptor
/// stays the caller's.
uno::Reference<com::sun::star::io::XInputStream> input_stream(int fd);
/// The same of bytes in memory.
uno::Reference<com::sun::star::io::XInputStream> input_stream(std::string bytes);
/// Writes to a descriptor of the caller.
uno::Reference<com::sun::star::io::XOutputStream> output_stream(int fd);

}  // namespace recast::libreoffice
