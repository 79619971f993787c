#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "../../tests/support/temporary_folder.hpp"
#include "http/server.hpp"
#include "http/test_client.hpp"

namespace recast::http::test {

using namespace std::chrono_literals;

/// A flag that one thread sets and another waits for.
class Signal {
 public:
  void set() {
    std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds patience = 10s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// True as soon as the condition holds; looks every millisecond, for ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// What one upload did; outlives the sink.
struct UploadLog {
  std::atomic<std::size_t> bytes = 0;
  std::atomic<std::size_t> largest = 0;
  std::atomic<int> finished = 0;
  std::atomic<int> destroyed = 0;
  std::function<Result<>(std::size_t)> on_write = [](std::size_t) -> Result<> { return {}; };
};

class LoggingSink final : public BodySink {
 public:
  explicit LoggingSink(UploadLog& log) : log_(log) {}
  ~LoggingSink() override { ++log_.destroyed; }
  Result<> write(std::span<const char> bytes) override {
    log_.bytes += bytes.size();
    if (bytes.size() > log_.largest) log_.largest = bytes.size();
    return log_.on_write(bytes.size());
  }
  Result<Response> finish() override {
    ++log_.finished;
    return Response::json(201, {{"size", log_.bytes.load()}});
  }

 private:
  UploadLog& log_;
};

/// A server with a few routes, started by start() with the settings as they are then.
class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    router.get("/hello", [](Request& request) -> Result<Response> {
      return Response::json(200, {{"data", request.raw_query}});
    });
    router.post("/echo", [](Request& request) -> Result<Response> { return Response::text(201, request.body); });
    router.get("/file", [this](Request&) -> Result<Response> { return file(); });
    router.stream("POST", "/upload", [this](Request&) -> Result<std::unique_ptr<BodySink>> {
      return std::make_unique<LoggingSink>(upload);
    });
    router.on_error([](const Request& request, const Error& error) {
      return Response::json(error.code == ErrorCode::invalid_data ? 422 : 500,
                            {{"message", error.message}, {"path", request.path}});
    });
  }
  ~ServerTest() override {
    if (server) server->stop(Deadline::in(5s));
  }

  Response file() const {
    FileBody body;
    body.file = UniqueFd(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
    body.size = std::filesystem::file_size(folder / "file");
    body.etag = "\"abc\"";
    body.last_modified = std::chrono::sys_seconds(1'772'600'767s);
    Response response{200, {}, std::move(body)};
    response.headers.add("Content-Type", "application/pdf");
    return response;
  }

  std::uint16_t start() { return start({{"api"}}); }
  std::uint16_t start(std::vector<Listener> listeners) {
    const auto name = listeners.front().name;
    auto started = Server::start(settings, std::move(listeners), router);
    if (!started) throw std::runtime_error(started.error().message);
    server = *std::move(started);
    return server->port(name);
  }

  recast::test::TemporaryFolder folder;
  UploadLog upload;
  Settings settings;
  Router router;
  std::unique_ptr<Server> server;
};

}  // namespace recast::http::test
