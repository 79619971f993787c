#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "operation/operation.hpp"

namespace recast::operations::command {

/// The files a command may name: /input/TASK/FILE for what its input tasks gave (/input/FILE while that is one file
/// only), and /output/FILE for what it writes. The program sees names of ours: in/in-1.png, out/FILE. No client's name
/// of an input comes into an argument. Errors are invalid_data or conversion_failed on "arguments".
class Paths {
 public:
  /// Before a task is created its files are not known: any well-formed path is fine then.
  Paths() = default;
  explicit Paths(const operation::Files& inputs);

  static bool is_input(std::string_view word) { return word.starts_with("/input/"); }
  static bool is_output(std::string_view word) { return word.starts_with("/output/"); }

  /// One file.
  Result<std::string> input(std::string_view path);
  /// All files that fit a path with * and ?, in natural order; that file alone for a path without.
  Result<std::vector<std::string>> inputs(std::string_view path);
  /// A numbered sequence, /input/TASK/frame-%03d.png: the same pattern over names of ours.
  Result<std::string> sequence(std::string_view path);
  /// A path with * for programs that match names themselves: such a pattern over names of ours.
  Result<std::string> pattern(std::string_view path);
  /// Where a result goes: out/…, its folders made. Placeholders such as %03d stay.
  Result<std::string> output(std::string_view path);

  /// What was named, for laying out: client's file and name of ours, in the order of naming.
  const std::vector<std::pair<std::filesystem::path, std::string>>& laid_out() const { return laid_out_; }
  /// Names of ours in a text a program printed become the client's again.
  std::string as_client_says(std::string text) const;

 private:
  struct Known {
    std::string path;  ///< as a client names it: TASK/DIR/FILE
    std::string file;  ///< FILE alone
    std::filesystem::path where;
  };
  Result<std::vector<const Known*>> find(std::string_view path) const;
  std::string lay_out(const Known& known, std::string name);

  bool known_ = false;
  std::vector<Known> files_;
  std::vector<std::pair<std::filesystem::path, std::string>> laid_out_;
  std::map<std::string, std::string, std::less<>> names_;  ///< client's path -> name of ours
  int sequences_ = 0;
};

}  // namespace recast::operations::command
