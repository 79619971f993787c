#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::api {

namespace json = boost::json;

struct Wire {
  unsigned status;
  std::string_view code;
};
/// How an error of a request looks on the wire (core.md 4.2, 4.3). The only such table.
Wire wire_of(ErrorCode code);

/// {"message":…,"code":…,"errors"?:{field:[message]}} with the status of its code.
http::Response error_response(const Error& error);

/// {"data":…}: those are the first eight bytes, and `data` is the only member (core.md 0.1 row 1).
http::Response data_response(unsigned status, json::value data);

/// An answer of the API as it stands: adds what all of them carry.
http::Response api_response(unsigned status, const json::value& body);

}  // namespace recast::api
