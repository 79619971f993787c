#pragma once

#include "worker/worker.hpp"

namespace recast::engines::stamp {

/// Draws one watermark, as engine/stamp.hpp asks for it.
Result<worker::json::object> run_job(worker::Job& job);

}  // namespace recast::engines::stamp
