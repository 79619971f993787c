#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "operation/registry.hpp"
#include "operation/route.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostAtOnce = 100;  // files of one plan; more are merged by hundreds, and the results again
constexpr int kConverted = 70;            // percent of a task that has files to convert first

struct Options : operation::Common {
  std::string output_format = "pdf";

  static constexpr auto fields = std::tuple_cat(
      Common::common_fields, std::tuple{schema::field(&Options::output_format, "output_format",
                                                      "Format of the merged file.", {.values = {"pdf"}})});

  /// What the inputs are is the matter of their own conversions.
  engine::Wish wish_for(const std::string&) const { return wish("merge", {}, "pdf"); }
};

/// As `merge` has it: there the format must be named.
struct StrictOptions : Options {
  static constexpr auto fields =
      std::tuple_cat(Common::common_fields,
                     std::tuple{schema::field(&StrictOptions::output_format, "output_format",
                                              "Format of the merged file.", {.required = true, .values = {"pdf"}})});
};

operation::Files between(const std::vector<std::filesystem::path>& paths) {
  operation::Files files;
  for (const auto& path : paths) files.push_back({.name = "between.pdf", .path = path});
  return files;
}

class Merging {
 public:
  Merging(operation::TaskContext& context, const Options& options) : context_(context), options_(options) {}

  /// The input as PDF; itself if it is.
  Result<operation::Files> as_pdf(const operation::File& input, int begin, int end) {
    RECAST_TRY(const auto from, operation::input_format(input, {}));
    if (from == "pdf") {
      RECAST_CHECK(operation::check_content(context_, input, from));
      return operation::Files{input};
    }
    const engine::Wish wish{.from = from, .to = "pdf", .engine = {}, .version = {}};
    RECAST_TRY(const auto route, operation::find_route(context_.catalogue(), wish));
    RECAST_CHECK(operation::check_content(context_, input, from));
    auto done = operation::run_route(
        context_, route, {.wish = wish, .options = {}, .inputs = {input}, .percent_from = begin, .percent_to = end});
    if (!done) {
      auto error = std::move(done).error();
      error.message = fmt::format("{}: {}", input.name, error.message);
      return std::unexpected(std::move(error));
    }
    note(done->note);
    return between(done->files);
  }

  Result<operation::Files> join(const operation::Files& parts, int begin, int end) {
    // One engine takes so many files at once; the order stays.
    operation::Files joined;
    const auto runs = (parts.size() + kMostAtOnce - 1) / kMostAtOnce;
    const operation::Shares shares(runs, begin, end);
    for (std::size_t run = 0; run < runs; ++run) {
      const auto first = parts.begin() + static_cast<std::ptrdiff_t>(run * kMostAtOnce);
      const auto count = std::min(kMostAtOnce, parts.size() - run * kMostAtOnce);
      RECAST_TRY(auto done,
                 operation::run_conversion(context_, {.wish = options_.wish_for({}),
                                                      .options = {},
                                                      .inputs = {first, first + static_cast<std::ptrdiff_t>(count)},
                                                      .percent_from = shares.begin(run),
                                                      .percent_to = shares.end(run)}));
      note(done.note);
      std::ranges::move(between(done.files), std::back_inserter(joined));
    }
    return joined;
  }

  const std::string& message() const { return message_; }

 private:
  void note(const std::string& text) {
    if (message_.empty()) message_ = text;
  }

  operation::TaskContext& context_;
  const Options& options_;
  std::string message_;
};

Result<operation::Outcome> merge_files(operation::TaskContext& context, const Options& options) {
  const auto& inputs = context.inputs();
  if (inputs.empty()) return fail(ErrorCode::input_task_failed, "The input tasks gave no file.");
  if (inputs.size() < 2) return fail(ErrorCode::conversion_failed, "A merge needs two files or more.", "input");
  Merging merging(context, options);
  const operation::Shares shares(inputs.size(), 0, kConverted);
  operation::Files parts;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    RECAST_CHECK(context.go_on());
    RECAST_TRY(auto pdf, merging.as_pdf(inputs[at], shares.begin(at), shares.end(at)));
    std::ranges::move(pdf, std::back_inserter(parts));
  }
  do {
    RECAST_TRY(parts, merging.join(parts, kConverted, 100));
  } while (parts.size() > 1);
  operation::Outputs outputs(options.filename);
  std::vector<std::filesystem::path> result;
  for (const auto& part : parts) result.push_back(part.path);
  outputs.add(inputs.front(), "pdf", std::move(result));
  operation::Outcome outcome{.message = merging.message()};
  RECAST_TRY(outcome.files, outputs.take());
  return outcome;
}

template <class Wanted>
Result<operation::Outcome> merge(operation::TaskContext& context, const Wanted& options, const json::object&) {
  return merge_files(context, options);
}

}  // namespace

Result<> register_merge(operation::Registry& registry) {
  constexpr std::string_view kSummary = "Joins documents into one PDF; what is not PDF is converted first.";
  RECAST_CHECK(registry.add(operation::define_with_engine<StrictOptions>(
      {.name = "merge", .summary = std::string(kSummary)}, &merge<StrictOptions>)));
  // A name that some clients have in their menus. It is no operation of its own: the catalogue does not list it.
  auto alias =
      operation::define_with_engine<Options>({.name = "pdf/merge", .summary = std::string(kSummary)}, &merge<Options>);
  alias.records = nullptr;
  return registry.add(std::move(alias));
}

}  // namespace recast::operations
