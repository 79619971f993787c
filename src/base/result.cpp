#include "base/result.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace recast {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_data:
    case ErrorCode::malformed_body:
      return "INVALID_DATA";
    case ErrorCode::unauthenticated:
      return "UNAUTHENTICATED";
    case ErrorCode::forbidden:
      return "FORBIDDEN";
    case ErrorCode::not_found:
      return "NOT_FOUND";
    case ErrorCode::method_not_allowed:
      return "METHOD_NOT_ALLOWED";
    case ErrorCode::conflict:
      return "CONFLICT";
    case ErrorCode::gone:
      return "FORBIDDEN";
    case ErrorCode::payload_too_large:
      return "PAYLOAD_TOO_LARGE";
    case ErrorCode::request_timeout:
      return "REQUEST_TIMEOUT";
    case ErrorCode::too_many_requests:
      return "TOO_MANY_REQUESTS";
    case ErrorCode::too_many_jobs:
      return "TOO_MANY_JOBS";
    case ErrorCode::credits_exceeded:
      return "CREDITS_EXCEEDED";
    case ErrorCode::unavailable:
      return "SERVICE_UNAVAILABLE";
    case ErrorCode::input_task_failed:
      return "INPUT_TASK_FAILED";
    case ErrorCode::invalid_conversion_type:
      return "INVALID_CONVERSION_TYPE";
    case ErrorCode::open_failed:
      return "OPEN_FAILED";
    case ErrorCode::invalid_filename:
      return "INVALID_FILENAME";
    case ErrorCode::conversion_failed:
      return "CONVERSION_FAILED";
    case ErrorCode::download_failed:
      return "DOWNLOAD_FAILED";
    case ErrorCode::upload_failed:
      return "UPLOAD_FAILED";
    case ErrorCode::invalid_credentials:
      return "INVALID_CREDENTIALS";
    case ErrorCode::file_too_large:
      return "FILE_TOO_LARGE";
    case ErrorCode::timeout:
    case ErrorCode::busy:
      return "TIMEOUT";
    case ErrorCode::cancelled:
      return "CANCELLED";
    case ErrorCode::cpu_limit:
      return "CPU_LIMIT_EXCEEDED";
    case ErrorCode::memory_limit:
      return "MEMORY_LIMIT_EXCEEDED";
    case ErrorCode::output_limit:
      return "OUTPUT_LIMIT_EXCEEDED";
    case ErrorCode::process_limit:
      return "PROCESS_LIMIT_EXCEEDED";
    case ErrorCode::pixel_limit:
      return "PIXEL_LIMIT_EXCEEDED";
    case ErrorCode::page_limit:
      return "PAGE_LIMIT_EXCEEDED";
    case ErrorCode::disk_full:
      return "DISK_FULL";
    case ErrorCode::worker_lost:
      return "WORKER_LOST";
    case ErrorCode::sandbox_file_not_allowed:
      return "SANDBOX_FILE_NOT_ALLOWED";
    case ErrorCode::internal:
      return "UNKNOWN_ERROR";
  }
  return "UNKNOWN_ERROR";
}

namespace {
ErrorCode code_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::disk_full;
    case ENOENT:
      return ErrorCode::not_found;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::internal;
  }
}
}  // namespace

Error from_errno(int error, std::string_view what) {
  const auto text = std::error_code(error, std::generic_category()).message();
  return {code_of(error), fmt::format("{}: {}", what, text), {}};
}

}  // namespace recast
