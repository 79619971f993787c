#include "net/transfer.hpp"

#include <curl/curl.h>
#include <fcntl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/curl_handle.hpp"
#include "net/hop_context.hpp"
#include "net/resolve.hpp"

namespace recast::net {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};

struct MultiHandle {
  using type = CURLM*;
  static constexpr CURLM* invalid() { return nullptr; }
  static void close(CURLM* handle) { curl_multi_cleanup(handle); }
};

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  curl_easy_setopt(handle, option, value);
}

void set_limits(CURL* handle, const Settings& settings, std::uint64_t max_bytes, Deadline deadline) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(5);
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, deadline.left(longest).count())));
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_seconds) * 1000L);
  set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(settings.stall_bytes_per_second));
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall_seconds));
  constexpr std::uint64_t most = INT64_MAX;
  set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(std::min(max_bytes, most)));
}

/// import-export.md 11
void set_profile(CURL* handle, const Environment& environment) {
  const auto& settings = environment.settings;
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROXY, settings.proxy.c_str());
  set(handle, CURLOPT_NOPROXY, "");
  set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_PATH_AS_IS, 1L);
  set(handle, CURLOPT_USERAGENT, "Recast/" RECAST_VERSION);
  // Without it a cancelled name lookup is waited for; the resolver thread frees its data itself.
  set(handle, CURLOPT_QUICK_EXIT, 1L);
  if (environment.authorities) {
    const auto& pem = *environment.authorities;
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    set(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
}

void add_fields(CurlList& list, const Hop& hop) {
  bool typed = false;
  for (const auto& [name, value] : hop.fields) {
    typed = typed || equal_ignoring_case(name, "content-type");
    list.add(value.empty() ? name + ";" : name + ": " + value);
  }
  list.add("Expect:");
  if ((hop.body || hop.file != nullptr) && !typed) list.add("Content-Type:");
}

void set_request(CURL* handle, const Hop& hop, const CurlList& fields) {
  set(handle, CURLOPT_URL, hop.url->str().c_str());
  if (hop.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
  } else if (hop.file != nullptr) {
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(hop.file->length));
    set(handle, CURLOPT_CUSTOMREQUEST, hop.method.c_str());
  } else if (hop.body) {
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop.body->size()));
    set(handle, CURLOPT_POSTFIELDS, hop.body->data() == nullptr ? "" : hop.body->data());
    set(handle, CURLOPT_CUSTOMREQUEST, hop.method.c_str());
  } else if (hop.method != "GET") {
    set(handle, CURLOPT_CUSTOMREQUEST, hop.method.c_str());
  }
  set(handle, CURLOPT_HTTPHEADER, fields.get());
  if (!hop.user.empty() || !hop.password.empty()) {
    set(handle, CURLOPT_USERNAME, hop.user.c_str());
    set(handle, CURLOPT_PASSWORD, hop.password.c_str());
  }
}

}  // namespace

std::string Head::find(std::string_view name) const {
  for (auto at = fields.rbegin(); at != fields.rend(); ++at) {
    if (equal_ignoring_case(at->first, name)) return at->second;
  }
  return {};
}

struct Transfer::State {
  const Environment& environment;
  Deadline deadline;
  std::stop_token stop;
  UniqueHandle<MultiHandle> multi{curl_multi_init()};

  /// nullopt: the handle ended, with `code`.
  std::optional<Failure> drive(CURL* handle, CURLcode& code) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
    for (;;) {
      if (stop.stop_requested()) return Failure::cancelled;
      if (deadline.expired()) return Failure::deadline;
      int running = 0;
      if (curl_multi_perform(multi.get(), &running) != CURLM_OK) return Failure::cut_off;
      int left = 0;
      while (const auto* const message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE || message->easy_handle != handle) continue;
        code = message->data.result;
        return std::nullopt;
      }
      if (running == 0) return Failure::cut_off;
      curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(deadline.left(kPoll).count()), nullptr);
    }
  }

  /// The policy on names, and on addresses too where a proxy hides them from the socket.
  Failure permit(const Url& url, std::string_view scheme) {
    const auto& settings = environment.settings;
    if (!environment.policy.check_name(scheme, url.host(), url.port())) return Failure::not_allowed;
    if (settings.proxy.empty() || settings.proxy_enforces) return Failure::none;
    return check_addresses(environment, url, deadline, stop);
  }
};

Transfer::Transfer(const Environment& environment, Deadline deadline, std::stop_token stop)
    : state_(std::make_unique<State>(environment, deadline, std::move(stop))) {}

Transfer::~Transfer() = default;

HopEnd Transfer::run(const Hop& hop, const Sink& sink, std::uint64_t max_bytes) {
  if (!hop.trusted) {
    if (const auto failure = state_->permit(*hop.url, hop.url->scheme()); failure != Failure::none)
      return {failure, {}};
  }
  const auto& environment = state_->environment;
  HopContext context{.environment = environment, .hop = hop, .sink = sink, .max_bytes = max_bytes};
  CurlList fields;
  CurlList resolve;
  const UniqueHandle<CurlHandle> owner(curl_easy_init());
  auto* const handle = owner.get();
  if (handle == nullptr || !state_->multi) return {Failure::no_connection, {}};
  set_profile(handle, environment);
  set_limits(handle, environment.settings, max_bytes, state_->deadline);
  add_fields(fields, hop);
  set_request(handle, hop, fields);
  for (const auto& entry : environment.resolve) resolve.add(entry);
  set(handle, CURLOPT_RESOLVE, resolve.get());
  listen_to_hop(handle, context);

  if (curl_multi_add_handle(state_->multi.get(), handle) != CURLM_OK) return {Failure::no_connection, {}};
  CURLcode code = CURLE_OK;
  const auto ended = state_->drive(handle, code);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle(state_->multi.get(), handle);
  context.head.status = static_cast<unsigned>(status);

  auto failure = ended ? *ended : failure_of(code, context);
  if (failure == Failure::none && code == CURLE_OK && !context.body_is_whole()) failure = Failure::encoding;
  if (failure == Failure::stalled && state_->deadline.expired()) failure = Failure::deadline;
  if (failure != Failure::none) {
    log::info("outbound request failed", {{"task", environment.task},
                                          {"host", hop.url->host()},
                                          {"status", status},
                                          {"cause", curl_easy_strerror(code)}});
  }
  // An error's or a redirect's own body is of no interest, however long or broken.
  const bool of_the_body =
      failure == Failure::too_large || failure == Failure::encoding || failure == Failure::unknown_encoding;
  if (of_the_body && (status < 200 || status >= 300)) failure = Failure::none;
  return {failure, std::move(context.head)};
}

Failure Transfer::dial(const Url& url, std::string_view scheme, UniqueFd& connection) {
  if (const auto failure = state_->permit(url, scheme); failure != Failure::none) return failure;
  const auto& environment = state_->environment;
  const Hop hop{.url = &url};
  const Sink nothing;
  HopContext context{.environment = environment, .hop = hop, .sink = nothing, .max_bytes = 0};
  CurlList resolve;
  const UniqueHandle<CurlHandle> owner(curl_easy_init());
  auto* const handle = owner.get();
  if (handle == nullptr || !state_->multi) return Failure::no_connection;
  set_profile(handle, environment);
  // Security is for the two ends; here bytes are carried.
  const auto address = "http://" + url.host() + ":" + std::to_string(url.port()) + "/";
  set(handle, CURLOPT_URL, address.c_str());
  set(handle, CURLOPT_CONNECT_ONLY, 1L);
  set(handle, CURLOPT_HTTPPROXYTUNNEL, 1L);
  set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(environment.settings.connect_seconds) * 1000L);
  for (const auto& entry : environment.resolve) resolve.add(entry);
  set(handle, CURLOPT_RESOLVE, resolve.get());
  guard_sockets(handle, context);
  if (curl_multi_add_handle(state_->multi.get(), handle) != CURLM_OK) return Failure::no_connection;
  CURLcode code = CURLE_OK;
  const auto ended = state_->drive(handle, code);
  auto failure = ended ? *ended : failure_of(code, context);
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (failure == Failure::none && curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
      socket != CURL_SOCKET_BAD) {
    // libcurl closes its own copy.
    connection.reset(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  }
  curl_multi_remove_handle(state_->multi.get(), handle);
  if (failure == Failure::none && !connection) failure = Failure::no_connection;
  return failure;
}

Failure Transfer::pause(std::chrono::milliseconds duration) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, state_->stop, state_->deadline.left(duration), [] { return false; });
  if (state_->stop.stop_requested()) return Failure::cancelled;
  return state_->deadline.expired() ? Failure::deadline : Failure::none;
}

}  // namespace recast::net
