// recast-worker-archive: archives are read and written in jailed children of one parent that has libarchive loaded.
#include <archive.h>

#include <clocale>

#include "engines/archivetool/worker/names.hpp"
#include "engines/archivetool/worker/tasks.hpp"
#include "engines/archivetool/worker/temporary.hpp"

namespace {

using recast::Result;
namespace archivetool = recast::engines::archivetool;
namespace worker = recast::worker;

// What the API calls this engine's version, whatever library does the work.
constexpr auto* kVersion = "1.0";

class ArchiveWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.scratch_bytes = 16 << 20, .codec = true}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    // libarchive converts names by the locale.
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr)
      return recast::fail(recast::ErrorCode::unavailable, "There is no UTF-8 locale.");
    archivetool::load_code_pages();
    serve(kVersion);
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    if (job.outputs.size() == 3) archivetool::use_temporary_file(job.outputs[2]);
    RECAST_TRY(auto answer, archivetool::run(job));
    answer["report"] = worker::json::object{{"library", archive_version_string()}};
    return answer;
  }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<ArchiveWorker>(); });
}
