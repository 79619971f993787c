#pragma once

#include <qpdf/QPDF.hh>
#include <tuple>

#include "schema/field.hpp"
#include "worker/worker.hpp"

namespace recast::engines::qpdf {

/// What a step of `optimize` may ask of the worker besides packing a document tightly.
struct OptimizeOptions {
  bool flatten_signatures = false;
  bool linearize = false;  ///< the first page can be shown before all is there
  bool keep_form = false;  ///< a form is worth more than small pictures: then the original is packed
  bool strip = false;      ///< without metadata, thumbnails and what programs keep for themselves

  static constexpr auto fields = std::tuple{
      schema::field(&OptimizeOptions::flatten_signatures, "flatten_signatures", "Make signatures part of the page."),
      schema::field(&OptimizeOptions::linearize, "linearize", "Order the file for reading over a network."),
      schema::field(&OptimizeOptions::keep_form, "keep_form", "Take the original if it is a form."),
      schema::field(&OptimizeOptions::strip, "strip", "Leave metadata out."),
  };
};

/// Writes a document packed tightly to the job's output. `original` may be nullptr.
Result<> write_packed(QPDF& document, worker::Job& job, QPDF* original, const OptimizeOptions& options);

/// Packs a document without loss: objects in compressed streams, all Flate data again at the highest level, nothing
/// that is not used. A second input is the original, whose restrictions the result keeps, and what its codes mean.
Result<worker::json::object> optimize(worker::Job& job);

}  // namespace recast::engines::qpdf
