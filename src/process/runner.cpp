#include "process/runner.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/text.hpp"
#include "process/session.hpp"
#include "process/spawn.hpp"
#include "process/uid_pool.hpp"

namespace recast::process {

namespace {
constexpr int kReportDescriptor = 3;
constexpr auto kProbePatience = std::chrono::seconds(30);

Result<> check(const Program& program) {
  if (!program.executable.is_absolute()) return fail(ErrorCode::internal, "the executable needs an absolute path");
  if (!program.work.is_absolute()) return fail(ErrorCode::internal, "the work folder needs an absolute path");
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (std::ranges::any_of(program.arguments, has_nul) || std::ranges::any_of(program.environment, has_nul)) {
    return fail(ErrorCode::invalid_data, "an option contains a NUL character");
  }
  std::error_code error;
  if (!fs::is_directory(program.work, error)) {
    return fail(ErrorCode::internal, fmt::format("no work folder {}", program.work.string()));
  }
  return {};
}

class JailRunner final : public Runner {
 public:
  explicit JailRunner(Settings settings)
      : settings_(std::move(settings)), uids_(::geteuid() == 0 ? settings_.first_uid : 0, settings_.uid_count) {}

  Result<ExitReport> run(const Program& program, Deadline deadline, std::stop_token stop) override {
    RECAST_CHECK(check(program));
    auto lease = uids_.take(deadline, stop);
    if (!lease && stop.stop_requested()) return ExitReport{.signal = SIGKILL, .exceeded = Exceeded::cancelled};
    if (!lease) return fail(ErrorCode::unavailable, "too many programs are running");
    RECAST_TRY(auto output, Pipe::make());
    RECAST_TRY(auto errors, Pipe::make());
    RECAST_TRY(auto report, Pipe::make());
    Session session(program, deadline);
    RECAST_TRY(auto child,
               Child::start({.executable = settings_.jail_program.string(),
                             .arguments = arguments(program, lease->uid()),
                             .environment = environment(program),
                             .descriptors = {output.writing.get(),
                                             program.join_output ? output.writing.get() : errors.writing.get(),
                                             report.writing.get()}}));
    output.writing.reset();
    errors.writing.reset();
    report.writing.reset();
    return session.watch(std::move(child), std::move(output.reading), std::move(errors.reading),
                         std::move(report.reading), stop);
  }

 private:
  /// For programs that change their folder: "{work}" is where the program sees the work folder.
  std::vector<std::string> environment(const Program& program) const {
    constexpr std::string_view kWork = "{work}";
    auto result = program.environment;
    for (auto& variable : result) {
      const auto at = variable.find(kWork);
      if (at != std::string::npos)
        variable.replace(at, kWork.size(), settings_.level == JailLevel::full ? "/job" : program.work.string());
    }
    return result;
  }

  std::vector<std::string> arguments(const Program& program, unsigned uid) const {
    const auto& limits = program.limits;
    std::vector<std::string> result{settings_.jail_program.string(),
                                    fmt::format("--level={}", level_name(settings_.level)),
                                    fmt::format("--executable={}", program.executable.string()),
                                    fmt::format("--work={}", program.work.string()),
                                    fmt::format("--report={}", kReportDescriptor),
                                    fmt::format("--parent={}", ::getpid()),
                                    fmt::format("--limit-cpu={}", limits.cpu.count()),
                                    fmt::format("--limit-memory={}", limits.memory),
                                    fmt::format("--limit-output={}", limits.output),
                                    fmt::format("--limit-descriptors={}", limits.descriptors),
                                    fmt::format("--limit-processes={}", limits.processes)};
    if (uid != 0) result.push_back(fmt::format("--uid={}", uid));
    if (program.local_sockets) result.emplace_back("--local-sockets");
    if (!program.input_file.empty()) result.push_back(fmt::format("--input={}", program.input_file));
    if (!program.output_file.empty()) result.push_back(fmt::format("--output={}", program.output_file));
    for (const auto& path : program.readable) result.push_back(fmt::format("--readable={}", path.string()));
    result.emplace_back("--");
    result.insert(result.end(), program.arguments.begin(), program.arguments.end());
    return result;
  }

  const Settings settings_;
  UidPool uids_;
};

std::string read_until(int fd, Deadline deadline) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (pollfd poll{fd, POLLIN, 0};
       text.size() < kErrorsKept && ::poll(&poll, 1, static_cast<int>(deadline.left().count())) > 0;) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}
}  // namespace

std::string_view level_name(JailLevel level) {
  return level == JailLevel::full ? "full" : level == JailLevel::landlock ? "landlock" : "none";
}

std::optional<JailLevel> parse_level(std::string_view name) {
  for (const auto level : {JailLevel::full, JailLevel::landlock, JailLevel::none}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Runner>> Runner::open(Settings settings) {
  if (!settings.jail_program.is_absolute()) return fail(ErrorCode::internal, "recast-jail needs an absolute path");
  if (::access(settings.jail_program.c_str(), X_OK) != 0) {
    return std::unexpected(from_errno(errno, settings.jail_program.string()));
  }
  return std::make_unique<JailRunner>(std::move(settings));
}

Capability probe(const fs::path& jail_program) {
  auto output = Pipe::make();
  if (!output) return {.reason = output.error().message};
  const auto child = Child::start({.executable = jail_program.string(),
                                   .arguments = {jail_program.string(), "--probe"},
                                   .descriptors = {output->writing.get(), STDERR_FILENO}});
  if (!child) return {.reason = child.error().message};
  output->writing.reset();
  Capability found{.reason = "recast-jail --probe gave no answer"};
  const auto text = read_until(output->reading.get(), Deadline::in(kProbePatience));
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("level "))
      found = {.level = parse_level(line.substr(6)).value_or(JailLevel::none), .reason = {}};
    if (line.starts_with("reason ")) found.reason = clean_text(line.substr(7));
  }
  return found;
}

}  // namespace recast::process
