#include "storages/s3/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "storage/http.hpp"
#include "storage/xml.hpp"

namespace recast::storages::s3 {

namespace {

constexpr std::array<std::string_view, 9> kCredentials{"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch",
                                                       "ExpiredToken", "InvalidToken",       "AccountProblem",
                                                       "NotSignedUp",  "AllAccessDisabled",  "TokenRefreshRequired"};
constexpr std::array<std::string_view, 4> kMissing{"NoSuchBucket", "NoSuchKey", "NoSuchUpload", "NoSuchVersion"};
constexpr std::array<std::string_view, 5> kPassing{"InternalError", "SlowDown", "RequestTimeout", "ServiceUnavailable",
                                                   "OperationAborted"};

// Ceph, OpenStack, MinIO.
constexpr std::array<std::string_view, 6> kFull{
    "QuotaExceeded",     "EntityTooLarge", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded",
    "TotalQuotaExceeded"};

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

/// For an answer without a body, such as to HEAD.
std::string words_of(unsigned status) {
  if (status == 301 || status == 307) return "the bucket is at another address";
  return storage::words_for(status, "the bucket or the object");
}

}  // namespace

Fault fault_of(const net::Answer& answer) {
  Fault fault;
  if (const auto root = storage::parse_xml(answer.body); root && root->name == "Error") {
    fault = {std::string(root->text_of("Code")), std::string(root->text_of("Message")),
             std::string(root->text_of("Region"))};
  }
  if (const auto region = storage::header(answer, "x-amz-bucket-region"); !region.empty()) fault.region = region;
  return fault;
}

Error meaning_of(const Fault& fault, unsigned status) {
  auto text = fault.code.empty() ? fmt::format("{} (HTTP {})", words_of(status), status)
                                 : storage::provider_text(fault.message, fault.code);
  if (is_in(kFull, fault.code) || status == 413 || status == 507) {
    // Few tell a quota from too large an object.
    if (fault.code == "EntityTooLarge" && !lower(fault.message).contains("quota"))
      text += "; or a quota of the store is used up";
    return {ErrorCode::disk_full, std::move(text), {}};
  }
  if (is_in(kCredentials, fault.code) || (fault.code.empty() && (status == 401 || status == 403)))
    return {ErrorCode::invalid_credentials, text, {}};
  if (is_in(kMissing, fault.code) || status == 404) return {ErrorCode::not_found, text, {}};
  return {ErrorCode::unavailable, text, {}};
}

bool is_completed(const net::Answer& answer) {
  const auto root = storage::parse_xml(answer.body);
  return root && root->name == "CompleteMultipartUploadResult";
}

bool is_passing(const net::Answer& answer) {
  // A 200 may carry an error as well: CompleteMultipartUpload keeps its connection alive before it knows.
  return answer.body.find("<Error>") != std::string::npos && is_in(kPassing, fault_of(answer).code);
}

}  // namespace recast::storages::s3
