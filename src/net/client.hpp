#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::net {

/// A GET into a file, for imports. import-export.md 3.1, 2.8, 2.9, 11, 12.
struct Download {
  std::string url;
  std::map<std::string, std::string> headers;  ///< dropped on every change of scheme, host or port
  std::filesystem::path to;                    ///< created; removed again if the download fails
  std::uint64_t max_bytes = 10'000'000'000;
  std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)> on_progress;
  /// Asked before each redirect is followed; may be empty. True: the caller has that file already, the download ends
  /// there without one. An error is the download's.
  std::function<Result<bool>(const std::string& url)> has_already;
};

struct Downloaded {
  std::uint64_t size = 0;
  std::string final_url;  ///< after redirects
  std::string content_type;
  std::string content_disposition;
  unsigned redirects = 0;
  bool had_already = false;  ///< Download::has_already said so of final_url; there is no file
};

/// Any request with a small answer: webhooks, log-ins by OpenID Connect.
struct Exchange {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::uint64_t max_bytes = 1 << 20;
  bool follow_redirects = false;
  bool body_wanted = true;  ///< false: the answer's head is all; its body is not waited for
};
struct Answer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Requests of a store's protocol over connections that stay open: net/session.hpp.
class Session;

/// The other end of a connection that does not speak HTTP.
struct Place {
  std::string scheme;  ///< what it speaks, for the policy: "sftp"
  std::string host;    ///< a name or an address, IPv6 with brackets or without
  std::uint16_t port = 0;
};

/// How patient transfers are (settings section "outbound"), for protocols that are spoken by others over connect().
struct Patience {
  int attempts = 4;
  std::chrono::milliseconds first_pause{1000};
  std::chrono::seconds stall{60};
  int stall_bytes_per_second = 1024;

  /// The pause after the `attempt`th attempt, counted from 1, with its jitter (import-export.md 2.9).
  std::chrono::milliseconds pause_after(int attempt) const;
};

/// Whom a client works for: whose rules hold (settings outbound.override), and who is named in the log.
struct Purpose {
  std::string operation;  ///< "import/url"
  std::string task;       ///< its id
};

/// An HTTP proxy for a program without a network: it takes the program's connections from a listening socket of the
/// program's own, and makes those to the outside by the outbound policy. Each request names where it goes, so every
/// redirect, picture and WebSocket is looked at. Ends with this object, all its connections too.
class Proxy {
 public:
  virtual ~Proxy() = default;
  struct Traffic {
    std::uint64_t bytes = 0;           ///< that came from outside
    std::vector<std::string> refused;  ///< "host:port", each once, by the policy; at most 100
    bool exhausted = false;            ///< more than the allowed bytes were asked for
  };
  virtual Traffic traffic() const = 0;
};

/// Outbound HTTP under the outbound policy: public addresses only, resolved once and checked at connect, each redirect
/// again; caps on time, stall and size; retries as in 2.9. The only way out of the server. Safe from many threads.
/// Errors carry fixed texts that say nothing about addresses or rules: download_failed ("Download failed: could not
/// connect to host", "Download failed: target address is not allowed", "Download failed: HTTP 404"), file_too_large,
/// timeout, cancelled, disk_full.
class Client {
 public:
  virtual ~Client() = default;
  virtual Result<Downloaded> download(const Download& request, Deadline deadline, std::stop_token stop) = 0;
  virtual Result<Answer> exchange(const Exchange& request, Deadline deadline, std::stop_token stop) = 0;
  /// Serves `listener` in threads of its own until the proxy's end, the deadline or a stop.
  virtual std::unique_ptr<Proxy> proxy(UniqueFd listener, Deadline deadline, std::stop_token stop) = 0;
  /// One for each thread; must not outlive the client. nullptr only from a client that has no network.
  virtual std::unique_ptr<Session> session(Deadline deadline, std::stop_token stop) = 0;
  /// A connection that does not block, through the egress proxy if there is one. unavailable ("could not connect to
  /// host", "target address is not allowed"), timeout or cancelled; no prefix.
  virtual Result<UniqueFd> connect(const Place& place, Deadline deadline, std::stop_token stop) = 0;
  virtual Patience patience() { return {}; }
  /// A client for one task, which may be used like this one and must not outlive it. Connections are never shared
  /// between clients. nullptr if this one has one policy for all.
  virtual std::unique_ptr<Client> on_behalf_of(const Purpose&) { return nullptr; }
};

}  // namespace recast::net
