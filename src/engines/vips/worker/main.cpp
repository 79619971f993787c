// recast-worker-vips: image conversions in jailed children of one parent that has libvips loaded. The parent never runs
// a pipeline, not even to warm up: libvips keeps a pipeline's threads for a while, fork() copies its list of idle
// threads but not the threads, and a child's first pipeline would wait for one of them for ever.
#include <fontconfig/fontconfig.h>

#include <cstdlib>

#include "engines/vips/worker/convert.hpp"
#include "worker/worker.hpp"

namespace {

using recast::Result;
namespace vips = recast::engines::vips;
namespace worker = recast::worker;

constexpr std::uint64_t kLargestInput = 1ULL << 30;

class VipsWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.readable = {"/etc/fonts"}, .codec = true}; }

  Result<> run(const worker::fs::path& scratch, const std::function<void(std::string version)>& serve) override {
    // Before any thread: whatever does not fit in memory fails instead of going to a file.
    ::setenv("VIPS_DISC_THRESHOLD", "1t", 1);
    ::setenv("XDG_CACHE_HOME", scratch.c_str(), 1);
    RECAST_CHECK(vips::start_library("recast-worker-vips"));
    FcInit();  // the list of fonts, for drawings with text
    serve(vips::library_version());
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    if (job.inputs.size() != 1 || job.outputs.size() != 1) {
      return recast::fail(recast::ErrorCode::internal, "The image worker takes one input and one output.");
    }
    RECAST_TRY(const auto order, vips::Order::parse(job.request));
    RECAST_TRY(const auto input, worker::read_all(job.inputs.front(), kLargestInput));
    const vips::Bytes bytes(reinterpret_cast<const unsigned char*>(input.data()), input.size());
    return vips::convert(bytes, job.outputs.front(), order, job.percent);
  }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<VipsWorker>(); });
}
