#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/catalogue.hpp"
#include "operation/files.hpp"

/// What operations that hand files to engines have in common.
namespace recast::operation {

/// The canonical format of an input: `wished` (the `input_format` option) or else its name's extension.
/// invalid_filename if it has none.
Result<std::string> input_format(const File& file, std::string_view wished);

/// open_failed if the content of a file contradicts `format`, by its first bytes or, where they leave it open, by
/// libmagic.
Result<> check_content(TaskContext& context, const File& file, std::string_view format);

/// One thing for an engine to do.
struct Conversion {
  engine::Wish wish;  ///< operation, canonical formats, and the engine if the client named one
  json::object options;
  Files inputs;  ///< all for one plan: in/in-1.<from>, in/in-2.…
  int percent_from = 0;
  int percent_to = 100;
};

struct Converted : Executed {
  std::string note;  ///< what the client should know although it worked: that another engine had to help out
};

/// Plans the conversion with the best engine, runs it and reports what ran. Where the client named no engine and the
/// best one crashes or refuses, the next one tries. The error is that of the first.
Result<Converted> run_conversion(TaskContext& context, const Conversion& conversion);

/// What the engine would say to these options. For checks before a task is created: invalid_data is its only error, an
/// unsupported pair is not one.
Result<> check_options(const engine::Catalogue& catalogue, const engine::Wish& wish, const json::object& options,
                       std::size_t inputs = 1);

/// The engine that will run, if that is known already: for Operation::engine_of. Two empty strings if not.
std::pair<std::string, std::string> engine_known(const engine::Catalogue& catalogue, const engine::Wish& wish);

/// The catalogue rows of an operation: every pair that an engine has for it.
std::vector<Record> engine_records(std::string_view operation, const engine::Catalogue& catalogue);

/// The part of a task's percent that each of `count` equal pieces has.
class Shares {
 public:
  explicit Shares(std::size_t count, int from = 0, int to = 100) : count_(count), from_(from), to_(to) {}
  int begin(std::size_t piece) const {
    return from_ + static_cast<int>(static_cast<std::size_t>(to_ - from_) * piece / std::max<std::size_t>(count_, 1));
  }
  int end(std::size_t piece) const { return begin(piece + 1); }

 private:
  std::size_t count_;
  int from_, to_;
};

/// Takes the results of one input, or of all under one pattern, into a task's output: named by processing.md 2.3.
class Outputs {
 public:
  /// `pattern` is the `filename` option or empty.
  explicit Outputs(std::string pattern) : pattern_(std::move(pattern)) {}
  void add(const File& input, std::string_view to, std::vector<fs::path> results);
  /// The same where the format stays: so does the client's spelling of it, "photo.jpeg".
  void add_kept(const File& input, std::string_view format, std::vector<fs::path> results);
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
