// recast-worker-pdf2office: what programs wrote about a PDF's pages becomes an office document. It parses what was made
// of a stranger's file, so each document has a jailed child of its own.
#include <clocale>

#include "engines/pdf2office/worker/jobs.hpp"

namespace {

using recast::Result;
namespace worker = recast::worker;

constexpr auto* kVersion = "1.0";

class PdfToOfficeWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.scratch_bytes = 16 << 20, .codec = true}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    // libarchive converts names by the locale.
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr)
      return recast::fail(recast::ErrorCode::unavailable, "There is no UTF-8 locale.");
    serve(kVersion);
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override { return recast::engines::pdf2office::run(job); }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<PdfToOfficeWorker>(); });
}
