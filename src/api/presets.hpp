#pragma once

#include <boost/json/object.hpp>

#include "api/services.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

namespace recast::api {

/// Completes each task of a job's body that names a preset of the user. invalid_data on "tasks.NAME.preset".
Result<> expand_presets(const Services& services, UserId user, boost::json::object& body);
/// The same for a standalone task; invalid_data on "preset". A value of an engine's own option `preset`, such as
/// ffmpeg's "fast", stays what it is.
Result<> expand_preset(const Services& services, UserId user, std::string_view operation, boost::json::object& task);

}  // namespace recast::api
