#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// AWS Signature Version 4 (import-export.md 6.2). Pure; tested with the published vectors.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
namespace recast::storages::s3 {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Keys {
  std::string id;
  std::string secret;
  std::string session_token;  ///< of temporary credentials; empty for none
};

/// A request as it is going to be sent.
struct Request {
  std::string method;
  std::string host;     ///< with the port if it is not the scheme's own
  std::string path;     ///< encoded, begins with "/"
  Pairs query;          ///< decoded
  Pairs headers;        ///< all that are sent, besides Host
  std::string payload;  ///< SHA-256 of the body in hexadecimal, or UNSIGNED-PAYLOAD
};

/// The query as it is signed and sent: encoded and sorted.
std::string canonical_query(const Pairs& query);
std::string canonical_request(const Request& request);

/// Adds x-amz-date, x-amz-content-sha256, x-amz-security-token and Authorization to the headers.
void sign(Request& request, const Keys& keys, std::string_view region, std::chrono::system_clock::time_point now);

}  // namespace recast::storages::s3
