#pragma once

#include "worker/worker.hpp"

namespace recast::engines::qpdf {

/// Does what the engine's request says: {"job":"pdf/rotate-pages","options":{…},"most_parts":…}.
Result<worker::json::object> run_job(worker::Job& job);

}  // namespace recast::engines::qpdf
