#include "api/envelope.hpp"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>

namespace recast::api {
namespace {

std::string body_of(const http::Response& response) { return std::get<std::string>(response.body); }

TEST(Envelope, BeginsWithTheEightBytesThatJavaCutsOff) {
  const auto response = data_response(201, json::object{{"id", "x"}});
  EXPECT_EQ(body_of(response), R"({"data":{"id":"x"}})");
  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-cache, private");
}

TEST(Envelope, NamesTheFieldOfAValidationErrorOnly) {
  EXPECT_EQ(body_of(error_response({ErrorCode::invalid_data, "Wrong.", "tasks.a.input"})),
            R"({"message":"Wrong.","code":"INVALID_DATA","errors":{"tasks.a.input":["Wrong."]}})");
  EXPECT_EQ(body_of(error_response({ErrorCode::not_found, "Gone.", "id"})),
            R"({"message":"Gone.","code":"NOT_FOUND"})");
}

TEST(Envelope, HasAStatusForEveryCode) {
  struct Row {
    ErrorCode code;
    unsigned status;
    std::string_view wire;
  };
  const Row rows[] = {{ErrorCode::malformed_body, 400, "INVALID_DATA"},
                      {ErrorCode::unauthenticated, 401, "UNAUTHENTICATED"},
                      {ErrorCode::credits_exceeded, 402, "CREDITS_EXCEEDED"},
                      {ErrorCode::too_many_jobs, 402, "TOO_MANY_JOBS"},
                      {ErrorCode::forbidden, 403, "FORBIDDEN"},
                      {ErrorCode::gone, 403, "FORBIDDEN"},
                      {ErrorCode::not_found, 404, "NOT_FOUND"},
                      {ErrorCode::method_not_allowed, 405, "METHOD_NOT_ALLOWED"},
                      {ErrorCode::conflict, 409, "CONFLICT"},
                      {ErrorCode::payload_too_large, 413, "PAYLOAD_TOO_LARGE"},
                      {ErrorCode::invalid_data, 422, "INVALID_DATA"},
                      {ErrorCode::too_many_requests, 429, "TOO_MANY_REQUESTS"},
                      {ErrorCode::disk_full, 503, "SERVICE_UNAVAILABLE"},
                      {ErrorCode::unavailable, 503, "SERVICE_UNAVAILABLE"},
                      {ErrorCode::internal, 500, "SERVER_ERROR"}};
  for (const auto& row : rows) {
    EXPECT_EQ(wire_of(row.code).status, row.status) << code_name(row.code);
    EXPECT_EQ(wire_of(row.code).code, row.wire) << code_name(row.code);
  }
}

TEST(Envelope, SaysWhenToComeBack) {
  EXPECT_EQ(error_response({ErrorCode::too_many_requests, "Too Many Attempts.", {}}).headers.get("Retry-After"), "60");
  EXPECT_TRUE(error_response({ErrorCode::unavailable, "Later.", {}}).headers.has("Retry-After"));
}

}  // namespace
}  // namespace recast::api
