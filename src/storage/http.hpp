#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "base/unique_handle.hpp"
#include "net/session.hpp"
#include "storage/object_store.hpp"

/// What stores that speak HTTP have in common.
namespace recast::storage {

using Headers = std::vector<std::pair<std::string, std::string>>;
/// Describes, and signs, the request of one attempt.
using Make = std::function<Result<net::Call>()>;

/// The value of the last header of that name (any case); empty if there is none.
std::string_view header(const net::Answer& answer, std::string_view name);
/// Every byte but RFC 3986 unreserved ones and "/" is encoded, as S3, Azure and Swift want the names of objects.
std::string encode_path(std::string_view name);

/// The 16 bytes that an MD5 in hexadecimal (an ETag with or without quotes) or in base64 is; empty if it is none.
std::string md5_of_hex(std::string_view tag);
std::string md5_of_base64(std::string_view text);

/// A file that is sent, open for reading.
class Source {
 public:
  static Result<Source> open(const fs::path& path);
  std::uint64_t size() const { return size_; }
  net::FilePart part(std::uint64_t offset, std::uint64_t length) const { return {fd_.get(), offset, length}; }
  net::FilePart whole() const { return part(0, size_); }

 private:
  Source(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

/// How a file is cut: all parts of one size, the last one smaller.
struct Parts {
  std::uint64_t file = 0;
  std::uint64_t size = 0;

  /// Parts of `wanted` bytes, or of as many more (in steps of `step`) as keep their number at `most`.
  static Parts of(std::uint64_t file, std::uint64_t wanted, std::uint64_t most, std::uint64_t step);
  std::size_t count() const { return static_cast<std::size_t>((file + size - 1) / size); }
  std::uint64_t offset(std::size_t at) const { return at * size; }
  std::uint64_t length(std::size_t at) const { return at + 1 < count() ? size : file - offset(at); }
};

/// The connections of one store, shared by its threads. Not for what outlives the task.
class Http {
 public:
  struct Protocol {
    std::function<Error(const net::Answer&)> explain;  ///< what an answer that is no 2xx means
    net::WorthAnother another;                         ///< beside the usual statuses; may be empty
  };
  /// `connection` must outlive it.
  Http(const Connection& connection, Protocol protocol);
  ~Http();

  /// A 2xx answer, or what the store's error means.
  Result<net::Answer> call(const Make& make) const;
  /// Any answer.
  Result<net::Answer> ask(const Make& make) const;
  /// For what has to be cleaned up although the task is over: some seconds, without its stop. The status of the answer;
  /// 0 if there was none.
  unsigned clean_up(const Make& make) const;

  /// Streams a body into a new file. `make` gets the headers of a resumption (Range, If-Match), which it sends and
  /// signs. After a cut it goes on where it ended if the answer had a strong ETag; else it begins anew. `md5_of_head`
  /// gets the head of every answer that brings bytes, and says what MD5 (16 bytes) the whole object has; empty if that
  /// is not known. Other bytes are fetched once more, up to `outbound.attempts` times.
  Result<std::uint64_t> fetch(const std::function<Result<net::Call>(const Headers& range)>& make, const fs::path& to,
                              Meter& meter,
                              const std::function<std::string(const net::Answer& head)>& md5_of_head = {}) const;
  /// Calls `send(part)` for every part, some at once.
  Result<> in_parts(const Parts& parts, const std::function<Result<>(std::size_t part)>& send) const;

 private:
  class Lease;
  Result<std::uint64_t> fetch_once(const std::function<Result<net::Call>(const Headers& range)>& make,
                                   const fs::path& to, Meter& meter,
                                   const std::function<void(const net::Answer& head)>& on_head,
                                   const std::function<void(std::uint64_t)>& on_bytes) const;
  const Connection& connection_;
  Protocol protocol_;
  mutable Guarded<std::vector<std::unique_ptr<net::Session>>> idle_;
};

/// A call whose body is a piece of a file and whose bytes are counted; of a part that is sent again they are taken
/// back first. One for each part; outlives the call.
class Counted {
 public:
  explicit Counted(Meter& meter) : meter_(meter) {}
  /// For the next attempt.
  void count(net::Call& call) {
    take_back();
    call.on_bytes = [this](std::uint64_t bytes) {
      sent_ += bytes;
      meter_.add(bytes);
    };
  }
  /// Nothing of it arrived.
  void take_back() { meter_.take_back(std::exchange(sent_, 0)); }

 private:
  Meter& meter_;
  std::uint64_t sent_ = 0;
};

/// What the status of an answer without words means. `places` may not exist: "the bucket or the object".
std::string words_for(unsigned status, std::string_view places);
/// What a store said, fit for a client: one line of at most 300 bytes without control characters. `code` may be empty.
std::string provider_text(std::string_view message, std::string_view code);

}  // namespace recast::storage
