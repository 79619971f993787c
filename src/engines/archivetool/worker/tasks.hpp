#pragma once

#include <boost/json/object.hpp>

#include "engines/archivetool/worker/order.hpp"
#include "worker/worker.hpp"

namespace recast::engines::archivetool {

/// From one archive into another, entry by entry. Paths are cleaned and made unique; links stay if they lead nowhere
/// else than into the archive; devices are left out. {"left_out": number}
Result<boost::json::object> repack(const worker::Job& job, const Order& order);

/// The files of an archive as a named sequence. Hard links become files; symbolic links and devices are left out.
/// {"left_out": number}
Result<boost::json::object> unpack(const worker::Job& job, const Order& order);

/// The files of the input stream as an archive.
Result<boost::json::object> pack(const worker::Job& job, const Order& order);

Result<boost::json::object> run(const worker::Job& job);

}  // namespace recast::engines::archivetool
