#include "test_operations.hpp"

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "../support/temporary_folder.hpp"
#include "base/text.hpp"
#include "storage/digest.hpp"
#include "store/sandbox_files.hpp"

namespace recast::api_test {

namespace fs = std::filesystem;
using operation::Load;
using operation::Outcome;
using operation::TaskContext;

namespace {

struct None {
  std::string note;
  std::string output_format = "pdf";
  static constexpr auto fields =
      std::tuple{schema::field(&None::note, "note", "Anything."),
                 schema::field(&None::output_format, "output_format", "Not used.", {.aliases = {"outputformat"}})};
};

struct Copy {
  std::string filename;
  std::string password;
  int width = 0;
  std::vector<std::string> labels;
  static constexpr auto fields = std::tuple{
      schema::field(&Copy::filename, "filename", "Name of the copy."),
      schema::field(&Copy::password, "password", "Not used.", {.secret = true}),
      schema::field(&Copy::width, "width", "Not used.", {.min = 1, .max = 100}),
      schema::field(&Copy::labels, "labels", "Not used."),
  };
};

struct Body {
  std::string file;
  std::string filename;
  static constexpr auto fields = std::tuple{
      schema::field(&Body::file, "file", "The content.", {.required = true, .verbatim = true, .secret = true}),
      schema::field(&Body::filename, "filename", "Name of the file.", {.required = true}),
  };
};

struct Upload {
  std::string redirect;
  static constexpr auto fields = std::tuple{schema::field(&Upload::redirect, "redirect", "Where the browser goes.")};
};

struct ExportUrl {
  bool is_inline = false;
  static constexpr auto fields = std::tuple{schema::field(&ExportUrl::is_inline, "inline", "Shown, not saved.")};
};

Result<Outcome> copy(TaskContext& task, const Copy& options) {
  Outcome outcome{.files = task.inputs(), .extra = {}, .message = {}};
  for (auto& file : outcome.files) {
    if (file.name.contains("broken")) return fail(ErrorCode::open_failed, "The file is damaged.");
    if (!options.filename.empty()) file.name = options.filename;
  }
  task.ran("copier", "1.0");
  return outcome;
}

Result<Outcome> hang(TaskContext& task, const None&) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, task.stop(), task.deadline().at(), [] { return false; });
  return fail(ErrorCode::cancelled, "Stopped.");
}

Result<Outcome> write_file(TaskContext& task, const std::string& name, std::string_view content) {
  const auto path = task.work() / "out";
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  return Outcome{.files = {{name, "", content.size(), path}}, .extra = {}, .message = {}};
}

Result<Outcome> raw(TaskContext& task, const Body& options) { return write_file(task, options.filename, options.file); }

Result<Outcome> base64(TaskContext& task, const Body& options) {
  const auto content = from_base64(options.file);
  if (!content) return fail(ErrorCode::invalid_data, "The file is not base64.", "file");
  return write_file(task, options.filename, *content);
}

Result<Outcome> export_url(TaskContext& task, const ExportUrl&) {
  return Outcome{.files = task.inputs(), .extra = {}, .message = {}};
}

Result<> add_unless_known(operation::Registry& registry, operation::Operation operation) {
  return registry.find(operation.name) == nullptr ? registry.add(std::move(operation)) : Result<>{};
}

class Context final : public TaskContext {
 public:
  Context(const store::Claim& claim, const fs::path& work, Deadline deadline, std::stop_token stop,
          const engine::Catalogue& catalogue)
      : claim_(claim), work_(work), deadline_(deadline), stop_(std::move(stop)), catalogue_(catalogue) {}

  const TaskId& id() const override { return claim_.task.id; }
  const std::string& name() const override { return claim_.task.name.empty() ? id().str() : claim_.task.name; }
  const std::string& operation() const override { return claim_.task.operation; }
  const operation::Files& inputs() const override { return inputs_; }
  operation::Files inputs(std::string_view) const override { return {}; }
  std::pair<std::string, std::string> ran_by() const override { return {engine_, version_}; }
  const fs::path& work() const override { return work_; }
  std::stop_token stop() const override { return stop_; }
  Deadline deadline() const override { return deadline_; }
  void progress(int, std::string_view) override {}
  void ran(std::string_view engine, std::string_view version) override {
    engine_ = engine;
    version_ = version;
  }
  const engine::Catalogue& catalogue() const override { return catalogue_; }
  boost::json::object& report() override { return report_; }
  boost::json::object& result() override { return result_; }
  Result<operation::Executed> execute(const operation::Execution&) override {
    return fail(ErrorCode::conversion_failed, "There are no engines here.");
  }
  std::string magic(const fs::path&) override { return {}; }
  net::Client& net() override { throw std::logic_error("there is no network here"); }
  Result<std::optional<operation::File>> own_file(std::string_view) override { return std::nullopt; }

  operation::Files inputs_;
  std::string engine_, version_;
  boost::json::object report_;
  boost::json::object result_;

 private:
  const store::Claim& claim_;
  const fs::path& work_;
  const Deadline deadline_;
  const std::stop_token stop_;
  const engine::Catalogue& catalogue_;
};

std::string md5_of(const fs::path& file) { return to_hex(storage::md5(test::read_file(file))); }

std::vector<job::StoredFile> described(const operation::Files& files) {
  std::vector<job::StoredFile> list;
  for (const auto& file : files) list.push_back({file.name, file.dir, file.size, md5_of(file.path), {}});
  return list;
}

class Runner final : public scheduler::TaskRunner {
 public:
  Runner(const operation::Registry& operations, storage::Storage& storage, store::SandboxFiles& sandbox, fs::path work,
         const engine::Catalogue& catalogue)
      : operations_(operations), storage_(storage), sandbox_(sandbox), work_(std::move(work)), catalogue_(catalogue) {}

  store::Ending run(const store::Claim& claim, Deadline deadline, std::stop_token stop,
                    std::function<void(int, std::string_view)>) override {
    const auto folder = work_ / (claim.task.id.str() + "-" + std::to_string(claim.attempt));
    fs::create_directories(folder);
    auto ending = run_in(folder, claim, deadline, std::move(stop));
    fs::remove_all(folder);
    if (ending) return *std::move(ending);
    store::Ending failed;
    failed.error = std::move(ending).error();
    return failed;
  }

 private:
  Result<store::Ending> run_in(const fs::path& folder, const store::Claim& claim, Deadline deadline,
                               std::stop_token stop) {
    const auto* const operation = operations_.find(claim.task.operation);
    Context context(claim, folder, deadline, std::move(stop), catalogue_);
    for (const auto& input : claim.inputs) {
      const auto path = folder / ("in-" + std::to_string(context.inputs_.size()));
      RECAST_TRY(const auto key, storage::Key::parse(input.file.storage_key));
      RECAST_TRY(const auto stat, storage_.get(key, path));
      context.inputs_.push_back({input.file.name, input.file.dir, stat.size, path});
    }
    RECAST_TRY(auto outcome, operation->run(context, claim.task.payload));
    store::Ending ending;
    if (claim.task.sandbox && job::brings_files(claim.task.operation)) {
      RECAST_TRY(auto refusal, sandbox_.refusal(claim.task.user, described(outcome.files)));
      if (refusal) return *std::move(refusal);
    }
    for (const auto& file : outcome.files) {
      const auto text =
          claim.task.id.str() + "/" + std::to_string(claim.attempt) + "-" + std::to_string(ending.files.size());
      RECAST_TRY(const auto key, storage::Key::parse(text));
      const auto copy = folder / ("out-" + std::to_string(ending.files.size()));
      fs::copy_file(file.path, copy);
      RECAST_CHECK(storage_.put(key, copy));
      ending.files.push_back({file.name, file.dir, file.size, md5_of(file.path), text});
    }
    ending.extra = std::move(outcome.extra);
    ending.message = std::move(outcome.message);
    ending.engine = context.engine_;
    ending.engine_version = context.version_;
    return ending;
  }

  const operation::Registry& operations_;
  storage::Storage& storage_;
  store::SandboxFiles& sandbox_;
  const fs::path work_;
  const engine::Catalogue& catalogue_;
};

}  // namespace

Result<> add_operations(operation::Registry& registry) {
  RECAST_CHECK(operations::register_all(registry));
  operation::Operation copying{.name = "test/copy", .summary = "Copies.", .load = Load::cpu};
  copying.engine_of = [](const auto&, const auto&) { return std::pair<std::string, std::string>(); };
  copying.records = [](const engine::Catalogue&) {
    return std::vector<operation::Record>{
        {.from = "txt", .to = "pdf", .engine = nullptr, .engine_name = "copier"},
        {.from = "txt", .to = "pdf", .engine = nullptr, .engine_name = "other", .is_default = false}};
  };
  RECAST_CHECK(registry.add(operation::define<Copy>(std::move(copying), &copy)));
  RECAST_CHECK(registry.add(operation::define<None>(
      {.name = "test/hang", .summary = "Never ends.", .load = Load::cpu, .needs_input = false}, &hang)));
  RECAST_CHECK(add_unless_known(
      registry, operation::define<Body>(
                    {.name = "import/raw", .summary = "Text.", .load = Load::light, .needs_input = false}, &raw)));
  RECAST_CHECK(add_unless_known(
      registry,
      operation::define<Body>({.name = "import/base64", .summary = "Bytes.", .load = Load::light, .needs_input = false},
                              &base64)));
  RECAST_CHECK(add_unless_known(
      registry,
      operation::define<ExportUrl>({.name = "export/url", .summary = "Links.", .load = Load::light}, &export_url)));
  return add_unless_known(
      registry,
      operation::define<Upload>(
          {.name = "import/upload", .summary = "A form.", .load = Load::none, .needs_input = false}, nullptr));
}

std::unique_ptr<scheduler::TaskRunner> make_runner(const operation::Registry& operations, storage::Storage& storage,
                                                   store::SandboxFiles& sandbox, std::filesystem::path work,
                                                   const engine::Catalogue& catalogue) {
  return std::make_unique<Runner>(operations, storage, sandbox, std::move(work), catalogue);
}

}  // namespace recast::api_test
