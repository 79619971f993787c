#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "net/client.hpp"

/// Requests of a store's protocol: signed by the caller, streamed from and to files, each tried again when that may
/// help. import-export.md 2.9, 6 to 9, 11.
namespace recast::net {

/// A piece of an open file that is sent as a body. The descriptor stays the caller's.
struct FilePart {
  int descriptor = -1;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Where a body goes: written at `offset` of an open file, at most `max_bytes`.
struct FileSpace {
  int descriptor = -1;
  std::uint64_t offset = 0;
  std::uint64_t max_bytes = 0;
};

/// One request. The URL is sent as it is, no header is added beside User-Agent, Host and Content-Length, no redirect
/// followed and nothing decoded.
struct Call {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::variant<std::monostate, std::string, FilePart> body;
  /// Asked once a 2xx answer's head is known: where its body goes. nullopt, or no function: into the answer.
  std::function<Result<std::optional<FileSpace>>(const Answer& head)> place;
  /// Bytes of files that were sent or kept; called often, by the thread that makes the call.
  std::function<void(std::uint64_t)> on_bytes;
  /// The operator's own address, from the settings: the outbound policy is not asked.
  bool trusted = false;
};

/// What the caller knows of an answer that a protocol wants tried again, beside the usual statuses.
using WorthAnother = std::function<bool(const Answer&)>;

/// Connections of one task to its store, kept open between calls. Used by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  /// Makes the call that `make` describes, up to `outbound.attempts` times: after a connection that failed or stalled,
  /// and after 408, 425, 429, 500, 502, 503, 504 or what `another` names, with the pauses of the settings or of
  /// Retry-After. `make` is asked before each attempt, so that it can sign anew or go on where the last one ended.
  /// Any answer is a success, its body at most 1 MiB of text unless placed; errors are of the transport, their texts
  /// such as "could not connect to host" without a prefix: unavailable, timeout, file_too_large, cancelled, disk_full.
  virtual Result<Answer> call(const std::function<Result<Call>()>& make, const WorthAnother& another = {}) = 0;
  /// How a call without a `place` is mostly made.
  Result<Answer> call(const Call& fixed) {
    return call([&]() -> Result<Call> { return fixed; });
  }
};

}  // namespace recast::net
