#include "operation/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "format/format.hpp"
#include "operation/files.hpp"

namespace recast::operation {

namespace {

std::string first_bytes(const fs::path& path) {
  std::string bytes(4096, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

/// What the content is, for an error's text.
std::string description(TaskContext& context, const File& file, std::string_view bytes) {
  const auto token = format::sniff(bytes);
  if (token == "ole") return "a Microsoft compound file";
  if (token == "text") return "text/plain";
  if (const auto* const known = format::find(token)) return std::string(known->mime);
  return context.magic(file.path);
}

std::unexpected<Error> wrong_content(const File& file, std::string_view format, std::string_view found) {
  const auto what = found.empty() ? std::string() : fmt::format(": it looks like {}", found);
  return fail(ErrorCode::open_failed, fmt::format("The file {} is not a {} file{}", file.name, format, what));
}

/// Groups whose formats are told apart from all others with certainty.
std::string_view family(std::string_view group) {
  if (group == "audio" || group == "video") return "media";
  if (group == "image" || group == "vector" || group == "cad") return "picture";
  return group;
}

/// libmagic errs between relatives, and knows many files only as "data" or "text": its word counts when it names
/// something of quite another kind.
bool contradicts(std::string_view mime, std::string_view format) {
  static constexpr std::array<std::string_view, 4> programs{"application/x-executable", "application/x-sharedlib",
                                                            "application/x-pie-executable", "application/x-dosexec"};
  const auto* const wanted = format::find(format);
  if (wanted == nullptr) return false;
  if (std::ranges::find(programs, mime) != programs.end()) return wanted->group != "archive";
  const auto* const found = format::find(format::from_mime(mime));
  if (found == nullptr || found == wanted) return false;
  const auto group = family(found->group);
  const bool certain = group == "media" || found->group == "image" || group == "font";
  return certain && group != family(wanted->group);
}

std::vector<std::string> names_in_jail(const Conversion& conversion) {
  std::vector<std::string> names{fmt::format("in/in-1.{}", conversion.from)};
  for (const auto& file : conversion.further) {
    names.push_back(fmt::format("in/in-{}.{}", names.size() + 1, format::of_file_name(file.name)));
  }
  return names;
}

}  // namespace

Result<std::string> input_format(const File& file, std::string_view wished) {
  if (!wished.empty()) return format::canonical(wished.starts_with('.') ? wished.substr(1) : wished);
  auto token = format::of_file_name(file.name);
  if (!token.empty()) return token;
  return fail(ErrorCode::invalid_filename,
              fmt::format("The file name {} has no extension; set input_format", file.name));
}

Result<> check_content(TaskContext& context, const File& file, std::string_view format) {
  const auto bytes = first_bytes(file.path);
  switch (format::check(format, bytes, file.size)) {
    case format::Verdict::agrees:
      return {};
    case format::Verdict::contradicts:
      if (file.size == 0) return fail(ErrorCode::open_failed, fmt::format("The file {} is empty", file.name));
      return wrong_content(file, format, description(context, file, bytes));
    case format::Verdict::unknown:
      break;
  }
  const auto mime = context.magic(file.path);
  if (contradicts(mime, format)) return wrong_content(file, format, mime);
  return {};
}

Result<std::vector<fs::path>> run_conversion(TaskContext& context, const Conversion& conversion) {
  const auto& [engine, installation, reported_name] = conversion.choice;
  const engine::Request request{.inputs = names_in_jail(conversion),
                                .from = conversion.from,
                                .to = conversion.to,
                                .options = conversion.options,
                                .engine = reported_name,
                                .install = installation->prefix};
  RECAST_TRY(auto plan, engine->plan(request));
  if (conversion.adjust) conversion.adjust(plan);
  Execution execution{.plan = &plan,
                      .inputs = {conversion.input},
                      .input_names = request.inputs,
                      .installation = installation,
                      .percent_from = conversion.percent_from,
                      .percent_to = conversion.percent_to};
  for (const auto& file : conversion.further) execution.inputs.push_back(file.path);
  context.ran(reported_name, installation->version);
  return context.execute(execution);
}

Result<> check_options(const engine::Choice& choice, std::string_view from, std::string_view to,
                       const json::object& options, std::size_t inputs) {
  engine::Request request{.inputs = {fmt::format("in/in-1.{}", from)},
                          .from = std::string(from),
                          .to = std::string(to),
                          .options = options,
                          .engine = choice.reported_name,
                          .install = choice.installation->prefix};
  // What further inputs are is known when they are there; subtitles are the only kind so far.
  while (request.inputs.size() < inputs)
    request.inputs.push_back(fmt::format("in/in-{}.srt", request.inputs.size() + 1));
  const auto plan = choice.engine->plan(request);
  if (plan || plan.error().code != ErrorCode::invalid_data) return {};
  return std::unexpected(plan.error());
}

void Outputs::add(const File& input, std::string_view to, std::vector<fs::path> results) {
  groups_.push_back({input.name, input.dir, std::string(to), std::move(results)});
}

Result<Files> Outputs::take() {
  std::size_t total = 0;
  for (const auto& group : groups_) total += group.results.size();
  std::vector<std::string> names;
  // A pattern's counter runs over all inputs; without one each input has its own name.
  if (!pattern_.empty() && !groups_.empty()) {
    names = format::output_names(pattern_, groups_.front().input_name, groups_.front().to, total);
  } else {
    for (const auto& group : groups_) {
      for (auto& name : format::output_names({}, group.input_name, group.to, group.results.size()))
        names.push_back(std::move(name));
    }
  }
  Files files;
  for (const auto& group : groups_) {
    for (const auto& path : group.results) {
      std::error_code error;
      const auto size = fs::file_size(path, error);
      if (error) return std::unexpected(from_errno(error.value(), "An output cannot be read"));
      files.push_back({std::move(names[files.size()]), group.dir, size, path});
    }
  }
  make_unique(files);
  return files;
}

}  // namespace recast::operation
