#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "../support/temporary_folder.hpp"
#include "api/services.hpp"
#include "base/clock.hpp"
#include "event/bus.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "operation/registry.hpp"
#include "scheduler/scheduler.hpp"
#include "store/store.hpp"

namespace recast::api_test {

/// The system's time, moved ahead as a script says. Safe to move while others read.
class MovableClock final : public Clock {
 public:
  Time now() const override { return system_.now() + std::chrono::seconds(ahead_.load()); }
  Steady steady() const override { return system_.steady(); }
  void advance(std::chrono::seconds by) { ahead_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> ahead_{0};
};

/// A whole server on free ports of the loopback, without engines, on a folder of its own. Two users, several keys.
class TestServer {
 public:
  struct Options {
    std::int64_t upload_bytes = 1 << 20;
    std::int64_t body_bytes = 1 << 20;
    std::size_t tasks_per_job = 100;
    std::int64_t answer_bytes = 10'000'000;
    std::int64_t sandbox_files = 4;
    int keys = 20;
    int signed_url_bases = 3;
    int presets = 5;
    int preset_versions = 3;
  };
  explicit TestServer(Options options);
  ~TestServer();

  std::uint16_t port(std::string_view listener = "api") const;
  /// What scripts may name: key, other_key, read_key, write_key, admin_key, port.
  const std::map<std::string, std::string>& values() const { return values_; }
  MovableClock& clock() { return clock_; }
  http::Server::Figures figures() const;
  /// Files that lie in the folder for uploads under way.
  std::size_t uploads_under_way() const;
  store::Store& store();
  const http::Router& router() const;
  const operation::Registry& operations() const;
  event::Bus& bus();

 private:
  struct Parts;
  Result<> open(const Options& options);
  Result<> add_users();

  test::TemporaryFolder folder_;
  MovableClock clock_;
  std::map<std::string, std::string> values_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recast::api_test
