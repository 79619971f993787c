#pragma once

#include <algorithm>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../../tests/support/temporary_folder.hpp"
#include "net/client.hpp"
#include "net/session.hpp"
#include "operation/operation.hpp"
#include "operation/registry.hpp"

namespace recast::operation::test {

/// An engine that a test describes; its plan remembers the request and has one step and one output pattern.
class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(engine::Info info) : Engine(std::move(info)) {}
  FakeEngine(std::string name, std::vector<engine::Conversion> conversions, std::vector<schema::FieldInfo> options = {})
      : FakeEngine(engine::Info{
            .name = std::move(name),
            .abilities = {{.conversions = std::move(conversions), .options = std::move(options), .most_inputs = 2}}}) {}

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (check) RECAST_CHECK(check(request));
    requests.push_back(request);
    engine::ProgramStep step;
    step.program = info().name;
    step.arguments = {request.to};
    return engine::Plan{.steps = {{step, 1}}, .outputs = {"out/*"}, .explain = {}};
  }

  std::function<Result<>(const engine::Request&)> check;
  mutable std::vector<engine::Request> requests;
};

/// A row of the field table, for engines that say which options they have.
inline schema::FieldInfo option(std::string name) {
  schema::FieldInfo info;
  info.name = std::move(name);
  return info;
}

/// Answers downloads from a table of URLs.
class FakeNet final : public net::Client {
 public:
  struct Page {
    std::string body;
    net::Downloaded about;
  };
  Result<net::Downloaded> download(const net::Download& request, Deadline, std::stop_token) override {
    downloads.push_back(request);
    const auto page = pages.find(request.url);
    if (page == pages.end()) return fail(ErrorCode::download_failed, "Download failed: HTTP 404");
    std::ofstream(request.to, std::ios::binary) << page->second.body;
    const auto size = page->second.body.size();
    if (request.on_progress) {
      request.on_progress(size / 2, size);
      request.on_progress(size, size);
    }
    auto about = page->second.about;
    about.size = size;
    if (about.final_url.empty()) about.final_url = request.url;
    return about;
  }
  Result<net::Answer> exchange(const net::Exchange&, Deadline, std::stop_token) override {
    return fail(ErrorCode::download_failed, "Request failed: HTTP 404");
  }

  std::unique_ptr<net::Proxy> proxy(UniqueFd, Deadline, std::stop_token) override { return nullptr; }
  std::unique_ptr<net::Session> session(Deadline, std::stop_token) override { return nullptr; }
  Result<UniqueFd> connect(const net::Place&, Deadline, std::stop_token) override {
    return fail(ErrorCode::unavailable, "could not connect to host");
  }

  std::map<std::string, Page> pages;
  std::vector<net::Download> downloads;
};

/// A TaskContext without a scheduler, an engine or a network: what a step would leave is said by the test.
class FakeContext final : public TaskContext {
 public:
  /// Called for each execution: the files (name and content) it leaves.
  using Execute = std::function<Result<std::vector<std::pair<std::string, std::string>>>(const Execution&)>;

  explicit FakeContext(std::vector<engine::Installation> installations = {}) : catalogue_(std::move(installations)) {
    fs::create_directories(work_);
  }

  void add_input(std::string name, std::string_view content, std::string dir = {}) {
    inputs_.push_back(file(std::move(name), content, std::move(dir)));
  }
  /// A file of a task that `option` names.
  void add_further(const std::string& option, std::string name, std::string_view content) {
    further_[option].push_back(file(std::move(name), content, {}));
  }

  const TaskId& id() const override { return id_; }
  const std::string& name() const override { return name_; }
  const std::string& operation() const override { return operation_; }
  const Files& inputs() const override { return inputs_; }
  Files inputs(std::string_view option) const override {
    const auto found = further_.find(option);
    return found == further_.end() ? Files() : found->second;
  }
  std::pair<std::string, std::string> ran_by() const override { return last_run; }
  const fs::path& work() const override { return work_; }
  std::stop_token stop() const override { return stopper.get_token(); }
  Deadline deadline() const override { return Deadline::in(std::chrono::seconds(30)); }
  std::optional<std::uint64_t> largest_file() const override { return largest; }
  void progress(int percent, std::string_view) override { percents.push_back(percent); }
  void ran(std::string_view engine, std::string_view version) override {
    last_run = {std::string(engine), std::string(version)};
  }
  const engine::Catalogue& catalogue() const override { return catalogue_; }
  json::object& report() override { return report_; }
  json::object& result() override { return result_; }
  Result<Executed> execute(const Execution& execution) override {
    executions.push_back(execution);
    executions.back().plan = nullptr;  // it ends with the call
    const auto folder = work_ / ("run-" + std::to_string(executions.size()));
    fs::create_directories(folder / "out");
    if (!on_execute) return Executed{};
    RECAST_TRY(const auto outputs, on_execute(execution));
    Executed done;
    done.steps.push_back({.answer = answer, .output = output});
    done.names = names;
    done.input_seconds = input_seconds;
    for (const auto& [name, content] : outputs) {
      done.files.push_back(folder / name);
      std::ofstream(done.files.back(), std::ios::binary) << content;
    }
    return done;
  }
  std::string magic(const fs::path& file) override {
    asked_magic.push_back(file);
    return magic_answer;
  }
  net::Client& net() override { return real_net ? *real_net : fake_net; }
  Result<std::optional<File>> own_file(std::string_view url) override {
    const auto found = own_files.find(std::string(url));
    return found == own_files.end() ? std::nullopt : std::optional(found->second);
  }

  Execute on_execute;
  std::string magic_answer;
  json::object answer;                  ///< what workers say
  std::string output;                   ///< what programs print
  std::vector<std::string> names;       ///< of files that bring theirs
  std::optional<double> input_seconds;  ///< what engines tell of the input
  std::map<std::string, File> own_files;
  FakeNet fake_net;
  std::optional<std::uint64_t> largest;   ///< bytes of a file that comes in
  std::unique_ptr<net::Client> real_net;  ///< in its place, for tests with servers of their own
  std::stop_source stopper;

  std::vector<int> percents;
  std::pair<std::string, std::string> last_run;
  std::vector<Execution> executions;
  std::vector<fs::path> asked_magic;

 private:
  File file(std::string name, std::string_view content, std::string dir) {
    const auto path = folder_.write("file-" + std::to_string(++files_), content);
    return {std::move(name), std::move(dir), content.size(), path};
  }

  recast::test::TemporaryFolder folder_;
  int files_ = 0;
  fs::path work_ = folder_ / "work";
  TaskId id_{"0b6a0f4e-5a3e-4c62-9d0c-0123456789ab"};
  std::string name_ = "my-task";
  std::string operation_ = "convert";
  Files inputs_;
  std::map<std::string, Files, std::less<>> further_;
  engine::Catalogue catalogue_;
  json::object report_;
  json::object result_;
};

/// The operation of a plug-in's register function.
inline Operation registered(Result<> (*register_one)(Registry&), std::string_view name) {
  Registry registry;
  if (!register_one(registry) || registry.find(name) == nullptr) throw std::runtime_error("not registered");
  return *registry.find(name);
}

inline const engine::Catalogue& empty_catalogue() {
  static const engine::Catalogue catalogue({});
  return catalogue;
}

/// The error of a payload at creation; code internal with an empty text if there is none.
inline Error check_error(const Operation& operation, const json::object& payload,
                         const engine::Catalogue& catalogue = empty_catalogue()) {
  const auto result = operation.check(payload, catalogue);
  return result ? Error{} : result.error();
}

}  // namespace recast::operation::test
