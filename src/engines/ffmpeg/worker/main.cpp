// recast-worker-ffmpeg: cuts subtitles to the film they go into, which ffmpeg itself would make as long as the last of
// them.
#include <charconv>
#include <optional>
#include <string_view>

#include "engines/ffmpeg/worker/cues.hpp"
#include "worker/worker.hpp"

namespace {

using recast::ErrorCode;
using recast::Result;
namespace worker = recast::worker;

constexpr std::uint64_t kLongestLook = 64ULL << 10, kLongestSubtitles = 64ULL << 20;

std::optional<double> number_of(const worker::json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

/// Of ffprobe's "duration=12.5"; a film that does not tell it is taken for endless.
double length_of(std::string_view look) {
  constexpr std::string_view key = "duration=";
  double seconds = 0;
  if (look.starts_with(key)) std::from_chars(look.data() + key.size(), look.data() + look.size(), seconds);
  return seconds > 0 && seconds < 1e6 ? seconds : 1e6;
}

/// Inputs: what ffprobe said of the film, and SubRip subtitles.
class Cutter final : public worker::Worker {
 public:
  worker::Profile profile() const override { return {.scratch_bytes = 1 << 20, .codec = true}; }

  Result<> run(const worker::fs::path&, const std::function<void(std::string version)>& serve) override {
    serve("1");
    return {};
  }

  Result<worker::json::object> convert(worker::Job& job) override {
    if (job.inputs.size() != 2 || job.outputs.size() != 1)
      return recast::fail(ErrorCode::internal, "The worker for subtitles takes a length and subtitles.");
    RECAST_TRY(const auto look, worker::read_all(job.inputs[0], kLongestLook));
    RECAST_TRY(const auto subtitles, worker::read_all(job.inputs[1], kLongestSubtitles));
    const auto start = number_of(job.request, "start").value_or(0);
    const auto length = length_of({look.data(), look.size()});
    const auto end = std::min(number_of(job.request, "end").value_or(length), length);
    const auto cut = recast::engines::ffmpeg::cut_cues({subtitles.data(), subtitles.size()}, start, end);
    if (cut.empty())
      return recast::fail(ErrorCode::conversion_failed, "None of the subtitles lies within the film.", "subtitles");
    RECAST_CHECK(worker::write_all(job.outputs[0], cut));
    return worker::json::object{};
  }
};

}  // namespace

int main(int argc, char** argv) {
  return worker::run_worker(argc, argv, [](const auto&) { return std::make_unique<Cutter>(); });
}
