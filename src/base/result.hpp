#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace recast {

/// What went wrong, as a class of cause. `api/envelope.cpp` maps each to an HTTP status and a wire code for requests;
/// `code_name()` gives the wire code of a task error (core.md 7.9 and the limits of the jail).
enum class ErrorCode {
  // requests
  invalid_data,        ///< a member of the request is missing or wrong; `field` names it
  malformed_body,      ///< the body is not the JSON or form it claims to be
  unauthenticated,     ///< no valid key
  forbidden,           ///< the key lacks a scope
  not_found,           ///< unknown, foreign or already purged
  method_not_allowed,  ///< the path exists, the method does not
  conflict,            ///< a second upload, a task that already ended
  gone,                ///< a signed link whose time is over, or with a wrong signature
  payload_too_large,   ///< a limit of the request was reached
  request_timeout,     ///< the client was too slow
  too_many_requests,   ///< rate limit
  too_many_jobs,       ///< jobs in flight per user
  credits_exceeded,    ///< no credits left
  unavailable,         ///< shutting down, overloaded, or not ready
  // tasks
  input_task_failed,
  invalid_conversion_type,  ///< no engine for this pair
  open_failed,              ///< damaged, encrypted, or not what its name says
  invalid_filename,
  conversion_failed,
  download_failed,
  upload_failed,
  invalid_credentials,
  file_too_large,
  timeout,  ///< wall time
  busy,     ///< the time was over before an engine had a free place
  cancelled,
  cpu_limit,  ///< CPU seconds
  memory_limit,
  output_limit,  ///< output bytes, or the number of output files
  process_limit,
  pixel_limit,
  page_limit,
  disk_full,
  worker_lost,  ///< the process that ran the task died too often
  sandbox_file_not_allowed,
  // ours
  internal,  ///< a fault of the server; the message is fit for a client, the cause is in the log
};

/// The wire word of a code, upper snake case, such as "OPEN_FAILED". Never empty.
std::string_view code_name(ErrorCode code);

/// One failure: a class, a text fit for the client, and the dotted name of the field it is about (empty if none).
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string field;
};

template <class T = void>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::invalid_data, "The url format is invalid.", "url");`
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string field = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(field)});
}

/// An `errno` as an Error: ENOSPC and EDQUOT are disk_full, ENOENT is not_found, a lack of descriptors, processes or
/// memory is unavailable, all else internal.
Error from_errno(int error, std::string_view what);

}  // namespace recast

#define RECAST_JOIN_(a, b) a##b
#define RECAST_JOIN(a, b) RECAST_JOIN_(a, b)
#define RECAST_TRY_(leave, tmp, decl, ...)                 \
  auto tmp = (__VA_ARGS__);                                \
  if (!tmp) leave std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define RECAST_CHECK_(leave, tmp, ...) \
  if (auto tmp = (__VA_ARGS__); !tmp) leave std::unexpected(std::move(tmp).error())

/// Declaration form: `RECAST_TRY(const auto file, open(path));`
#define RECAST_TRY(decl, ...) RECAST_TRY_(return, RECAST_JOIN(try_, __COUNTER__), decl, __VA_ARGS__)
#define RECAST_CO_TRY(decl, ...) RECAST_TRY_(co_return, RECAST_JOIN(try_, __COUNTER__), decl, __VA_ARGS__)
/// For a Result whose value is not needed.
#define RECAST_CHECK(...) RECAST_CHECK_(return, RECAST_JOIN(check_, __COUNTER__), __VA_ARGS__)
#define RECAST_CO_CHECK(...) RECAST_CHECK_(co_return, RECAST_JOIN(check_, __COUNTER__), __VA_ARGS__)
