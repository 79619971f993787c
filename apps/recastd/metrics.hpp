#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "execution/executor.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "process/workers.hpp"
#include "scheduler/scheduler.hpp"

namespace recast::server {

/// What /metrics shows (Prometheus text format). Safe from every thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void request(const http::Router::Exchange& exchange);
  void task(const scheduler::Scheduler::TaskEnd& end);
  void step(const execution::StepEnd& end);

  /// What is asked for at the moment of a scrape.
  struct Now {
    scheduler::Scheduler::Figures queue;
    http::Server::Figures http;
    std::vector<process::WorkerStatus> workers;
  };
  std::string text(const Now& now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recast::server
