#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace recast::net {

/// Undoes the Content-Encoding of an HTTP body as it comes: gzip (also of several members), deflate (with zlib's frame
/// or without), br, zstd, and several of them one over the other. libcurl can do that too, but takes a body that ends
/// before its end marker for a whole one. Used by one thread.
class Decoding {
 public:
  /// Gets plain bytes; false: no more of them.
  using Take = std::function<bool(std::string_view)>;
  class Stage;

  /// Undoes nothing.
  Decoding();
  ~Decoding();
  Decoding(Decoding&& other) noexcept;
  Decoding& operator=(Decoding&& other) noexcept;

  /// `names` is the header's value. Words that are no registered encoding, such as aws-chunked, which some stores keep
  /// there, leave the bytes as they are; for one that is, but cannot be undone, is_unknown() is true from the start.
  static Decoding of(std::string_view names);

  /// False if `take` wants no more or the bytes cannot be decoded.
  bool feed(std::string_view bytes, const Take& take);
  bool is_unknown() const { return unknown_; }
  bool is_damaged() const { return damaged_; }
  /// Whether the body may end here: every encoding has had its end marker, or no byte has come at all.
  bool is_whole() const;

 private:
  std::unique_ptr<Stage> first_;  ///< each has the next
  bool begun_ = false;
  bool unknown_ = false;
  bool damaged_ = false;
};

}  // namespace recast::net
