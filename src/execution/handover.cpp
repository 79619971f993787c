#include "execution/handover.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cerrno>

#include "format/format.hpp"
#include "process/sequence.hpp"

namespace recast::execution {

namespace {

Result<UniqueFd> open_file(const fs::path& file, int flags) {
  UniqueFd fd(::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return std::unexpected(from_errno(errno, "opening " + file.filename().string()));
  return fd;
}

}  // namespace

Result<> Handover::open(const Executor::Run& run, const engine::WorkerStep& step, process::WorkerJob& job) {
  if (step.stream) {
    RECAST_CHECK(open_feed(run, step));
    job.inputs.push_back(feed_->descriptor());
  }
  for (const auto& input : step.inputs) {
    if (step.stream) break;
    RECAST_TRY(auto file, open_file(run.folder / input, O_RDONLY));
    job.inputs.push_back(file.get());
    files_.push_back(std::move(file));
  }
  for (const auto& output : step.outputs) {
    RECAST_TRY(auto file, open_file(run.folder / output, O_RDWR | O_CREAT | O_TRUNC));
    job.outputs.push_back(file.get());
    files_.push_back(std::move(file));
  }
  return {};
}

Result<> Handover::open_feed(const Executor::Run& run, const engine::WorkerStep& step) {
  const auto& names = run.execution->client_names;
  std::vector<process::Feed::File> list;
  for (std::size_t at = 0; at < step.inputs.size(); ++at) {
    const auto path = run.folder / step.inputs[at];
    list.push_back({path, at < names.size() ? names[at] : path.filename().string()});
  }
  RECAST_TRY(feed_, process::Feed::open(std::move(list)));
  return {};
}

Result<> Handover::close() { return feed_ ? feed_->close() : Result<>(); }

boost::json::object request_of(const engine::WorkerStep& step, const operation::Execution& execution) {
  auto request = step.request;
  if (!step.tell_names) return request;
  boost::json::array names;
  for (const auto& name : execution.client_names) names.emplace_back(name);
  request["names"] = std::move(names);
  return request;
}

Result<> split_outputs(const Executor::Run& run, const engine::WorkerStep& step, const process::WorkerJob& job,
                       operation::Executed& done) {
  const auto extension = fs::path(run.execution->plan->outputs.front()).extension().string();
  const auto numbered = [&](std::size_t number) {
    return run.folder / "out" / fmt::format("out-{}{}", number + 1, extension);
  };
  if (step.named) {
    RECAST_TRY(done.names, process::split_named_sequence(job.outputs.front(), job.limits, numbered));
    // They come out of a jail.
    const auto bad = [](const std::string& name) { return format::clean_path(name) != name; };
    if (std::ranges::any_of(done.names, bad))
      return fail(ErrorCode::conversion_failed, "The engine gave a file a name that is none.");
  } else {
    RECAST_CHECK(process::split_sequence(job.outputs.front(), job.limits, numbered));
  }
  std::error_code ignored;
  fs::remove(run.folder / step.outputs.front(), ignored);
  return {};
}

}  // namespace recast::execution
