#include "api/envelope.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

namespace recast::api {

Wire wire_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed_body:
      return {400, "INVALID_DATA"};
    case ErrorCode::unauthenticated:
      return {401, "UNAUTHENTICATED"};
    case ErrorCode::too_many_jobs:
      return {402, "TOO_MANY_JOBS"};
    case ErrorCode::credits_exceeded:
      return {402, "CREDITS_EXCEEDED"};
    case ErrorCode::forbidden:
    case ErrorCode::gone:
      return {403, "FORBIDDEN"};
    case ErrorCode::not_found:
      return {404, "NOT_FOUND"};
    case ErrorCode::method_not_allowed:
      return {405, "METHOD_NOT_ALLOWED"};
    case ErrorCode::request_timeout:
      return {408, "REQUEST_TIMEOUT"};
    case ErrorCode::conflict:
      return {409, "CONFLICT"};
    case ErrorCode::payload_too_large:
    case ErrorCode::file_too_large:
      return {413, "PAYLOAD_TOO_LARGE"};
    case ErrorCode::invalid_data:
      return {422, "INVALID_DATA"};
    case ErrorCode::too_many_requests:
      return {429, "TOO_MANY_REQUESTS"};
    case ErrorCode::unavailable:
    case ErrorCode::disk_full:
      return {503, "SERVICE_UNAVAILABLE"};
    // What is known of a conversion before it runs is a mistake of the request.
    case ErrorCode::invalid_conversion_type:
    case ErrorCode::invalid_filename:
    case ErrorCode::sandbox_file_not_allowed:
    case ErrorCode::invalid_credentials:
    case ErrorCode::input_task_failed:
      return {422, code_name(code)};
    case ErrorCode::open_failed:
    case ErrorCode::conversion_failed:
    case ErrorCode::download_failed:
    case ErrorCode::upload_failed:
    case ErrorCode::timeout:
    case ErrorCode::busy:
    case ErrorCode::cancelled:
    case ErrorCode::cpu_limit:
    case ErrorCode::memory_limit:
    case ErrorCode::output_limit:
    case ErrorCode::process_limit:
    case ErrorCode::pixel_limit:
    case ErrorCode::page_limit:
    case ErrorCode::worker_lost:
    case ErrorCode::internal:
      return {500, "SERVER_ERROR"};
  }
  return {500, "SERVER_ERROR"};
}

http::Response api_response(unsigned status, const json::value& body) {
  auto response = http::Response::json(status, body);
  response.headers.set("Cache-Control", "no-cache, private");
  return response;
}

http::Response data_response(unsigned status, json::value data) {
  json::object body;
  body["data"] = std::move(data);
  return api_response(status, body);
}

http::Response error_response(const Error& error) {
  const auto wire = wire_of(error.code);
  json::object body;
  body["message"] = error.message.empty() ? "Server Error" : error.message;
  body["code"] = wire.code;
  if (!error.field.empty() && (wire.status == 422 || wire.status == 403)) {
    body["errors"] = json::object{{error.field, json::array{json::value(error.message)}}};
  }
  auto response = api_response(wire.status, body);
  if (wire.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  if (wire.status == 429) response.headers.set("Retry-After", "60");
  if (wire.status == 503) response.headers.set("Retry-After", "10");
  return response;
}

}  // namespace recast::api
