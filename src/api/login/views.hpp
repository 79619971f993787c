#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <vector>

#include "account/login.hpp"

namespace recast::api {

namespace json = boost::json;

json::object session_view(const account::LoginSession& session);
json::object identity_view(const account::LinkedIdentity& identity);
json::array identity_views(const std::vector<account::LinkedIdentity>& identities);
json::object invitation_view(const account::Invitation& invitation);

}  // namespace recast::api
