#pragma once

#include <boost/json/object.hpp>

#include "base/id.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace recast::api {

/// Completes each task of a job's body that names a preset of the user. invalid_data on "tasks.NAME.preset".
Result<> expand_presets(store::Store& store, UserId user, boost::json::object& body);
/// The same for a standalone task; invalid_data on "preset".
Result<> expand_preset(store::Store& store, UserId user, std::string_view operation, boost::json::object& task);

}  // namespace recast::api
