#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "job/job.hpp"
#include "schema/body.hpp"

namespace {

using namespace recast;

struct Options {
  std::string output_format;
  int width = 0;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::output_format, "output_format", "Target."),
      schema::field(&Options::width, "width", "Width.", {.min = 1, .max = 100}),
  };
};
Result<operation::Outcome> run(operation::TaskContext&, const Options&) { return operation::Outcome{}; }

operation::Registry make_registry() {
  operation::Registry registry;
  for (const auto* name : {"import/url", "convert", "export/url"}) {
    operation::Operation base{
        .name = name, .summary = "A test.", .needs_input = name[0] != 'i', .references = {"subtitles"}};
    if (!registry.add(operation::define<Options>(std::move(base), &run))) std::abort();
  }
  return registry;
}

/// The tasks of an accepted job, settled as they end one after the other, every third in error.
void play(const job::JobSpec& spec) {
  job::Job job;
  for (const auto& one : spec.tasks) {
    job::Task task;
    task.id = TaskId(one.name);
    task.ignore_error = one.ignore_error;
    for (const auto& input : one.inputs) task.depends_on.emplace_back(input);
    job.tasks.push_back(std::move(task));
  }
  job::settle(job, {});
  for (std::size_t round = 0; round <= job.tasks.size() && !job::is_terminal(job.status); ++round) {
    for (auto& task : job.tasks) {
      if (!task.ready || task.status != job::Status::waiting) continue;
      task.status = (&task - job.tasks.data()) % 3 == 2 ? job::Status::error : job::Status::finished;
      task.files.resize(1);
      job::settle(job, {});
    }
  }
  if (!job::is_terminal(job.status)) std::abort();  // every accepted job comes to an end
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto registry = make_registry();
  static const engine::Catalogue catalogue({});
  const auto body = schema::parse_body({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  const auto spec = job::parse_job(*body, registry, catalogue, {.tasks_per_job = 50});
  if (spec) {
    play(*spec);
  } else if (spec.error().field.empty() || spec.error().message.empty()) {
    std::abort();
  }
  return 0;
}
