#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "operation/operation.hpp"

/// What operations that hand single files to engines have in common: convert, thumbnail, and others of their kind.
namespace recast::operation {

/// The canonical format of an input: `wished` (the `input_format` option) or else its name's extension.
/// invalid_filename if it has none.
Result<std::string> input_format(const File& file, std::string_view wished);

/// open_failed if the content of a file contradicts `format`, by its first bytes or, where they leave it open, by
/// libmagic.
Result<> check_content(TaskContext& context, const File& file, std::string_view format);

/// One run of the engine that was chosen for a pair.
struct Conversion {
  engine::Choice choice;
  std::string from;
  std::string to;
  json::object options;  ///< for the engine
  fs::path input;
  std::vector<File> further;  ///< files that options speak of, such as subtitles; the second input and so on
  std::function<void(engine::Plan&)> adjust;  ///< may look at the plan before it runs
  int percent_from = 0;
  int percent_to = 100;
};

/// Plans the conversion, runs it and reports what ran. The result files, as execute() gives them.
Result<std::vector<fs::path>> run_conversion(TaskContext& context, const Conversion& conversion);

/// What the engine would say to these options. For checks before a task is created: invalid_data is its only error, an
/// unsupported pair is not one.
Result<> check_options(const engine::Choice& choice, std::string_view from, std::string_view to,
                       const json::object& options, std::size_t inputs = 1);

/// Takes the results of one input, or of all under one pattern, into a task's output: named by processing.md 2.3.
class Outputs {
 public:
  /// `pattern` is the `filename` option or empty.
  explicit Outputs(std::string pattern) : pattern_(std::move(pattern)) {}
  void add(const File& input, std::string_view to, std::vector<fs::path> results);
  /// Names made unique within their folders, sizes read.
  Result<Files> take();

 private:
  struct Group {
    std::string input_name, dir, to;
    std::vector<fs::path> results;
  };
  std::string pattern_;
  std::vector<Group> groups_;
};

}  // namespace recast::operation
