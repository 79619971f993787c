#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"
#include "format/format.hpp"
#include "operation/conversion.hpp"
#include "operation/registry.hpp"
#include "operations/command/grammar.hpp"
#include "operations/command/output.hpp"
#include "operations/command/words.hpp"
#include "schema/parse.hpp"

namespace recast::operations {

namespace json = boost::json;

namespace {

using Arguments = std::vector<std::string>;

struct Options {
  std::vector<std::string> input;
  std::string engine;
  std::string engine_version;
  std::string command;
  std::string arguments;
  bool capture_output = false;
  std::optional<std::int64_t> timeout;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::input, "input", "Tasks whose files the command may read, as /input/TASK/FILE."),
      schema::field(&Options::engine, "engine", "Engine whose program is run.",
                    {.required = true, .values = {"ffmpeg", "imagemagick", "graphicsmagick"}}),
      schema::field(&Options::engine_version, "engine_version", "Version of the engine, or latest."),
      schema::field(&Options::command, "command", "Program of the engine.",
                    {.required = true, .values = {"ffmpeg", "ffprobe", "convert", "identify", "gm"}}),
      schema::field(&Options::arguments, "arguments",
                    "The program's arguments, as a shell would part them into words; results go to /output/.",
                    {.required = true}),
      schema::field(&Options::capture_output, "capture_output", "Put what the program prints into result.output."),
      schema::field(&Options::timeout, "timeout", "Seconds after which the task is ended.", {.min = 1}),
  };
};

/// A command of the API and the program that runs it.
struct Program {
  std::string_view engine;
  std::string_view command;
  std::string_view program;
  Result<Arguments> (*arguments)(std::span<const std::string>, command::Paths&);
};

template <command::Magick Which>
Result<Arguments> magick(std::span<const std::string> words, command::Paths& paths) {
  return command::magick_arguments(Which, words, paths);
}

// ImageMagick by the names that only its sixth version has: "convert" may be anybody's.
constexpr std::array kPrograms = std::to_array<Program>({
    {"ffmpeg", "ffmpeg", "ffmpeg", &command::ffmpeg_arguments},
    {"ffmpeg", "ffprobe", "ffprobe", &command::ffprobe_arguments},
    {"imagemagick", "convert", "convert-im6.q16", &magick<command::Magick::convert>},
    {"imagemagick", "identify", "identify-im6.q16", &magick<command::Magick::identify>},
    {"graphicsmagick", "gm", "gm", &magick<command::Magick::gm>},
});

Result<const Program*> find_program(const Options& options) {
  std::string known;
  for (const auto& one : kPrograms) {
    if (one.engine != options.engine) continue;
    if (one.command == options.command) return &one;
    known += (known.empty() ? "" : " and ") + std::string(one.command);
  }
  return fail(ErrorCode::invalid_data, fmt::format("The engine {} has {}.", options.engine, known), "command");
}

Result<> check(const Options& options, const engine::Catalogue& catalogue) {
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  RECAST_TRY(const auto* program, find_program(options));
  RECAST_TRY(const auto words, command::split_words(options.arguments));
  command::Paths unknown;
  RECAST_CHECK(program->arguments(words, unknown));
  return {};
}

Result<const engine::Installation*> find_installation(const engine::Catalogue& catalogue, const Options& options) {
  RECAST_CHECK(catalogue.check_names(options.engine, options.engine_version));
  for (const auto* one : catalogue.installations(options.engine)) {
    const bool wanted = options.engine_version.empty()       ? one->is_default
                        : options.engine_version == "latest" ? one->latest
                                                             : one->version == options.engine_version;
    if (wanted) return one;
  }
  return fail(ErrorCode::invalid_data, fmt::format("The engine {} is not installed.", options.engine), "engine");
}

class Run {
 public:
  Run(operation::TaskContext& context, const Options& options)
      : context_(context), options_(options), paths_(context.inputs()) {}

  Result<operation::Outcome> run() {
    RECAST_TRY(const auto* program, find_program(options_));
    RECAST_TRY(const auto* installation, find_installation(context_.catalogue(), options_));
    RECAST_TRY(const auto words, command::split_words(options_.arguments));
    RECAST_TRY(auto arguments, program->arguments(words, paths_));
    context_.ran(options_.engine, installation->version);
    const auto plan = make_plan(*program, std::move(arguments));
    operation::Execution execution{
        .plan = &plan, .inputs = {}, .input_names = {}, .client_names = {}, .installation = installation};
    for (const auto& [file, name] : paths_.laid_out()) {
      execution.inputs.push_back(file);
      execution.input_names.push_back(name);
    }
    auto done = context_.execute(execution);
    if (!done) return std::unexpected(std::move(done).error());
    if (!done->steps.empty()) keep(done->steps.back().output);
    return outcome(*done);
  }

 private:
  engine::Plan make_plan(const Program& program, Arguments arguments) {
    engine::ProgramStep step;
    step.program = program.program;
    step.arguments = std::move(arguments);
    step.environment = {"TMPDIR=tmp", "HOME=tmp", "LC_ALL=C.UTF-8", "MAGICK_TEMPORARY_PATH=tmp"};
    step.join_output = true;
    step.progress = command::Progress();
    engine::Plan plan;
    if (const auto folders = folders_of(step.arguments); !folders.empty()) {
      engine::ProgramStep make;  // nobody else would: these programs write into folders that are there
      make.program = "mkdir";
      make.arguments = {"-p", "--"};
      make.arguments.insert(make.arguments.end(), folders.begin(), folders.end());
      plan.steps.push_back({.action = std::move(make)});
    }
    plan.steps.push_back({.action = std::move(step), .weight = 100});
    plan.outputs = {"out/**"};
    plan.may_be_empty = true;
    plan.explain = [this, name = program.command](const engine::StepEnd& end) {
      keep(end.output);
      return Error{ErrorCode::conversion_failed, paths_.as_client_says(command::why(name, end)), {}};
    };
    return plan;
  }

  /// Folders below out/ that the arguments name files in.
  static std::vector<std::string> folders_of(const Arguments& arguments) {
    std::vector<std::string> folders;
    for (const auto& argument : arguments) {
      const auto begin = argument.find("out/");
      const auto end = argument.rfind('/');
      // After a coder ("png:out/a/b.png") or alone; in a filter graph a file lies in no folder of its own.
      const bool is_path = begin == 0 || (begin != std::string::npos && argument[begin - 1] == ':');
      if (is_path && end > begin + 3) folders.push_back(argument.substr(begin, end - begin));
    }
    return folders;
  }

  /// What was printed is a part of the result, also of a failed task.
  void keep(std::string_view printed) {
    if (options_.capture_output) context_.result()["output"] = paths_.as_client_says(command::clean(printed));
  }

  Result<operation::Outcome> outcome(const operation::Executed& done) const {
    operation::Outcome outcome;
    for (const auto& path : done.files) {
      const auto below = path.lexically_relative(context_.work()).string();  // run-1/out/folder/name
      const auto name = command::below_output(below);
      const auto slash = name.rfind('/');
      operation::File file{
          .name = format::clean_file_name(slash == std::string::npos ? name : name.substr(slash + 1)),
          .dir = slash == std::string::npos ? std::string() : format::clean_path(name.substr(0, slash)),
          .path = path};
      std::error_code error;
      file.size = std::filesystem::file_size(path, error);
      outcome.files.push_back(std::move(file));
    }
    return outcome;
  }

  operation::TaskContext& context_;
  const Options& options_;
  command::Paths paths_;
};

Result<operation::Outcome> run_command(operation::TaskContext& context, const Options& options) {
  return Run(context, options).run();
}

}  // namespace

Result<> register_command(operation::Registry& registry) {
  auto operation = operation::define<Options>(
      {.name = "command", .summary = "Runs ffmpeg, ffprobe, convert, identify or gm with arguments of your own."},
      &run_command, &check);
  operation.records = [](const engine::Catalogue& catalogue) {
    std::vector<operation::Record> rows;
    for (const auto* const name : {"ffmpeg", "imagemagick", "graphicsmagick"}) {
      const auto installations = catalogue.installations(name);
      if (!installations.empty())
        rows.push_back({.from = {}, .to = {}, .engine = installations.front()->engine, .engine_name = name});
    }
    return rows;
  };
  operation.engine_of = [](const json::object& payload,
                           const engine::Catalogue& catalogue) -> std::pair<std::string, std::string> {
    const auto options = schema::parse<Options>(payload);
    if (!options) return {};
    const auto installation = find_installation(catalogue, *options);
    return installation ? std::pair(options->engine, (*installation)->version) : std::pair<std::string, std::string>();
  };
  return registry.add(std::move(operation));
}

}  // namespace recast::operations
