#include "operation/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "format/format.hpp"
#include "operation/files.hpp"

namespace recast::operation {

namespace {

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

/// An extension fit for a name of ours: a client's may be anything.
std::string tame_extension(const std::string& token) {
  constexpr std::size_t kLongest = 12;
  const auto tame = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'; };
  return token.empty() || token.size() > kLongest || !std::ranges::all_of(token, tame) ? "bin" : token;
}

std::vector<std::string> names_in_jail(const Conversion& conversion) {
  std::vector<std::string> names;
  for (const auto& file : conversion.inputs) {
    const bool first = names.empty() && !conversion.wish.from.empty();
    const auto token = first ? conversion.wish.from : format::of_file_name(file.name);
    names.push_back(fmt::format("in/in-{}.{}", names.size() + 1, tame_extension(token)));
  }
  return names;
}

/// A limit of the task's or the server's, a lost process, or a client who changed their mind.
bool is_final(const Error& error) {
  switch (error.code) {
    case ErrorCode::open_failed:
    case ErrorCode::conversion_failed:
    case ErrorCode::invalid_data:
    case ErrorCode::invalid_conversion_type:
    case ErrorCode::internal:
    case ErrorCode::not_found:
      return false;
    default:
      return true;
  }
}

/// What the client should know of a result that another engine gave: it may not have all the options they set.
std::string note_of(const std::string& tried, std::string_view why, const engine::Choice& first,
                    const engine::Choice& last, const Conversion& conversion) {
  const auto& [from, to, engine, version, operation] = conversion.wish;
  std::string ignored;
  for (const auto& member : conversion.options) {
    if (first.engine->has_option(operation, from, to, member.key()) &&
        !last.engine->has_option(operation, from, to, member.key()))
      ignored += (ignored.empty() ? "" : ", ") + std::string(member.key());
  }
  return fmt::format("{} could not do it ({}); done by {}{}.", tried, why, last.reported_name,
                     ignored.empty() ? "" : ", which does not know " + ignored);
}

Result<Converted> run_choice(TaskContext& context, const engine::Choice& choice, const Conversion& conversion) {
  const auto& wish = conversion.wish;
  const engine::Request request{
      .inputs = names_in_jail(conversion),
      .from = wish.from,
      .to = wish.to,
      .options = conversion.options,
      .engine = choice.reported_name,
      .install = choice.installation->prefix,
      .operation = wish.operation,
      .head = conversion.inputs.empty() ? std::string() : format::first_bytes(conversion.inputs.front().path)};
  RECAST_TRY(auto plan, choice.engine->plan(request));
  Execution execution{.plan = &plan,
                      .input_names = request.inputs,
                      .installation = choice.installation,
                      .percent_from = conversion.percent_from,
                      .percent_to = conversion.percent_to};
  for (const auto& file : conversion.inputs) {
    execution.inputs.push_back(file.path);
    execution.client_names.push_back(file.dir.empty() ? file.name : file.dir + "/" + file.name);
  }
  context.ran(choice.reported_name, choice.installation->version);
  RECAST_TRY(auto executed, context.execute(execution));
  return Converted{std::move(executed), {}};
}

/// Whether another engine may do better: this one crashed, gave up, or could not read what it was given. A wrong
/// password is wrong for all, and a limit is meant for the task.
bool may_try_another(const Error& error) {
  if (error.code == ErrorCode::open_failed) return error.field != "password";
  return error.code == ErrorCode::conversion_failed && error.field.empty();
}

}  // namespace

Result<std::string> input_format(const File& file, std::string_view wished) {
  if (!wished.empty()) return format::canonical(wished.starts_with('.') ? wished.substr(1) : wished);
  auto token = format::of_file_name(file.name);
  if (!token.empty()) return token;
  const auto sniffed = format::sniffed_extension(format::first_bytes(file.path));
  if (!sniffed.empty()) return sniffed.substr(1);
  return fail(
      ErrorCode::invalid_filename,
      fmt::format("The file name {} has no extension and its content is not known; set input_format", file.name));
}

Result<> check_content(TaskContext& context, const File& file, std::string_view format) {
  const auto bytes = format::first_bytes(file.path);
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

Result<Converted> run_conversion(TaskContext& context, const Conversion& conversion) {
  RECAST_TRY(const auto choices, context.catalogue().choices(conversion.wish));
  constexpr std::size_t kMostTries = 3;  // a damaged file would otherwise pass through every engine there is
  Error first;
  std::string names;
  for (const auto& choice : choices | std::views::take(kMostTries)) {
    auto done = run_choice(context, choice, conversion);
    if (done) {
      if (!names.empty()) done->note = note_of(names, first.message, choices.front(), choice, conversion);
      return done;
    }
    // What ends the task ends it whoever works on it; what another engine merely cannot do is not the client's concern.
    if (is_final(done.error()) || (names.empty() && !may_try_another(done.error()))) return done;
    if (names.empty()) first = std::move(done).error();
    names += (names.empty() ? "" : ", ") + choice.reported_name;
    if (!conversion.wish.engine.empty() || context.stop().stop_requested()) break;
  }
  context.ran(choices.front().reported_name, choices.front().installation->version);
  return std::unexpected(std::move(first));
}

Result<> check_options(const engine::Catalogue& catalogue, const engine::Wish& wish, const json::object& options,
                       std::size_t inputs) {
  const auto choice = catalogue.choose(wish);
  // An unsupported pair is said by the task when it runs.
  if (!choice && choice.error().code != ErrorCode::invalid_data) return {};
  if (!choice) return std::unexpected(choice.error());
  engine::Request request{.inputs = {fmt::format("in/in-1.{}", wish.from)},
                          .from = wish.from,
                          .to = wish.to,
                          .options = options,
                          .engine = choice->reported_name,
                          .install = choice->installation->prefix,
                          .operation = wish.operation};
  // What further inputs are is known when they are there; subtitles are the only kind so far.
  while (request.inputs.size() < inputs)
    request.inputs.push_back(fmt::format("in/in-{}.srt", request.inputs.size() + 1));
  const auto plan = choice->engine->plan(request);
  if (plan || plan.error().code != ErrorCode::invalid_data) return {};
  return std::unexpected(plan.error());
}

std::pair<std::string, std::string> engine_known(const engine::Catalogue& catalogue, const engine::Wish& wish) {
  if (const auto choice = catalogue.choose(wish)) return {choice->reported_name, choice->installation->version};
  if (wish.engine.empty()) return {};
  for (const auto* const one : catalogue.installations(wish.engine)) {
    const bool wanted = wish.version.empty()       ? one->is_default
                        : wish.version == "latest" ? one->latest
                                                   : wish.version == one->version;
    if (wanted) return {wish.engine, one->version};
  }
  return {};
}

std::vector<Record> engine_records(std::string_view operation, const engine::Catalogue& catalogue) {
  std::vector<Record> rows;
  for (const auto& pair : catalogue.pairs(operation)) {
    rows.push_back({.from = pair.from,
                    .to = pair.to,
                    .engine = pair.engine,
                    .engine_name = pair.reported_name,
                    .is_default = pair.is_default});
  }
  return rows;
}

void Outputs::add(const File& input, std::string_view to, std::vector<fs::path> results) {
  groups_.push_back({input.name, input.dir, std::string(to), std::move(results)});
}

void Outputs::add_kept(const File& input, std::string_view format, std::vector<fs::path> results) {
  const auto own = format::extension(input.name);
  const bool same = !own.empty() && format::of_file_name(input.name) == format::canonical(format);
  add(input, same ? own.substr(1) : format, std::move(results));
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
