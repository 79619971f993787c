#include "execution/executor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <csignal>

#include "base/io.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"
#include "execution/handover.hpp"
#include "execution/outbound.hpp"
#include "execution/outputs.hpp"
#include "process/wire.hpp"

namespace recast::execution {

namespace {

/// The last lines of an engine's standard error that say something, short enough for a task's message.
std::string shortened(std::string_view errors) {
  constexpr std::size_t longest = 300;
  std::string text;
  for (const auto line : split(errors, '\n')) {
    const auto words = trim(line);
    if (words.empty()) continue;
    if (!text.empty()) text += "; ";
    text += words;
  }
  if (text.size() <= longest) return text;
  auto cut = text.size() - longest;
  while (cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80) ++cut;  // not inside a character
  return "…" + text.substr(cut);
}

Result<> make_folder(const fs::path& folder, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST)
    return std::unexpected(from_errno(errno, "making a work folder"));
  return {};
}

/// A link where the disk allows it, else a copy: the engine sees the content under a name of ours.
Result<> lay_out(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (error) {
    error.clear();
    fs::copy_file(from, to, error);
  }
  if (error) return std::unexpected(from_errno(error.value(), "laying out an input"));
  return {};
}

/// A file that an engine wrote itself, such as one of arguments.
Result<> write_file(const fs::path& path, std::string_view content) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return std::unexpected(from_errno(errno, "writing a file of a plan"));
  if (const int error = write_all(file.get(), content); error != 0)
    return std::unexpected(from_errno(error, "writing a file of a plan"));
  return {};
}

/// A step as `include=report` shows it.
void note_step(boost::json::object* report, const std::string& program, const process::ExitReport& end,
               std::chrono::steady_clock::time_point began) {
  if (report == nullptr) return;
  const auto seconds = [](std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; };
  const auto wall = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  boost::json::object step{{"program", program},
                           {"exit_code", end.exit_code},
                           {"wall_seconds", seconds(wall)},
                           {"cpu_seconds", seconds(end.cpu)},
                           {"peak_memory", end.max_rss}};
  if (end.signal != 0) step["signal"] = end.signal;
  auto& steps = (*report)["steps"];
  if (!steps.is_array()) steps = boost::json::array();
  steps.get_array().push_back(std::move(step));
}

std::string worker_name(const engine::Installation* installation, const std::string& wanted) {
  if (installation == nullptr) return wanted;
  const auto& named = installation->engine->info().workers;
  for (std::size_t i = 0; i < named.size() && i < installation->workers.size(); ++i) {
    if (named[i].name == wanted) return installation->workers[i];
  }
  return wanted;
}

/// What a worker said, and of that what it has to report.
void read_answer(const std::string& text, boost::json::object* report, operation::Executed& done) {
  boost::system::error_code error;
  auto answer = boost::json::parse(text, error);
  if (error || !answer.is_object()) {
    done.steps.emplace_back();
    return;
  }
  auto& said = done.steps.emplace_back().answer;
  said = std::move(answer.get_object());
  const auto* const told = said.if_contains("report");
  if (told == nullptr || !told->is_object() || report == nullptr) return;
  // What the server itself reports is not for a worker to say.
  for (const auto& [name, value] : told->get_object()) {
    if (name != "steps" && name != "files") (*report)[name] = value;
  }
}

/// A worker's own error may say more to its engine than to a client.
Error explain_reply(Error error, const engine::Plan& plan) {
  if (error.code != ErrorCode::conversion_failed || !error.field.empty() || !plan.explain) return error;
  return plan.explain({.exit_code = 1, .signal = 0, .output = {}, .errors = error.message});
}

}  // namespace

fs::path find_program(const std::string& program, const std::string& prefix) {
  const auto usable = [](const fs::path& file) {
    return ::access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file);
  };
  if (program.starts_with('/')) return ::access(program.c_str(), R_OK) == 0 ? fs::path(program) : fs::path();
  if (!prefix.empty()) {
    for (const auto* const folder : {"", "bin", "program", "converter", "server/FileConverter/bin"}) {
      if (auto file = fs::path(prefix) / folder / program; usable(file)) return file;
    }
  }
  for (const auto* const folder :
       {"/usr/local/bin", "/usr/bin", "/bin", "/usr/lib/libreoffice/program", "/usr/lib/chromium"}) {
    if (auto file = fs::path(folder) / program; usable(file)) return file;
  }
  return {};
}

Error explain(const process::ExitReport& report, const engine::Plan& plan) {
  if (auto limit = process::limit_error(report.exceeded)) return *std::move(limit);
  // No limit of ours: killed from outside, by an operator or a machine out of memory. Not the document's fault: tried
  // again.
  if (report.signal == SIGKILL) return {ErrorCode::worker_lost, "The engine was killed.", {}};
  if (plan.explain) return plan.explain({report.exit_code, report.signal, report.output, report.errors});
  if (report.signal != 0)
    return {ErrorCode::conversion_failed, fmt::format("The engine ended by signal {}.", report.signal), {}};
  auto text = shortened(report.errors);
  return {ErrorCode::conversion_failed,
          text.empty() ? fmt::format("The engine ended with status {}.", report.exit_code) : text,
          {}};
}

Executor::Executor(const Settings& settings, process::Runner& runner, process::Workers& workers,
                   std::function<void(const StepEnd&)> on_step)
    : settings_(settings), runner_(runner), workers_(workers), on_step_(std::move(on_step)) {}

Limits Executor::capped(Limits limits) const {
  limits.cpu = std::min(limits.cpu, std::chrono::seconds(settings_.cpu_seconds));
  limits.memory = std::min(limits.memory, static_cast<std::uint64_t>(settings_.memory_bytes));
  limits.output = std::min(limits.output, static_cast<std::uint64_t>(settings_.output_bytes));
  limits.files = std::min(limits.files, static_cast<std::uint32_t>(settings_.files));
  limits.processes = std::min(limits.processes, static_cast<std::uint32_t>(settings_.processes));
  return limits;
}

Result<> Executor::run_program(const Run& run, const engine::ProgramStep& step,
                               const std::function<void(int)>& on_percent, operation::Executed& done) {
  const auto& execution = *run.execution;
  const auto prefix = execution.installation == nullptr ? std::string() : execution.installation->prefix;
  process::Program program{.executable = find_program(step.program, prefix),
                           .arguments = step.arguments,
                           .environment = step.environment,
                           .work = run.folder,
                           .readable = {},
                           .limits = capped(step.limits),
                           .on_line = {},
                           .input_file = step.input_file,
                           .output_file = step.output_file,
                           .join_output = step.join_output};
  if (program.executable.empty()) {
    return fail(ErrorCode::conversion_failed, fmt::format("The program {} is not installed.", step.program));
  }
  if (!prefix.empty()) program.readable.emplace_back(prefix);
  if (step.progress) {
    program.on_line = [&](std::string_view line) {
      if (const auto percent = step.progress(line)) on_percent(std::clamp(*percent, 0, 100));
    };
  }
  program.keep_error = step.keep_error;
  const auto began = std::chrono::steady_clock::now();
  RECAST_TRY(auto report, runner_.run(program, run.deadline, run.stop));
  note_step(run.report, step.program, report, began);
  if (report.signal == 0 && std::ranges::find(step.accepted, report.exit_code) != step.accepted.end())
    report.exit_code = 0;
  if (on_step_) on_step_({step.program, report.setup, report.ok()});
  if (!report.ok()) return std::unexpected(explain(report, *execution.plan));
  if (execution.plan->doubt) {
    auto doubt = execution.plan->doubt({report.exit_code, report.signal, report.output, report.errors});
    if (doubt) return std::unexpected(*std::move(doubt));
  }
  done.steps.push_back({.answer = {}, .output = std::move(report.output)});
  if (step.input_seconds && !done.input_seconds) done.input_seconds = step.input_seconds();
  return take_over(run.folder / "out");
}

Result<> Executor::run_worker(const Run& run, const engine::WorkerStep& step,
                              const std::function<void(int)>& on_percent, operation::Executed& done) {
  Handover files;
  process::WorkerJob job{.request = boost::json::serialize(request_of(step, *run.execution)),
                         .inputs = {},
                         .outputs = {},
                         .limits = capped(step.limits),
                         .on_percent = on_percent};
  RECAST_CHECK(files.open(run, step, job));
  std::optional<Outbound> outbound;
  if (step.outbound) {
    if (run.net == nullptr) return fail(ErrorCode::internal, "This run has no way out.");
    RECAST_TRY(auto pair, process::socket_pair());
    outbound.emplace(*run.net, std::move(pair.first), run.deadline, run.stop);
    job.inputs.push_back(pair.second.get());
    files.keep(std::move(pair.second));
  }
  const auto name = worker_name(run.execution->installation, step.worker);
  const auto began = std::chrono::steady_clock::now();
  auto reply = workers_.run(name, job, run.deadline, run.stop);
  if (reply) note_step(run.report, step.worker, reply->report, began);
  if (outbound) outbound->end(run.report);
  if (on_step_) on_step_({step.worker, reply ? reply->report.setup : std::chrono::microseconds(0), reply.has_value()});
  RECAST_CHECK(files.close());
  if (!reply) return std::unexpected(explain_reply(std::move(reply).error(), *run.execution->plan));
  if (!reply->report.ok()) return std::unexpected(explain(reply->report, *run.execution->plan));
  read_answer(reply->result, run.report, done);
  return step.sequence && !step.outputs.empty() ? split_outputs(run, step, job, done) : Result<>();
}

Result<operation::Executed> Executor::execute(const Run& run) {
  const auto& execution = *run.execution;
  RECAST_CHECK(make_folder(run.folder, 0755));
  for (const auto* const part : {"in", "out", "tmp"}) RECAST_CHECK(make_folder(run.folder / part, 0755));
  for (std::size_t i = 0; i < execution.inputs.size(); ++i) {
    RECAST_CHECK(lay_out(execution.inputs[i], run.folder / execution.input_names.at(i)));
  }
  for (const auto& [name, content] : execution.plan->files) RECAST_CHECK(write_file(run.folder / name, content));
  int total = 0;
  for (const auto& step : execution.plan->steps) total += std::max(step.weight, 1);
  int done = 0;
  operation::Executed result;
  for (const auto& step : execution.plan->steps) {
    const int weight = std::max(step.weight, 1);
    const std::function<void(int)> on_percent = [&](int percent) {
      if (run.on_percent) run.on_percent((done * 100 + weight * percent) / std::max(total, 1));
    };
    const auto* program = std::get_if<engine::ProgramStep>(&step.action);
    RECAST_CHECK(program != nullptr ? run_program(run, *program, on_percent, result)
                                    : run_worker(run, std::get<engine::WorkerStep>(step.action), on_percent, result));
    done += weight;
    on_percent(0);
  }
  RECAST_TRY(result.files, collect(run.folder, execution.plan->outputs));
  if (!result.names.empty() && result.names.size() != result.files.size())
    return fail(ErrorCode::internal, "A plan with named files has other outputs, too.");
  const bool wanted = !execution.plan->outputs.empty() && !execution.plan->may_be_empty;
  if (result.files.empty() && wanted) return fail(ErrorCode::conversion_failed, "The engine made no output file.");
  return result;
}

}  // namespace recast::execution
