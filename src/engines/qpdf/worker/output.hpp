#pragma once

#include <functional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "base/result.hpp"

namespace recast::engines::qpdf {

using Percent = std::function<void(int)>;

/// Writes a document where the descriptor stands, stream by stream: what is in memory does not grow with the file.
/// `adjust` may set up the writer.
Result<> write_document(QPDF& document, int fd, const Percent& percent,
                        const std::function<void(QPDFWriter&)>& adjust = {});

/// The same as the next part of a sequence (worker::append_to_sequence), without holding the part in memory.
Result<> append_document(QPDF& document, int fd, const std::function<void(QPDFWriter&)>& adjust = {});

/// The bytes of `from`, unchanged.
Result<> copy_bytes(int from, int to);

}  // namespace recast::engines::qpdf
