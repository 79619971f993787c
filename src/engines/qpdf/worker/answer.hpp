#pragma once

#include <memory>
#include <qpdf/QPDF.hh>

#include "engines/qpdf/worker/document.hpp"
#include "schema/parse.hpp"
#include "worker/worker.hpp"

/// What the worker's jobs have in common at their begin and end.
namespace recast::engines::qpdf {

template <class Options>
Result<Options> options_of(const worker::Job& job) {
  const auto* const value = job.request.if_contains("options");
  return schema::parse<Options>(value != nullptr && value->is_object() ? value->get_object() : worker::json::object());
}

/// For jobs that have no password to offer.
Result<Document> open_unprotected(worker::Job& job, int fd);

/// How many pages there are, and for the task's report what was wrong with a document but could be mended.
worker::json::object answer_of(QPDF& document, std::size_t pages);

}  // namespace recast::engines::qpdf
