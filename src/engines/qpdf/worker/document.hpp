#pragma once

#include <exception>
#include <memory>
#include <qpdf/QPDF.hh>
#include <string>

#include "base/result.hpp"
#include "worker/worker.hpp"

namespace recast::engines::qpdf {

/// What an exception of libqpdf's means for a client.
Error error_of(const std::exception& exception);

using Document = std::shared_ptr<QPDF>;

/// A document read from one of the job's descriptors; the job keeps both. open_failed if it is damaged beyond repair,
/// and on field "password" if it cannot be opened with this one.
Result<Document> open_document(worker::Job& job, int fd, const std::string& password = {});

/// open_failed if there are none: then nothing can be done with a document.
Result<std::size_t> count_pages(QPDF& document);

}  // namespace recast::engines::qpdf
