#include "storages/sftp/connection.hpp"

#include <poll.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "storages/sftp/key.hpp"

namespace recast::storages::sftp {

namespace {

constexpr int kLook = 100;  // milliseconds between looks at the terms

// What processors have instructions for comes first; the set is libssh's own.
constexpr const char* kCiphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr";

std::unexpected<Error> no_connection() { return fail(ErrorCode::unavailable, "could not connect to host"); }

/// As known keys name it.
std::string bare_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return lower(host);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(net::Client& net, const Access& access, const HostKeys& host_keys,
                                                     const Terms& terms) {
  std::unique_ptr<Connection> connection;
  Result<> connected;
  // A server has several keys; the one that is named may be of any kind.
  for (int kind = 0; kind < (host_keys.is_pinned() ? 4 : 1); ++kind) {
    connection.reset(new Connection(access, terms));
    auto next = connection->connect(net, host_keys, kind);
    if (kind == 0 || next) connected = std::move(next);
    if (connected || connected.error().message.find("host_key") == std::string::npos) break;
  }
  RECAST_CHECK(std::move(connected));
  RECAST_CHECK(connection->log_in());
  RECAST_CHECK(connection->open_channel());
  if (auto started = connection->client_.start(); !started) return std::unexpected(std::move(started).error());
  return connection;
}

Connection::~Connection() {
  if (!session_) return;
  if (event_) ssh_event_remove_session(event_.get(), session_.get());
  // The polite one would leave a descriptor open that was handed over.
  ssh_silent_disconnect(session_.get());
}

void Connection::set_terms(const Terms& terms) {
  terms_ = terms;
  window_begin_ = std::chrono::steady_clock::now();
  window_bytes_ = 0;
}

Result<> Connection::check_terms() {
  if (terms_.stop.stop_requested()) return fail(ErrorCode::cancelled, "Task has been cancelled");
  if (terms_.deadline.expired()) return fail(ErrorCode::timeout, "timed out");
  const auto now = std::chrono::steady_clock::now();
  if (now - window_begin_ < terms_.patience.stall) return {};
  const auto wanted = static_cast<std::uint64_t>(terms_.patience.stall_bytes_per_second) *
                      static_cast<std::uint64_t>(terms_.patience.stall.count());
  if (window_bytes_ == 0 || window_bytes_ < wanted) {
    broken_ = true;
    return fail(ErrorCode::timeout, "timed out");
  }
  window_begin_ = now;
  window_bytes_ = 0;
  return {};
}

std::unexpected<Error> Connection::cut(std::string_view during) {
  broken_ = true;
  log::info("a connection to an SFTP server ended",
            {{"server", access_.host}, {"during", during}, {"cause", ssh_get_error(session_.get())}});
  return fail(ErrorCode::unavailable, "the connection was cut off");
}

Result<int> Connection::finish(const std::function<int()>& call, int again) {
  for (;;) {
    const int answer = call();
    if (answer != again) return answer;
    RECAST_CHECK(check_terms());
    pollfd one{ssh_get_fd(session_.get()), POLLIN, 0};
    if ((ssh_get_poll_flags(session_.get()) & SSH_WRITE_PENDING) != 0) one.events |= POLLOUT;
    ::poll(&one, 1, static_cast<int>(terms_.deadline.left(std::chrono::milliseconds(kLook)).count()));
  }
}

Result<> Connection::configure(const std::string& host) {
  auto* const session = session_.get();
  const bool no = false;
  const int off = 0;
  const unsigned port = static_cast<unsigned>(access_.port);
  // Neither the configuration, nor the keys, nor the agent of whom this server runs as.
  const bool set = ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/nonexistent") == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_GSSAPI_AUTH, &off) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_HOST, host.c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_PORT, &port) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_USER, access_.username.c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_COMPRESSION, "no") == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, kCiphers) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, kCiphers) == SSH_OK;
  if (set) return {};
  log::warning("libssh refuses an option", {{"cause", ssh_get_error(session)}});
  return fail(ErrorCode::unavailable, "the host or the username cannot be used");
}

Result<> Connection::connect(net::Client& net, const HostKeys& host_keys, int kind) {
  RECAST_TRY(auto socket, net.connect({"sftp", access_.host, static_cast<std::uint16_t>(access_.port)}, terms_.deadline,
                                      terms_.stop));
  session_.reset(ssh_new());
  if (!session_) return no_connection();
  ssh_set_blocking(session_.get(), 0);
  RECAST_CHECK(configure(bare_host(access_.host)));
  RECAST_CHECK(host_keys.prepare(session_.get()));
  if (!HostKeys::prefer(session_.get(), kind)) return no_connection();
  const int descriptor = socket.get();
  if (ssh_options_set(session_.get(), SSH_OPTIONS_FD, &descriptor) != SSH_OK) return no_connection();
  (void)socket.release();  // libssh closes it, perhaps already in the first call
  auto connected = finish([&] { return ssh_connect(session_.get()); }, SSH_AGAIN);
  if (!connected) broken_ = true;
  RECAST_TRY(const auto answer, std::move(connected));
  if (answer != SSH_OK) {
    const std::string_view cause = ssh_get_error(session_.get());
    const bool no_match = cause.find("no match") != std::string_view::npos;
    (void)cut("key exchange");
    return no_match ? fail(ErrorCode::unavailable, "the server has no algorithm in common with this one")
                    : no_connection();
  }
  auto checked = host_keys.check(session_.get());
  if (!checked) broken_ = true;
  return checked;
}

Result<int> Connection::by_key() {
  RECAST_TRY(const auto key, read_key(access_.private_key, access_.password));
  return finish([&] { return ssh_userauth_publickey(session_.get(), nullptr, key.get()); }, SSH_AUTH_AGAIN);
}

Result<int> Connection::by_prompts() {
  constexpr int kMostRounds = 8;
  for (int round = 0; round < kMostRounds; ++round) {
    RECAST_TRY(const auto answer,
               finish([&] { return ssh_userauth_kbdint(session_.get(), nullptr, nullptr); }, SSH_AUTH_AGAIN));
    if (answer != SSH_AUTH_INFO) return answer;
    const int prompts = ssh_userauth_kbdint_getnprompts(session_.get());
    for (int at = 0; at < prompts; ++at) {
      char echo = 0;
      ssh_userauth_kbdint_getprompt(session_.get(), static_cast<unsigned>(at), &echo);
      const auto* const reply = echo == 0 ? access_.password.c_str() : "";
      if (ssh_userauth_kbdint_setanswer(session_.get(), static_cast<unsigned>(at), reply) != 0) return SSH_AUTH_ERROR;
    }
  }
  return SSH_AUTH_DENIED;
}

Result<> Connection::log_in() {
  // The key is looked at before anything is asked.
  if (!access_.private_key.empty()) RECAST_CHECK(read_key(access_.private_key, access_.password));
  auto* const session = session_.get();
  RECAST_TRY(auto answer, finish([&] { return ssh_userauth_none(session, nullptr); }, SSH_AUTH_AGAIN));
  bool refused = false;
  const auto attempt = [&](bool wanted, int method, const std::function<Result<int>()>& how) -> Result<> {
    if (answer == SSH_AUTH_SUCCESS || answer == SSH_AUTH_ERROR || !wanted) return {};
    const auto methods = ssh_userauth_list(session, nullptr);
    if (methods != 0 && (methods & method) == 0) return {};
    RECAST_TRY(answer, how());
    refused = refused || answer == SSH_AUTH_DENIED;
    return {};
  };
  const bool password = !access_.password.empty();
  RECAST_CHECK(attempt(!access_.private_key.empty(), SSH_AUTH_METHOD_PUBLICKEY, [&] { return by_key(); }));
  RECAST_CHECK(attempt(password, SSH_AUTH_METHOD_PASSWORD, [&] {
    return finish([&] { return ssh_userauth_password(session, nullptr, access_.password.c_str()); }, SSH_AUTH_AGAIN);
  }));
  RECAST_CHECK(attempt(password, SSH_AUTH_METHOD_INTERACTIVE, [&] { return by_prompts(); }));
  if (answer == SSH_AUTH_SUCCESS) return {};
  // Servers hang up after too many refusals.
  if (answer == SSH_AUTH_ERROR && !refused) return cut("login");
  broken_ = true;
  return fail(ErrorCode::invalid_credentials, "authentication failed");
}

Result<> Connection::open_channel() {
  auto* const session = session_.get();
  channel_ = ssh_channel_new(session);
  if (channel_ == nullptr) return no_connection();
  callbacks_.userdata = this;
  callbacks_.channel_data_function = &Connection::on_data;
  ssh_callbacks_init(&callbacks_);
  if (ssh_set_channel_callbacks(channel_, &callbacks_) != SSH_OK) return no_connection();
  RECAST_TRY(const auto opened, finish([&] { return ssh_channel_open_session(channel_); }, SSH_AGAIN));
  if (opened != SSH_OK) return cut("opening a channel");
  RECAST_TRY(const auto begun, finish([&] { return ssh_channel_request_subsystem(channel_, "sftp"); }, SSH_AGAIN));
  if (begun != SSH_OK) {
    (void)cut("beginning SFTP");
    return fail(ErrorCode::unavailable, "the server offers no SFTP");
  }
  event_.reset(ssh_event_new());
  if (!event_ || ssh_event_add_session(event_.get(), session) != SSH_OK) return no_connection();
  return {};
}

int Connection::on_data(ssh_session, ssh_channel, void* data, std::uint32_t length, int is_error, void* self) {
  auto& connection = *static_cast<Connection*>(self);
  connection.progressed(length);
  if (is_error == 0) connection.arrived_.append(static_cast<const char*>(data), length);
  return static_cast<int>(length);
}

Result<std::size_t> Connection::write(std::string_view bytes) {
  constexpr std::size_t kMost = 1 << 20;
  bytes = bytes.substr(0, kMost);
  const int taken = ssh_channel_write(channel_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  if (taken == SSH_AGAIN) return 0;
  if (taken < 0) return cut("writing");
  progressed(static_cast<std::size_t>(taken));
  return static_cast<std::size_t>(taken);
}

Result<> Connection::read(std::string& bytes) {
  if (bytes.empty()) {
    bytes.swap(arrived_);
  } else {
    bytes += arrived_;
  }
  arrived_.clear();
  return {};
}

Result<> Connection::wait() {
  RECAST_CHECK(check_terms());
  if (!arrived_.empty()) return {};
  const auto left = terms_.deadline.left(std::chrono::milliseconds(kLook));
  const int done = ssh_event_dopoll(event_.get(), static_cast<int>(left.count()));
  if (!arrived_.empty()) return {};
  const bool gone = done == SSH_ERROR || ssh_is_connected(session_.get()) == 0 || ssh_channel_is_eof(channel_) != 0 ||
                    ssh_channel_is_open(channel_) == 0;
  return gone ? cut("waiting") : Result<>();
}

}  // namespace recast::storages::sftp
