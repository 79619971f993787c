// recast-worker-vips: image conversions in jailed children of one parent that has libvips loaded. The parent never runs
// a pipeline, not even to warm up: libvips keeps a pipeline's threads for a while, fork() copies its list of idle
// threads but not the threads, and a child's first pipeline would wait for one of them for ever.
#include <fontconfig/fontconfig.h>

#include <cstdlib>

#include "engines/vips/worker/convert.hpp"
#include "engines/vips/worker/overlay.hpp"
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
    RECAST_TRY(auto order, vips::Order::parse(job.request));
    // The picture; for a stamp on it the stamp and its place, too.
    if (job.inputs.size() != (order.overlay ? 3U : 1U) || job.outputs.size() != 1) {
      return recast::fail(recast::ErrorCode::internal, "The image worker got other files than it wants.");
    }
    std::vector<std::vector<char>> files;
    for (const int input : job.inputs) {
      RECAST_TRY(auto file, worker::read_all(input, kLargestInput));
      files.push_back(std::move(file));
    }
    if (order.overlay) {
      RECAST_TRY(order.stamp, vips::read_overlay(bytes_of(files[1]), {files[2].data(), files[2].size()}));
    }
    return vips::convert(bytes_of(files.front()), job.outputs.front(), order, job.percent);
  }

 private:
  static vips::Bytes bytes_of(const std::vector<char>& file) {
    return {reinterpret_cast<const unsigned char*>(file.data()), file.size()};
  }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<VipsWorker>(); });
}
