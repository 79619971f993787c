#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace recast::http {

/// "Unprocessable Entity" for 422; never empty.
std::string_view reason_phrase(unsigned status);

/// What of a file is sent, after the conditions of the request were weighed (RFC 9110 13 and 14).
struct FilePlan {
  unsigned status = 200;  ///< 200, 206, 304, 412 or 416
  std::uint64_t first = 0;
  std::uint64_t length = 0;  ///< of the body; what a GET would send, also for HEAD
};
/// Only an answer of status 200 is conditional. Adds ETag, Last-Modified, Accept-Ranges and Content-Range.
FilePlan plan_file(const Request& request, const FileBody& file, unsigned status, Headers& headers);

/// Status line and headers with the empty line. Characters that would end a header are dropped from values.
std::string serialize_head(unsigned status, const Headers& headers);

/// True if an answer of this status has no body and no length at all.
bool is_bodiless(unsigned status);

/// Adds what a browser of an allowed origin needs. `origins` is Settings::cors_origins.
void add_cors(const Request& request, const std::vector<std::string>& origins, Headers& headers);
/// The answer to OPTIONS for a path with these methods: a preflight's, if it is one and its origin is allowed.
Response options_answer(const Request& request, const std::vector<std::string>& methods,
                        const std::vector<std::string>& origins);

/// A request id that may be echoed and logged: 1 to 128 of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

}  // namespace recast::http
