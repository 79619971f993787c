#include "engine_run.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "process/runner.hpp"
#include "process/workers.hpp"

namespace recast::test {

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// The workers of engines that are installed on the system.
std::vector<process::WorkerSpec> worker_specs(const engine::Registry& registry) {
  std::vector<process::WorkerSpec> specs;
  for (const auto* const engine : registry.all()) {
    for (const auto& worker : engine->info().workers)
      specs.push_back({.name = worker.name, .executable = binaries() / worker.program, .arguments = {}});
  }
  return specs;
}

}  // namespace

fs::path binaries() {
  const auto* const folder = std::getenv("RECAST_BINARIES");
  return folder != nullptr ? fs::path(folder) : fs::absolute("build/dev/bin");
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen((command + " 2>&1").c_str(), "r"), &::pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe) {
    const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (count == 0) break;
    text.append(buffer.data(), count);
  }
  return text;
}

struct EngineRun::Parts {
  engine::Registry registry;
  execution::Settings settings;
  std::unique_ptr<process::Runner> runner;
  std::unique_ptr<process::Workers> workers;
  std::unique_ptr<execution::Executor> executor;
  std::atomic<int> jobs = 0;
};

EngineRun::EngineRun(Register register_engine, std::vector<Register> others) : parts_(std::make_unique<Parts>()) {
  constexpr unsigned kForPrograms = 64;
  ::chmod(folder_.path().c_str(), 0755);
  const auto jail = binaries() / "recast-jail";
  const auto level = process::probe(jail).level;
  const auto uid = first_uid();
  must(register_engine(parts_->registry));
  engine_ = parts_->registry.all().front();
  for (const auto other : others) must(other(parts_->registry));
  parts_->runner =
      must(process::Runner::open({.jail_program = jail, .level = level, .first_uid = uid, .uid_count = kForPrograms}));
  parts_->workers = must(process::Workers::open(
      {.scratch = folder_ / "scratch", .level = level, .first_uid = uid == 0 ? 0 : uid + kForPrograms},
      worker_specs(parts_->registry)));
  for (const auto& worker : engine_->info().workers) {
    auto version = must(parts_->workers->wait_ready(worker.name, Deadline::in(std::chrono::seconds(60))));
    if (version_.empty()) version_ = std::move(version);
  }
  parts_->executor = std::make_unique<execution::Executor>(parts_->settings, *parts_->runner, *parts_->workers);
}

EngineRun::~EngineRun() = default;

Result<operation::Executed> EngineRun::run(const Job& job) {
  engine::Request request{
      .inputs = {}, .from = job.from, .to = job.to, .options = job.options, .engine = {}, .install = job.install};
  request.operation = job.operation;
  for (std::size_t i = 0; i < job.files.size(); ++i) {
    const auto extension = i == 0 && !job.from.empty() ? "." + job.from : job.files[i].extension().string();
    request.inputs.push_back("in/in-" + std::to_string(i + 1) + extension);
  }
  RECAST_TRY(const auto plan, engine_->plan(request));
  const engine::Installation installation{.engine = engine_, .version = version_, .prefix = job.install};
  operation::Execution execution;
  if (!job.install.empty()) execution.installation = &installation;
  execution.plan = &plan;
  execution.inputs = job.files;
  execution.input_names = request.inputs;
  execution.client_names = job.names;
  for (auto at = job.names.size(); at < job.files.size(); ++at)
    execution.client_names.push_back(job.files[at].filename().string());
  return parts_->executor->execute({.execution = &execution,
                                    .folder = folder_ / ("job-" + std::to_string(++parts_->jobs)),
                                    .deadline = job.deadline,
                                    .stop = job.stop,
                                    .on_percent =
                                        [&](int percent) {
                                          if (job.percents != nullptr) job.percents->push_back(percent);
                                        },
                                    .report = job.report});
}

Result<std::vector<fs::path>> EngineRun::convert(const std::string& from, const std::string& to,
                                                 const std::vector<fs::path>& files,
                                                 const boost::json::object& options) {
  RECAST_TRY(auto done, run({.from = from, .to = to, .files = files, .options = options}));
  return std::move(done.files);
}

Result<std::vector<fs::path>> EngineRun::convert_bytes(std::string_view content, const std::string& from,
                                                       const std::string& to, const boost::json::object& options) {
  return convert(from, to, {folder_.write("input-" + std::to_string(++parts_->jobs), content)}, options);
}

const engine::Engine& engine_of(EngineRun::Register register_engine) {
  static std::map<EngineRun::Register, engine::Registry> registries;
  auto& registry = registries[register_engine];
  if (registry.all().empty()) must(register_engine(registry));
  return *registry.all().front();
}

std::vector<std::string> line(const engine::Plan& plan, std::size_t step) {
  const auto& program = std::get<engine::ProgramStep>(plan.steps.at(step).action);
  auto words = program.arguments;
  words.insert(words.begin(), program.program);
  return words;
}

Canary::Canary() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(socket_.get(), 8) != 0 ||
      ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("canary");
  }
  port_ = ntohs(address.sin_port);
}

bool Canary::called() const {
  pollfd entry{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace recast::test
