#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_handle.hpp"
#include "engines/libreoffice/samples.hpp"
#include "engines/libreoffice/worker/conversion.hpp"
#include "engines/libreoffice/worker/hot_pages.hpp"
#include "engines/libreoffice/worker/kit.hpp"
#include "worker/worker.hpp"

/// recast-worker-office: LibreOffice, resident. The parent loads it once, converts small documents of its own until all
/// that a conversion needs is in memory, and then serves; each job has a fresh, jailed copy of it.
///   --install=FOLDER     of LibreOffice, /usr/lib/libreoffice if empty or missing
///   --locale=en-GB       decides the paper size and the formats of numbers where a file names none
///   --max-pixels=N       of one page that is to become an image
namespace recast::libreoffice {

namespace {

namespace json = boost::json;

struct Sample {
  const char* format;
  const char* target;
  std::string bytes;
};

std::vector<Sample> samples() {
  constexpr std::string_view kText = "The quick brown fox jumps over the lazy dog 0123456789";
  return {
      {"docx", "pdf", docx_sample(kText)}, {"xlsx", "pdf", xlsx_sample(kText)}, {"pptx", "pdf", pptx_sample(kText)},
      {"odt", "pdf", odt_sample(kText)},   {"docx", "odt", docx_sample(kText)}, {"odt", "docx", odt_sample(kText)},
  };
}

class OfficeWorker final : public worker::Worker {
 public:
  explicit OfficeWorker(const std::map<std::string, std::string>& arguments) {
    const auto value = [&](const char* name) {
      const auto found = arguments.find(name);
      return found == arguments.end() ? std::string() : found->second;
    };
    if (const auto text = value("install"); !text.empty()) install_ = text;
    if (const auto text = value("locale"); !text.empty()) locale_ = text;
    const auto pixels = value("max-pixels");
    std::from_chars(pixels.data(), pixels.data() + pixels.size(), most_pixels_);
  }

  worker::Profile profile() const override {
    hot_.open_proc();  // later the parent cannot see it any more
    return {.readable = {install_, "/etc/libreoffice", "/etc/fonts", "/var/cache/fontconfig"}};
  }

  Result<> run(const fs::path& scratch, const std::function<void(std::string)>& serve) override {
    const auto work = [&](Kit& kit) -> Result<> {
      kit_ = &kit;
      RECAST_CHECK(warm_up(scratch));
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {  // the first PDF export leaves children
      }
      serve(kit.version());
      return {};
    };
    return std::unexpected(Kit::run({.install = install_, .locale = locale_, .scratch = scratch}, work));
  }

  Result<> prepare(const fs::path& scratch, const std::function<bool()>& job_waits) override {
    Kit::set_temporary_folder(scratch);
    hot_.touch(job_waits);
    return {};
  }

  Result<json::object> convert(worker::Job& job) override {
    if (job.inputs.size() != 1 || job.outputs.size() != 1) {
      return fail(ErrorCode::internal, "an office job has one input and one output");
    }
    return libreoffice::convert(*kit_,
                                {.request = job.request,
                                 .input = job.inputs.front(),
                                 .output = job.outputs.front(),
                                 .scratch = job.scratch,
                                 .most_pixels = most_pixels_,
                                 .letter = locale_ == "en-US" || locale_ == "en-CA",
                                 .percent = job.percent},
                                After::keep);
  }

 private:
  /// Twice: the first time loads libraries and fills caches, the second brings the heap into its later shape.
  Result<> warm_up(const fs::path& scratch) {
    const auto all = samples();
    for (int pass = 0; pass < 2; ++pass) {
      for (const auto& sample : all) RECAST_CHECK(try_sample(sample, scratch, After::close));
    }
    kit_->settle();
    ::malloc_trim(0);
    std::vector<std::function<void()>> tasks;
    for (const auto& sample : all) {
      tasks.emplace_back([&] { (void)try_sample(sample, scratch, After::keep); });
    }
    hot_.learn(tasks);
    return {};
  }

  Result<> try_sample(const Sample& sample, const fs::path& scratch, After after) const {
    const UniqueFd in(::memfd_create("sample", MFD_CLOEXEC));
    const UniqueFd out(::memfd_create("result", MFD_CLOEXEC));
    if (!in || !out) return std::unexpected(from_errno(errno, "memfd_create"));
    RECAST_CHECK(worker::write_all(in.get(), sample.bytes));
    Conversion conversion{.request = {{"from", sample.format}, {"to", sample.target}},
                          .input = in.get(),
                          .output = out.get(),
                          .scratch = scratch};
    if (const auto done = libreoffice::convert(*kit_, conversion, after); !done) {
      return fail(ErrorCode::internal, fmt::format("LibreOffice fails to convert a small {} to {}: {}", sample.format,
                                                   sample.target, done.error().message));
    }
    return {};
  }

  fs::path install_ = "/usr/lib/libreoffice";
  std::string locale_ = "en-GB";
  std::uint64_t most_pixels_ = 300'000'000;
  const Kit* kit_ = nullptr;
  mutable HotPages hot_;  // opened in profile(), the last moment for it
};

}  // namespace
}  // namespace recast::libreoffice

int main(int argc, char** argv) {
  return recast::worker::run_worker(argc, argv, [](const std::map<std::string, std::string>& arguments) {
    return std::make_unique<recast::libreoffice::OfficeWorker>(arguments);
  });
}
