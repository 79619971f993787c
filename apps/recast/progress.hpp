#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace recast::cli {

/// Shows how far conversions are: one bar for all on a terminal, plain lines elsewhere, nothing with --quiet or --json.
/// Writes to standard error. Safe from many threads.
class Progress {
 public:
  enum class Style { bar, lines, none };
  /// The style that fits standard error: bar if it is a terminal.
  static Style fitting();
  Progress(Style style, std::size_t files) : style_(style), files_(files) {}
  ~Progress();

  /// `percent` 0 to 100 of the whole way of this file; `what` such as "uploading".
  void update(const std::string& file, int percent, std::string_view what);
  void done(const std::string& file, bool ok, std::string_view text);

 private:
  void draw();
  void erase();
  Style style_;
  std::size_t files_;
  std::mutex mutex_;
  std::size_t ended_ = 0;
  std::map<std::string, std::pair<int, std::string>> running_;
  bool drawn_ = false;
};

}  // namespace recast::cli
