#pragma once

#include "worker/worker.hpp"

namespace recast::engines::pdf2office {

/// Does what a request's "job" says: "crops" lists the parts of pages to be drawn, the name of a format writes one.
/// Inputs: letters, paths, places of pictures, list of pictures, pictures packed by tar; for xlsx only the
/// first two, for pptx those and the pages without their text packed by tar.
Result<worker::json::object> run(worker::Job& job);

}  // namespace recast::engines::pdf2office
