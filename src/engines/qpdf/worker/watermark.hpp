#pragma once

#include "worker/worker.hpp"

namespace recast::engines::qpdf {

/// A step of the engine stamp: lays its drawing, the second input, with its measures, the third, on the pages of the
/// first.
Result<worker::json::object> watermark(worker::Job& job);

}  // namespace recast::engines::qpdf
