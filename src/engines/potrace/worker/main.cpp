// recast-worker-potrace: traces images of few colours, in jailed children.
#include <potracelib.h>

#include <string_view>

#include "engines/potrace/worker/trace.hpp"
#include "schema/parse.hpp"
#include "worker/worker.hpp"

namespace {

using recast::Result;
namespace potrace = recast::engines::potrace;
namespace worker = recast::worker;

constexpr std::uint64_t kLargestInput = 400ULL << 20;

class PotraceWorker final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.codec = true}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    const std::string_view version = ::potrace_version();  // "potracelib 1.16"
    serve(std::string(version.substr(version.rfind(' ') + 1, 10)));
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    if (job.inputs.size() != 1 || job.outputs.size() != 1)
      return recast::fail(recast::ErrorCode::internal, "The tracing worker takes one input and one output.");
    RECAST_TRY(const auto options, recast::schema::parse<potrace::Options>(job.request));
    RECAST_TRY(const auto bytes, worker::read_all(job.inputs.front(), kLargestInput));
    RECAST_TRY(const auto pixmap, potrace::Pixmap::parse(bytes));
    RECAST_TRY(const auto svg, potrace::trace(pixmap, options, job.percent));
    RECAST_CHECK(worker::write_all(job.outputs.front(), svg));
    return worker::json::object{{"colours", pixmap.colours.size()}};
  }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<PotraceWorker>(); });
}
