#pragma once

#include <boost/json/object.hpp>

#include "account/login.hpp"

namespace recast::api {

namespace json = boost::json;

json::object session_view(const account::LoginSession& session);
json::object invitation_view(const account::Invitation& invitation);

}  // namespace recast::api
