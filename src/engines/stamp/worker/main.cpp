// recast-worker-stamp: watermarks drawn in jailed children of one parent that has Pango, Cairo and librsvg loaded. The
// parent draws nothing, not even to warm up: Pango looks for fonts in a thread, which fork() does not copy, and a child
// would wait for it for ever.
#include <cairo.h>
#include <fontconfig/fontconfig.h>

#include <cstdlib>

#include "engines/stamp/worker/jobs.hpp"

namespace {

using recast::Result;
namespace worker = recast::worker;

class StampWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.readable = {"/etc/fonts"}, .codec = true}; }

  Result<> run(const worker::fs::path& scratch, const std::function<void(std::string version)>& serve) override {
    ::setenv("XDG_CACHE_HOME", scratch.c_str(), 1);
    FcInit();
    serve(cairo_version_string());
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override { return recast::engines::stamp::run_job(job); }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<StampWorker>(); });
}
