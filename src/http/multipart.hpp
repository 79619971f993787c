#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace recast::http {

/// One part's head of a multipart/form-data body (RFC 7578), read as forgivingly as core.md 0.1 row 18 and
/// import-export.md 3.2 ask for.
struct Part {
  std::string name;
  std::string file_name;  ///< decoded UTF-8; filename* wins; empty if none was sent
  bool has_file_name = false;
  std::string content_type;
};

/// Streaming parser: memory is bounded by the longest head plus one boundary, whatever the body's size. Data is handed
/// on where it lies. More than a few KiB before the first boundary or after the last are malformed_body.
class MultipartParser {
 public:
  struct Events {
    std::function<Result<>(const Part&)> on_part;            ///< a part begins
    std::function<Result<>(std::span<const char>)> on_data;  ///< bytes of that part; any number of times
    std::function<Result<>()> on_part_end;
  };
  /// `content_type` is the request's header. malformed_body if it is not multipart/form-data with a boundary.
  static Result<MultipartParser> open(std::string_view content_type, Events events);
  MultipartParser(MultipartParser&&) noexcept;
  MultipartParser& operator=(MultipartParser&&) noexcept;
  ~MultipartParser();

  Result<> write(std::span<const char> bytes);
  /// malformed_body if the closing boundary has not been seen.
  Result<> finish();

 private:
  struct State;
  explicit MultipartParser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One satisfiable byte range of a file (RFC 9110 14). first <= last < size.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
enum class RangeOutcome { whole, partial, unsatisfiable };
/// Reads a Range header for a file of `size` bytes. Several ranges, other units and malformed ones mean `whole`, as the
/// RFC allows; a well-formed range outside the file is `unsatisfiable` (416).
RangeOutcome parse_range(std::string_view header, std::uint64_t size, ByteRange& range);

}  // namespace recast::http
