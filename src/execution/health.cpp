#include "execution/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/log.hpp"

namespace recast::execution {

namespace {

constexpr std::chrono::seconds kRetry{10};  // after a failure: what was busy or missing may be back

std::string name_of(const engine::Installation& installation) {
  return fmt::format("{} {}", installation.engine->info().name, installation.version);
}
}  // namespace

Prober::Prober(Executor& executor, std::function<std::shared_ptr<const engine::Catalogue>()> catalogue, fs::path work,
               std::chrono::seconds interval)
    : executor_(executor),
      catalogue_(std::move(catalogue)),
      work_(std::move(work)),
      interval_(interval),
      thread_([this](std::stop_token stop) { this->work(std::move(stop)); }) {}

Prober::~Prober() { stop(); }

void Prober::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::vector<Prober::Verdict> Prober::verdicts() const {
  const auto catalogue = catalogue_();
  std::lock_guard lock(mutex_);
  std::vector<Verdict> result;
  for (const auto& installation : catalogue->installations()) {
    if (installation.engine->info().probe.content.empty()) continue;
    const auto name = name_of(installation);
    const auto found = verdicts_.find(name);
    result.push_back(found == verdicts_.end() ? Verdict{.engine = name, .detail = "not probed yet"} : found->second);
  }
  return result;
}

bool Prober::wait_first(Deadline deadline) const {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline.at(), [this] { return first_done_; });
  }
  const auto all = verdicts();
  return std::ranges::all_of(all, &Verdict::ok);
}

void Prober::work(std::stop_token stop) {
  while (!stop.stop_requested()) {
    bool all_ok = true;
    try {
      probe_all(stop, all_ok);
    } catch (const std::exception& error) {
      log::error("probing the engines failed", {{"cause", error.what()}});
      all_ok = false;
    }
    std::unique_lock lock(mutex_);
    first_done_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, stop, all_ok ? interval_ : std::min(interval_, kRetry), [] { return false; });
  }
}

void Prober::probe_all(const std::stop_token& stop, bool& all_ok) {
  const auto catalogue = catalogue_();
  for (const auto& installation : catalogue->installations()) {
    if (stop.stop_requested()) return;
    if (installation.engine->info().probe.content.empty()) continue;
    auto verdict = probe(installation, stop);
    if (!verdict.ok && !stop.stop_requested()) {
      log::error("an engine could not convert its probe file", {{"engine", verdict.engine}, {"cause", verdict.detail}});
    }
    all_ok = all_ok && verdict.ok;
    std::lock_guard lock(mutex_);
    verdicts_[verdict.engine] = std::move(verdict);
  }
}

Prober::Verdict Prober::probe(const engine::Installation& installation, const std::stop_token& stop) {
  const auto& info = installation.engine->info();
  Verdict verdict{.engine = name_of(installation), .probed = true, .detail = "converted its probe file"};
  const auto begin = std::chrono::steady_clock::now();
  const auto convert = [&]() -> Result<> {
    const auto input = fmt::format("in/in-1.{}", info.probe.from);
    RECAST_TRY(const auto plan, installation.engine->plan({.inputs = {input},
                                                           .from = info.probe.from,
                                                           .to = info.probe.to,
                                                           .options = info.probe.options,
                                                           .engine = info.name,
                                                           .install = installation.prefix,
                                                           .operation = info.probe.operation}));
    std::error_code error;
    fs::remove_all(work_, error);
    fs::create_directories(work_, error);
    const auto file = work_ / "probe";
    std::ofstream(file, std::ios::binary) << info.probe.content;
    const operation::Execution execution{
        .plan = &plan, .inputs = {file}, .input_names = {input}, .installation = &installation};
    RECAST_TRY(const auto done, executor_.execute({.execution = &execution,
                                                   .folder = work_ / "run",
                                                   .deadline = Deadline::in(std::chrono::seconds(60)),
                                                   .stop = stop,
                                                   .on_percent = {}}));
    if (!done.files.empty() && fs::file_size(done.files.front(), error) == 0)
      return fail(ErrorCode::conversion_failed, "the output is empty");
    return {};
  };
  const auto done = convert();
  verdict.ok = done.has_value();
  const auto before = [&] {
    std::lock_guard lock(mutex_);
    const auto found = verdicts_.find(verdict.engine);
    return found == verdicts_.end() ? Verdict{} : found->second;
  }();
  verdict.proven = verdict.ok || before.proven;
  // A probe waits in line behind customers' files: an engine that is merely busy keeps the verdict it has.
  if (!done && done.error().code == ErrorCode::busy && before.ok) {
    verdict.ok = true;
    verdict.detail = "busy; converted its probe file earlier";
  } else if (!done) {
    verdict.detail = done.error().message;
  }
  std::error_code ignored;
  fs::remove_all(work_, ignored);
  verdict.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  return verdict;
}

}  // namespace recast::execution
