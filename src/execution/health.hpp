#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/catalogue.hpp"
#include "execution/executor.hpp"

namespace recast::execution {

/// "Healthy" means that a probe file was converted. Converts each installation's probe at start and then every
/// `interval`, on a thread of its own, one at a time, through the same jails as customers' files.
class Prober {
 public:
  struct Verdict {
    std::string engine;   ///< "libreoffice 7.4.7"
    bool probed = false;  ///< false: its first probe has not ended yet
    bool ok = false;
    bool proven = false;  ///< it has converted its probe file since the server started, whatever it does now
    std::string detail;
    std::chrono::milliseconds duration{};
  };

  Prober(Executor& executor, std::function<std::shared_ptr<const engine::Catalogue>()> catalogue, fs::path work,
         std::chrono::seconds interval);
  ~Prober();
  /// Ends the probe under way and makes no more.
  void stop();

  /// The latest verdict on every installed engine that has a probe.
  std::vector<Verdict> verdicts() const;
  /// Blocks until every engine has been probed once, or the deadline passes. Whether all are well.
  bool wait_first(Deadline deadline) const;

 private:
  void work(std::stop_token stop);
  void probe_all(const std::stop_token& stop, bool& all_ok);
  Verdict probe(const engine::Installation& installation, const std::stop_token& stop);

  Executor& executor_;
  std::function<std::shared_ptr<const engine::Catalogue>()> catalogue_;
  fs::path work_;
  std::chrono::seconds interval_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::map<std::string, Verdict> verdicts_;
  bool first_done_ = false;
  std::jthread thread_;  ///< last: starts when everything above is there
};

}  // namespace recast::execution
