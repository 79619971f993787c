#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "../../tests/support/temporary_folder.hpp"
#include "net/client.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"

/// What the tests of the client share: downloads into a folder of the test, from servers that it scripts.
namespace recast::net {

using namespace std::chrono_literals;
using test::HttpTestServer;
using Connection = HttpTestServer::Connection;
using Request = HttpTestServer::Request;

/// Under the default rule, with 127.0.0.1 (and nothing else of this machine) standing for the public Internet.
inline Settings settings() { return {.allow_cidrs = {"127.0.0.1"}, .attempts = 3, .retry_milliseconds = 1}; }

class Downloads : public ::testing::Test {
 protected:
  Result<Downloaded> get(const std::string& url, std::map<std::string, std::string> headers = {}) {
    return get_with(settings(), url, std::move(headers));
  }
  Result<Downloaded> get_with(const Settings& with, const std::string& url,
                              std::map<std::string, std::string> headers = {}) {
    auto policy = Policy::open(with, own_ports);
    if (!policy) return std::unexpected(policy.error());
    const auto client = make_client(with, std::move(*policy), resolve);
    return client->download(
        {.url = url, .headers = std::move(headers), .to = file(), .max_bytes = max_bytes, .on_progress = progress},
        deadline, stop.get_token());
  }
  std::filesystem::path file() const { return folder / "download"; }
  std::string content() const { return test::read_file(file()); }

  void expect_refused(const Result<Downloaded>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::download_failed);
    EXPECT_EQ(result.error().message, "Download failed: target address is not allowed");
    EXPECT_FALSE(std::filesystem::exists(file()));
  }

  test::TemporaryFolder folder;
  std::vector<std::string> resolve;
  std::vector<std::uint16_t> own_ports;
  std::uint64_t max_bytes = 10'000'000'000;
  std::function<void(std::uint64_t, std::optional<std::uint64_t>)> progress;
  Deadline deadline = Deadline::in(20s);
  std::stop_source stop;
};

inline void say_hello(const Request&, Connection& to) { to.answer("200 OK", "Content-Type: text/plain\r\n", "hello"); }

}  // namespace recast::net
