#include "metrics.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace recast::server {

namespace {
const prometheus::Histogram::BucketBoundaries kSeconds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                       2.5,   5,    10,    30,   60,  300,  1800};
const prometheus::Histogram::BucketBoundaries kSetup{0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25, 1};

double seconds(std::chrono::microseconds duration) { return std::chrono::duration<double>(duration).count(); }
}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("recast_http_requests_total")
                                                          .Help("Answered requests by method, route and status.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Counter>& bytes = prometheus::BuildCounter()
                                                       .Name("recast_http_bytes_total")
                                                       .Help("Body bytes received and sent.")
                                                       .Register(registry);
  prometheus::Family<prometheus::Histogram>& request_seconds =
      prometheus::BuildHistogram()
          .Name("recast_http_request_seconds")
          .Help("Time from a request's head to the end of its answer.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& tasks = prometheus::BuildCounter()
                                                       .Name("recast_tasks_total")
                                                       .Help("Ended tasks by operation, engine and outcome.")
                                                       .Register(registry);
  prometheus::Family<prometheus::Histogram>& task_seconds = prometheus::BuildHistogram()
                                                                .Name("recast_task_seconds")
                                                                .Help("Time tasks ran, by operation and engine.")
                                                                .Register(registry);
  prometheus::Family<prometheus::Histogram>& jail_seconds = prometheus::BuildHistogram()
                                                                .Name("recast_jail_setup_seconds")
                                                                .Help("Time to set a jail up, by program or worker.")
                                                                .Register(registry);
  prometheus::Family<prometheus::Gauge>& queue = prometheus::BuildGauge()
                                                     .Name("recast_queue_tasks")
                                                     .Help("Tasks by load class: waiting to be claimed, and running.")
                                                     .Register(registry);
  prometheus::Family<prometheus::Gauge>& connections =
      prometheus::BuildGauge()
          .Name("recast_http_connections")
          .Help("Open connections, sockets among them, and answers that wait.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& workers =
      prometheus::BuildGauge()
          .Name("recast_workers")
          .Help("Resident workers: ready (0 or 1), spare and busy children, restarts.")
          .Register(registry);
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::request(const http::Router::Exchange& exchange) {
  const std::string route = exchange.pattern.empty() ? "none" : std::string(exchange.pattern);
  // A client may invent methods; a label must not grow with them.
  const auto& method = exchange.request.method;
  const bool known =
      method == "GET" || method == "POST" || method == "DELETE" || method == "HEAD" || method == "OPTIONS";
  state_->requests
      .Add({{"method", known ? method : "other"}, {"route", route}, {"status", std::to_string(exchange.status)}})
      .Increment();
  state_->bytes.Add({{"direction", "received"}}).Increment(static_cast<double>(exchange.bytes_received));
  state_->bytes.Add({{"direction", "sent"}}).Increment(static_cast<double>(exchange.bytes_sent));
  state_->request_seconds.Add({{"route", route}}, kSeconds).Observe(seconds(exchange.duration));
}

void Metrics::task(const scheduler::Scheduler::TaskEnd& end) {
  state_->tasks.Add({{"operation", end.operation}, {"engine", end.engine}, {"outcome", end.outcome}}).Increment();
  state_->task_seconds.Add({{"operation", end.operation}, {"engine", end.engine}}, kSeconds)
      .Observe(seconds(end.duration));
}

void Metrics::step(const execution::StepEnd& end) {
  state_->jail_seconds.Add({{"program", end.engine}}, kSetup).Observe(seconds(end.setup));
}

std::string Metrics::text(const Now& now) {
  const auto depth = [&](const char* load, const store::QueueDepth& tasks) {
    state_->queue.Add({{"load", load}, {"state", "waiting"}}).Set(static_cast<double>(tasks.waiting));
    state_->queue.Add({{"load", load}, {"state", "running"}}).Set(static_cast<double>(tasks.running));
  };
  depth("cpu", now.queue.cpu);
  depth("network", now.queue.network);
  depth("light", now.queue.light);
  state_->connections.Add({{"kind", "all"}}).Set(static_cast<double>(now.http.connections));
  state_->connections.Add({{"kind", "websocket"}}).Set(static_cast<double>(now.http.websockets));
  state_->connections.Add({{"kind", "waiting"}}).Set(static_cast<double>(now.http.waiting));
  for (const auto& worker : now.workers) {
    state_->workers.Add({{"worker", worker.name}, {"state", "ready"}}).Set(worker.ready ? 1 : 0);
    state_->workers.Add({{"worker", worker.name}, {"state", "spare"}}).Set(worker.spares);
    state_->workers.Add({{"worker", worker.name}, {"state", "busy"}}).Set(worker.busy);
    state_->workers.Add({{"worker", worker.name}, {"state", "restarts"}}).Set(worker.restarts);
  }
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace recast::server
