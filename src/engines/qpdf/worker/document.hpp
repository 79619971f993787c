#pragma once

#include <exception>
#include <memory>
#include <qpdf/QPDF.hh>
#include <string>

#include "base/result.hpp"

namespace recast::engines::qpdf {

/// What an exception of libqpdf's means for a client.
Error error_of(const std::exception& exception);

/// A document read from a descriptor, which stays the caller's. open_failed if it is damaged beyond repair, and on
/// field "password" if it cannot be opened with this one.
Result<std::unique_ptr<QPDF>> open_document(int fd, const std::string& password = {});

/// open_failed if there are none: then nothing can be done with a document.
Result<std::size_t> count_pages(QPDF& document);

}  // namespace recast::engines::qpdf
