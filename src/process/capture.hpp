#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace recast::process {

inline constexpr std::size_t kOutputKept = 1 << 20;
inline constexpr std::size_t kErrorsKept = 16 << 10;
inline constexpr std::size_t kLineKept = 64 << 10;

/// Standard output: the first 1 MiB is kept, every line is handed out. Lines end at \n or \r (progress meters); empty
/// ones are left out, longer ones than 64 KiB come in pieces.
class OutputCapture {
 public:
  explicit OutputCapture(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  void add(std::string_view bytes);
  void finish();  ///< hands out a last line without an end
  std::string take() { return std::move(kept_); }

 private:
  void flush();
  const std::function<void(std::string_view)>& on_line_;
  std::string kept_;
  std::string line_;
};

/// Standard error: the last 16 KiB.
class ErrorCapture {
 public:
  void add(std::string_view bytes);
  /// As valid UTF-8, without control characters but line ends and tabs.
  std::string clean() const;

 private:
  std::string kept_;
};

/// Bytes from an engine as text for people: broken UTF-8 becomes U+FFFD, \r becomes \n, other control characters go.
std::string clean_text(std::string_view bytes);

}  // namespace recast::process
