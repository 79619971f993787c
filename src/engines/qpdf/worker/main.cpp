// recast-worker-qpdf: PDF documents joined, taken apart, turned, encrypted and decrypted in jailed children of one
// parent that has libqpdf loaded.
#include <malloc.h>

#include <qpdf/QPDF.hh>

#include "engines/qpdf/worker/jobs.hpp"
#include "worker/worker.hpp"

namespace {

using recast::Result;
namespace worker = recast::worker;

class QpdfWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.scratch_bytes = 1 << 20, .codec = true}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    // A job may make and free a document a thousand times: memory given back would be asked for again at once.
    constexpr int kMostIdle = 256 << 20;
    ::mallopt(M_TRIM_THRESHOLD, kMostIdle);
    serve(QPDF::QPDFVersion());
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override { return recast::engines::qpdf::run_job(job); }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<QpdfWorker>(); });
}
