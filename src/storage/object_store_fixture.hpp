#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "../../tests/support/temporary_folder.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"
#include "net/session.hpp"
#include "storage/object_store.hpp"

/// What tests of drivers share: a task's connection to servers that they script on 127.0.0.1.
namespace recast::storage {

class ObjectStores : public ::testing::Test {
 protected:
  ObjectStores() {
    const net::Settings settings{.attempts = 3, .retry_milliseconds = 1};
    client_ = net::make_client(settings, net::Policy::open(settings, {}).value());
    connection_ = std::make_unique<Connection>(
        Connection{*client_, Deadline::in(std::chrono::seconds(30)), stop.get_token(), TransferSettings()});
  }

  Connection& connection() { return *connection_; }
  std::filesystem::path file(std::string_view content) { return folder.write("source", content); }
  std::filesystem::path target() const { return folder / "target"; }
  std::string fetched() const { return recast::test::read_file(target()); }

  recast::test::TemporaryFolder folder;
  std::stop_source stop;
  Meter meter;

 private:
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace recast::storage
