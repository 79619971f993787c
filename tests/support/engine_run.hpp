#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_handle.hpp"
#include "engine/registry.hpp"
#include "execution/executor.hpp"
#include "identity.hpp"
#include "temporary_folder.hpp"

/// Runs the plans of an engine as the server does, in the strictest jail this machine can give: real programs, real
/// resident workers.
namespace recast::test {

namespace fs = std::filesystem;

/// Where the build puts recastd, recast-jail and the workers.
fs::path binaries();
/// A command of fixed words and the test's own paths; what it prints, standard error too.
std::string output_of(const std::string& command);

/// One engine, with its workers started. Safe to use from many threads. Usually one for a whole test program:
///   static test::EngineRun& run() { static test::EngineRun one(&register_poppler); return one; }
class EngineRun {
 public:
  using Register = Result<> (*)(engine::Registry&);
  /// Throws std::runtime_error with the reason if a worker does not become ready. `first` are engines whose workers the
  /// plans need, too.
  explicit EngineRun(Register register_engine, std::vector<Register> others = {});
  ~EngineRun();

  const engine::Engine& engine() const { return *engine_; }
  /// What its first worker calls itself.
  const std::string& version() const { return version_; }
  const TemporaryFolder& folder() const { return folder_; }

  struct Job {
    std::string operation = "convert";
    std::string from;
    std::string to;
    std::vector<fs::path> files;
    boost::json::object options{};
    std::vector<std::string> names{};  ///< what the client calls them; empty: as the files are called
    Deadline deadline = Deadline::in(std::chrono::seconds(100));
    std::stop_token stop{};
    std::vector<int>* percents = nullptr;  ///< gets what the run reports
    boost::json::object* report = nullptr;
    fs::path install{};  ///< folder its programs are in; empty: the system's own
  };
  Result<operation::Executed> run(const Job& job);

  /// The output files of a conversion, as a task would get them.
  Result<std::vector<fs::path>> convert(const std::string& from, const std::string& to,
                                        const std::vector<fs::path>& files, const boost::json::object& options = {});
  /// The same for one input that is not a file yet.
  Result<std::vector<fs::path>> convert_bytes(std::string_view content, const std::string& from, const std::string& to,
                                              const boost::json::object& options = {});

 private:
  struct Parts;

  TemporaryFolder folder_;
  std::unique_ptr<Parts> parts_;
  const engine::Engine* engine_ = nullptr;
  std::string version_;
};

/// The engine alone, for looking at its plans. One object for each register function.
const engine::Engine& engine_of(EngineRun::Register register_engine);

/// The command line of a plan's step: program and arguments.
std::vector<std::string> line(const engine::Plan& plan, std::size_t step);

/// A listener on 127.0.0.1 that nobody may call.
class Canary {
 public:
  Canary();
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  bool called() const;

 private:
  UniqueFd socket_;
  unsigned port_ = 0;
};

}  // namespace recast::test
