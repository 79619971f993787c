#pragma once

#include "worker/worker.hpp"

namespace recast::engines::qpdf {

/// Mixed raster content: every page that is a scan is split into a sharp mask of its ink, a coarse picture of the ink's
/// colours and one of the paper. Inputs are the document, all its pages drawn as one stream of PPM, and the original,
/// whose restrictions the result keeps. {"options":{"gray":true}} leaves colours out.
Result<worker::json::object> split_scans(worker::Job& job);

}  // namespace recast::engines::qpdf
