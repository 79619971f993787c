// recast-worker-inspect: tells what a file is by its content. The parent loads libmagic's database once; every file is
// looked at by a jailed child of its own. With `pages` in the request it counts the pages of all its inputs instead.
#include <unistd.h>

#include <boost/json/array.hpp>
#include <cerrno>
#include <optional>

#include "engines/inspect/worker/inspector.hpp"
#include "engines/inspect/worker/pages.hpp"
#include "worker/worker.hpp"

namespace {

using recast::Result;
using recast::engines::inspect::Inspector;
namespace worker = recast::worker;

// As much as file(1) looks at. Magic of most formats lies in the first kilobytes, of a disc image at 32.
constexpr std::size_t kBeginning = 1 << 20;

Result<std::vector<char>> read_beginning(int fd) {
  std::vector<char> bytes(kBeginning);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(recast::from_errno(errno, "reading the file"));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

/// A number or null for each input.
worker::json::object count_all(const std::vector<int>& inputs) {
  worker::json::array pages;
  for (const auto input : inputs) {
    const auto count = recast::engines::inspect::count_pages(input);
    pages.push_back(count ? worker::json::value(*count) : worker::json::value(nullptr));
  }
  return {{"pages", std::move(pages)}};
}

class InspectWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override {
    return {.readable = {"/etc/magic", "/etc/magic.mime"}, .scratch_bytes = 1 << 20, .codec = true};
  }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    RECAST_TRY(auto inspector, Inspector::open());
    inspector_.emplace(std::move(inspector));
    serve(Inspector::version());
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    if (job.request.contains("pages")) return count_all(job.inputs);
    if (job.inputs.size() != 1 || !inspector_) {
      return recast::fail(recast::ErrorCode::internal, "The inspecting worker takes one input.");
    }
    RECAST_TRY(const auto bytes, read_beginning(job.inputs.front()));
    return inspector_->look(bytes);
  }

 private:
  std::optional<Inspector> inspector_;
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<InspectWorker>(); });
}
