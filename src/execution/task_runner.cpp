#include "execution/task_runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <cerrno>

#include "base/log.hpp"
#include "base/unique_handle.hpp"
#include "execution/hash.hpp"
#include "execution/pages.hpp"
#include "execution/terms.hpp"
#include "format/format.hpp"

namespace recast::execution {

namespace json = boost::json;

namespace {

/// A task's private folder; removed with all it holds when the task is over, however it ended.
class WorkFolder {
 public:
  static Result<std::unique_ptr<WorkFolder>> open(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);  // a killed server may have left one
    fs::create_directories(path / "input", error);
    if (error) return std::unexpected(from_errno(error.value(), "making a work folder"));
    return std::unique_ptr<WorkFolder>(new WorkFolder(path));
  }
  ~WorkFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
    if (error)
      log::warning("a work folder could not be removed", {{"folder", path_.string()}, {"cause", error.message()}});
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

class Context final : public operation::TaskContext {
 public:
  Context(const store::Claim& claim, Means& means, const fs::path& work, operation::Files inputs, Deadline deadline,
          std::stop_token stop, std::function<void(int, std::string_view)> report)
      : claim_(claim),
        means_(means),
        work_(work),
        deadline_(deadline),
        stop_(std::move(stop)),
        progress_(std::move(report)),
        net_(means.net.on_behalf_of({claim.task.operation, claim.task.id.str()})),
        catalogue_(means.catalogue()) {
    for (auto& file : inputs) (file.option == "input" ? inputs_ : others_).push_back(std::move(file));
  }

  const TaskId& id() const override { return claim_.task.id; }
  int attempt() const override { return claim_.attempt; }
  Time created() const override { return claim_.task.created; }
  const std::string& name() const override {
    return claim_.task.name.empty() ? claim_.task.id.str() : claim_.task.name;
  }
  const std::string& operation() const override { return claim_.task.operation; }
  const operation::Files& inputs() const override { return inputs_; }
  operation::Files inputs(std::string_view option) const override {
    operation::Files result;
    std::ranges::copy_if(others_, std::back_inserter(result), [&](const auto& file) { return file.option == option; });
    return result;
  }
  std::pair<std::string, std::string> ran_by() const override { return {engine_, version_}; }
  const fs::path& work() const override { return work_; }
  std::stop_token stop() const override { return stop_; }
  Deadline deadline() const override { return deadline_; }
  std::optional<std::uint64_t> largest_file() const override { return claim_.task.terms.largest_file; }
  void progress(int percent, std::string_view message) override { progress_(percent, message); }
  void ran(std::string_view engine, std::string_view version) override {
    engine_ = engine;
    version_ = version;
  }
  const engine::Catalogue& catalogue() const override { return *catalogue_; }
  net::Client& net() override { return net_ ? *net_ : means_.net; }

  json::object& report() override { return report_; }
  json::object& result() override { return result_; }

  Result<operation::Executed> execute(const operation::Execution& execution) override {
    const int span = execution.percent_to - execution.percent_from;
    return means_.executor.execute(
        {.execution = &execution,
         .folder = work_ / fmt::format("run-{}", ++runs_),
         .deadline = deadline_,
         .stop = stop_,
         .on_percent = [this, &execution,
                        span](int percent) { progress_(execution.percent_from + span * percent / 100, {}); },
         .report = &report_,
         .net = &net()});
  }

  std::string magic(const fs::path& file) override {
    const UniqueFd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!input) return {};
    const process::WorkerJob job{
        .request = "{}", .inputs = {input.get()}, .outputs = {}, .limits = {}, .on_percent = {}};
    const auto reply = means_.executor.workers().run("inspect", job, Deadline::in(std::chrono::seconds(10)), stop_);
    if (!reply) return {};
    boost::system::error_code error;
    const auto answer = boost::json::parse(reply->result, error);
    const auto* mime = error || !answer.is_object() ? nullptr : answer.get_object().if_contains("mime");
    return mime != nullptr && mime->is_string() ? std::string(mime->get_string()) : std::string();
  }

  Result<std::optional<operation::File>> own_file(std::string_view url) override {
    if (!means_.own_file) return std::optional<operation::File>();
    RECAST_TRY(const auto stored, means_.own_file(url));
    if (!stored) return std::optional<operation::File>();
    const auto path = work_ / fmt::format("own-{}", ++runs_);
    RECAST_TRY(const auto key, storage::Key::parse(stored->storage_key));
    RECAST_CHECK(means_.storage.get(key, path));
    return std::optional(operation::File{stored->name, {}, stored->size, path});
  }

  const std::string& engine() const { return engine_; }
  const std::string& version() const { return version_; }

 private:
  const store::Claim& claim_;
  Means& means_;
  fs::path work_;
  operation::Files inputs_;
  operation::Files others_;  ///< named by other options than `input`
  Deadline deadline_;
  std::stop_token stop_;
  std::function<void(int, std::string_view)> progress_;
  std::unique_ptr<net::Client> net_;  ///< under the rules of this operation
  std::shared_ptr<const engine::Catalogue> catalogue_;
  std::string engine_;
  std::string version_;
  json::object report_;
  json::object result_;
  int runs_ = 0;
};

/// What of an error is for the client. A fault of ours may speak of folders and programs: that is for the log. A lack
/// of descriptors or processes passes, so the task may be tried again.
Error task_error(const store::Claim& claim, Error error) {
  switch (error.code) {
    case ErrorCode::unavailable:
      log::warning("a task could not be worked on", {{"task", claim.task.id.str()}, {"cause", error.message}});
      return {ErrorCode::worker_lost, "The server was short of resources.", {}};
    case ErrorCode::disk_full:
      log::error("the disk is full", {{"task", claim.task.id.str()}, {"cause", error.message}});
      return {ErrorCode::disk_full, "The server's disk is full.", {}};
    case ErrorCode::internal:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
      log::error("a task failed by a fault of the server", {{"task", claim.task.id.str()}, {"cause", error.message}});
      return {ErrorCode::internal, "The server could not do this. Its log says why.", {}};
    default:
      return error;
  }
}

/// By the name that the client used or the engine's own.
bool is_deprecated(const engine::Catalogue& catalogue, std::string_view engine, std::string_view version) {
  return std::ranges::any_of(catalogue.installations(engine), [&](const engine::Installation* one) {
    return one->deprecated && one->version == version;
  });
}

class Runner final : public scheduler::TaskRunner {
 public:
  explicit Runner(Means means) : means_(std::move(means)) {}

  store::Ending run(const store::Claim& claim, Deadline deadline, std::stop_token stop,
                    std::function<void(int, std::string_view)> progress) override {
    store::Ending ending;
    ending.engine = claim.task.engine;
    ending.engine_version = claim.task.engine_version;
    Result<> done;
    try {
      done = attempt(claim, deadline, stop, std::move(progress), ending);
    } catch (...) {
      forget(ending.files);
      throw;
    }
    if (done) return ending;
    forget(ending.files);
    ending.error = stop.stop_requested() && done.error().code != ErrorCode::worker_lost
                       ? Error{ErrorCode::cancelled, "Task has been cancelled", {}}
                       : task_error(claim, std::move(done).error());
    ending.files.clear();
    return ending;
  }

 private:
  Result<> attempt(const store::Claim& claim, Deadline deadline, const std::stop_token& stop,
                   std::function<void(int, std::string_view)> progress, store::Ending& ending) {
    const auto* operation = means_.operations.find(claim.task.operation);
    if (operation == nullptr || !operation->run) {
      return fail(ErrorCode::internal, fmt::format("The operation {} cannot be run.", claim.task.operation));
    }
    RECAST_TRY(const auto folder,
               WorkFolder::open(means_.work / fmt::format("{}.{}", claim.task.id.str(), claim.attempt)));
    RECAST_TRY(auto inputs, fetch(claim, *operation, folder->path()));
    Context context(claim, means_, folder->path(), std::move(inputs), deadline, stop, std::move(progress));
    auto outcome = operation->run(context, claim.task.payload);
    ending.report = std::move(context.report());
    ending.extra = std::move(context.result());
    if (!context.engine().empty()) {
      ending.engine = context.engine();
      ending.engine_version = context.version();
      ending.engine_deprecated = is_deprecated(*means_.catalogue(), ending.engine, ending.engine_version);
    }
    if (!outcome) return std::unexpected(std::move(outcome).error());
    RECAST_CHECK(within_terms(claim.task.operation, claim.task.terms, outcome->files));
    if (!ending.report.empty()) {
      RECAST_CHECK(add_hashes(outcome->files, stop, ending.report));
      add_pages(context.inputs(), outcome->files, stop, ending.report);
    }
    RECAST_TRY(const auto md5, admit(claim, outcome->files, stop, ending));
    RECAST_CHECK(keep(claim, outcome->files, md5, ending.files));
    for (auto& member : outcome->extra) ending.extra.insert_or_assign(member.key(), std::move(member.value()));
    ending.message = std::move(outcome->message);
    if (ending.engine_deprecated) {
      ending.message += fmt::format("{}{} {} is deprecated.", ending.message.empty() ? "" : " ", ending.engine,
                                    ending.engine_version);
    }
    return {};
  }

  /// Links the inputs from the storage into the work folder, under numbers of ours.
  Result<operation::Files> fetch(const store::Claim& claim, const operation::Operation& operation,
                                 const fs::path& folder) {
    operation::Files files;
    RECAST_TRY(const auto references, job::references_of(claim.task.payload, operation));
    for (const auto& input : claim.inputs) {
      const auto& stored = input.file;
      const auto path = folder / "input" / std::to_string(files.size() + 1);
      RECAST_TRY(const auto key, storage::Key::parse(stored.storage_key));
      const auto status = means_.storage.get(key, path);
      if (!status && status.error().code == ErrorCode::not_found)
        return fail(ErrorCode::input_task_failed, "A file of an input task is gone.");
      if (!status) return std::unexpected(status.error());
      const auto& option = references.at(input.dependency).field;
      files.push_back({stored.name, stored.dir, status->size, path, input.task, option});
    }
    return files;
  }

  /// Into the sandbox come only files that may be there; they are looked at before anything else gets them, since the
  /// storage may be another's. Their MD5, in order; nothing for what does not come into the sandbox.
  Result<std::vector<std::string>> admit(const store::Claim& claim, const operation::Files& files,
                                         const std::stop_token& stop, store::Ending& ending) {
    std::vector<std::string> all;
    if (!claim.task.sandbox || !job::brings_files(claim.task.operation)) return all;
    std::vector<job::StoredFile> seen;
    for (const auto& file : files) {
      RECAST_TRY(auto md5, md5_of(file.path, stop));
      seen.push_back({format::clean_file_name(file.name), file.dir, file.size, md5, {}});
      all.push_back(std::move(md5));
    }
    RECAST_TRY(auto refusal, means_.sandbox_refusal(claim.task.user, seen));
    if (!refusal) return all;
    ending.extra = std::move(refusal->extra);
    return std::unexpected(*std::move(refusal->error));
  }

  /// Stores the outputs. `md5` may be shorter than the files are many: of the others it is not known.
  Result<> keep(const store::Claim& claim, const operation::Files& files, const std::vector<std::string>& md5,
                std::vector<job::StoredFile>& stored) {
    std::vector<storage::Deposit> deposits;
    for (const auto& file : files) {
      struct stat status {};
      if (::stat(file.path.c_str(), &status) != 0) return std::unexpected(from_errno(errno, "an output"));
      RECAST_TRY(auto key,
                 storage::Key::parse(fmt::format("{}/{}-{}", claim.task.id.str(), claim.attempt, stored.size() + 1)));
      stored.push_back({format::clean_file_name(file.name), file.dir, static_cast<std::uint64_t>(status.st_size),
                        stored.size() < md5.size() ? md5[stored.size()] : std::string(), key.str()});
      deposits.push_back({std::move(key), file.path});
    }
    return means_.storage.put_all(deposits);
  }

  /// SHA-256 of each output, for tasks that an engine worked on.
  static Result<> add_hashes(const operation::Files& files, const std::stop_token& stop, json::object& report) {
    json::array list;
    for (const auto& file : files) {
      RECAST_TRY(auto hash, sha256_of(file.path, stop));
      json::object one{{"filename", format::clean_file_name(file.name)}, {"size", file.size}, {"sha256", hash}};
      if (!file.dir.empty()) one["dir"] = file.dir;
      list.push_back(std::move(one));
    }
    report["files"] = std::move(list);
    return {};
  }

  /// Pages of the inputs and outputs, where they are known.
  void add_pages(const operation::Files& inputs, const operation::Files& outputs, const std::stop_token& stop,
                 json::object& report) {
    auto all = inputs;
    all.insert(all.end(), outputs.begin(), outputs.end());
    const auto pages = count_pages(means_.executor.workers(), all, stop);
    json::array told;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      told.push_back(json::object{{"filename", inputs[i].name}, {"size", inputs[i].size}});
      if (pages[i]) told.back().get_object()["pages"] = *pages[i];
    }
    report["inputs"] = std::move(told);
    auto& files = report.at("files").get_array();
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (const auto& count = pages[inputs.size() + i]) files[i].get_object()["pages"] = *count;
    }
  }

  /// Files of an attempt that failed are no one's. What cannot be removed now is removed later.
  void forget(const std::vector<job::StoredFile>& files) {
    std::vector<std::string> left;
    for (const auto& file : files) {
      const auto key = storage::Key::parse(file.storage_key);
      if (key && !means_.storage.remove(*key)) left.push_back(file.storage_key);
    }
    if (!left.empty() && means_.abandon) means_.abandon(left);
  }

  Means means_;
};

}  // namespace

std::unique_ptr<scheduler::TaskRunner> make_task_runner(Means means) {
  return std::make_unique<Runner>(std::move(means));
}

}  // namespace recast::execution
