#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace recast::process {

inline constexpr std::size_t kOutputKept = 1 << 20;
inline constexpr std::size_t kErrorsKept = 16 << 10;
inline constexpr std::size_t kLineKept = 64 << 10;

/// Lines of bytes that come in pieces. They end at \n or \r (progress meters); empty ones are left out, longer ones
/// than 64 KiB are handed out in pieces.
class Lines {
 public:
  using Take = std::function<void(std::string_view)>;
  void add(std::string_view bytes, const Take& take);
  void finish(const Take& take);  ///< hands out a last line without an end

 private:
  std::string line_;
};

/// Standard output: the first 1 MiB is kept, every line is handed out.
class OutputCapture {
 public:
  explicit OutputCapture(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  void add(std::string_view bytes);
  void finish();  ///< hands out a last line without an end
  std::string take() { return std::move(kept_); }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string kept_;
  Lines lines_;
};

/// Standard error: the last 16 KiB of it, or of what `keep` makes of its lines.
class ErrorCapture {
 public:
  using Keep = std::function<std::optional<std::string>(std::string_view)>;
  ErrorCapture() = default;
  explicit ErrorCapture(Keep keep) : keep_(std::move(keep)) {}
  void add(std::string_view bytes);
  void finish();  ///< takes a last line without an end
  /// As valid UTF-8, without control characters but line ends and tabs.
  std::string clean() const;

 private:
  void append(std::string_view bytes);
  void take(std::string_view line);
  Keep keep_;
  std::string kept_;
  Lines lines_;
};

/// Bytes from an engine as text for people: broken UTF-8 becomes U+FFFD, \r becomes \n, other control characters go.
std::string clean_text(std::string_view bytes);

}  // namespace recast::process
