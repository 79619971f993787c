#include <fmt/format.h>

#include "format/format.hpp"
#include "operation/files.hpp"
#include "operation/registry.hpp"
#include "operation/with_engine.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

struct Options : operation::Common {
  static constexpr auto fields = Common::common_fields;
  engine::Wish wish_for(std::string from) const { return wish("archive/extract", std::move(from), {}); }
};

/// What a file is called in its archive: by the worker that read it, or by where a program put it below run-1/out/.
std::string name_in_archive(const operation::Converted& done, std::size_t at, const operation::fs::path& work) {
  if (!done.names.empty()) return done.names[at];
  constexpr std::string_view kFolder = "/out/";
  const auto path = done.files[at].lexically_relative(work).string();
  const auto begin = path.find(kFolder);
  return format::clean_path(begin == std::string::npos ? path : path.substr(begin + kFolder.size()));
}

/// Adds what came out of one archive, each file in its folder.
Result<> add_files(const operation::Converted& done, const operation::fs::path& work, operation::Files& files) {
  if (!done.names.empty() && done.names.size() != done.files.size())
    return fail(ErrorCode::internal, "The engine gave no names for the files of an archive.");
  for (std::size_t at = 0; at < done.files.size(); ++at) {
    const auto name = name_in_archive(done, at, work);
    const auto slash = name.rfind('/');
    std::error_code error;
    const auto size = operation::fs::file_size(done.files[at], error);
    if (error) return std::unexpected(from_errno(error.value(), "An output cannot be read"));
    const bool inside = slash != std::string::npos;
    files.push_back(
        {inside ? name.substr(slash + 1) : name, inside ? name.substr(0, slash) : std::string(), size, done.files[at]});
  }
  return {};
}

/// How many entries of an archive could not become files.
std::uint64_t left_out(const operation::Converted& done) {
  std::uint64_t count = 0;
  for (const auto& step : done.steps) {
    const auto* const number = step.answer.if_contains("left_out");
    if (number == nullptr || !number->is_number()) continue;
    boost::system::error_code error;
    count += number->to_number<std::uint64_t>(error);
  }
  return count;
}

std::string message_for(std::size_t files, std::uint64_t others) {
  if (others == 1) return "One entry was left out, for it is a link or a device.";
  if (others > 1) return fmt::format("{} entries were left out, for they are links or devices.", others);
  return files == 0 ? "The archive holds no files." : "";
}

Result<operation::Outcome> extract(operation::TaskContext& context, const Options& options,
                                   const json::object& payload) {
  operation::Outcome outcome;
  std::uint64_t others = 0;
  const auto add = [&](const operation::File&, std::string_view, operation::Converted done) {
    others += left_out(done);
    return add_files(done, context.work(), outcome.files);
  };
  RECAST_TRY(const auto note,
             operation::run_each(
                 context, options, payload, [&](std::string from) { return options.wish_for(std::move(from)); }, add));
  const auto* const pattern = payload.if_contains("pattern");
  if (outcome.files.empty() && pattern != nullptr && pattern->is_string() && !pattern->get_string().empty())
    return fail(ErrorCode::conversion_failed, "No file in the archive matches the pattern.", "pattern");
  operation::make_unique(outcome.files);
  outcome.message = note.empty() ? message_for(outcome.files.size(), others) : note;
  return outcome;
}

}  // namespace

Result<> register_archive_extract(operation::Registry& registry) {
  return registry.add(operation::define_with_engine<Options>(
      {.name = "archive/extract", .summary = "Unpacks archives: every file in them, with its folder."}, &extract));
}

}  // namespace recast::operations
