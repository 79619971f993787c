#include "storages/sftp/host_keys.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <mutex>

#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::storages::sftp {

namespace {

/// "SHA256:" and base64 without padding.
std::string fingerprint_of(ssh_session session) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK) return {};
  const KeyHandle key(raw);
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != SSH_OK) return {};
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
  std::string fingerprint(text == nullptr ? "" : text);
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return fingerprint;
}

/// As it is compared: without "SHA256:" and padding.
std::string bare(std::string_view fingerprint) {
  if (equal_ignoring_case(fingerprint.substr(0, 7), "SHA256:")) fingerprint.remove_prefix(7);
  while (fingerprint.ends_with('=')) fingerprint.remove_suffix(1);
  return std::string(fingerprint);
}

/// libssh replaces %h and the like in names of files.
std::string literal(const std::string& path) {
  std::string escaped;
  for (const char c : path) escaped += c == '%' ? "%%" : std::string(1, c);
  return escaped;
}

}  // namespace

Result<> check_host_key(std::string_view fingerprint) {
  if (fingerprint.empty()) return {};
  constexpr std::size_t kBytes = 32;
  const auto bytes = from_base64(bare(fingerprint) + "=");
  if (bytes && bytes->size() == kBytes) return {};
  return fail(ErrorCode::invalid_data,
              "The host key is no fingerprint: SHA256: and 43 characters, as ssh-keygen -l shows it.", "host_key");
}

HostKeys::HostKeys(const Settings& settings, const Access& access, const std::string& state_folder)
    : mode_(settings.host_keys),
      pin_(bare(access.host_key)),
      file_(settings.known_hosts),
      place_(fmt::format("{}:{}", access.host, access.port)) {
  if (file_.empty()) file_ = state_folder.empty() ? "/dev/null" : state_folder + "/known_hosts";
  file_ = std::filesystem::absolute(file_).string();
  if (mode_ == "off" || is_pinned()) file_ = "/dev/null";
}

Result<> HostKeys::prepare(ssh_session session) const {
  const bool set = ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, literal(file_).c_str()) == SSH_OK &&
                   ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK;
  return set ? Result<>() : fail(ErrorCode::unavailable, "could not connect to host");
}

bool HostKeys::prefer(ssh_session session, int at) {
  static constexpr std::array<const char*, 4> kinds{nullptr, "ssh-ed25519",
                                                    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
                                                    "rsa-sha2-512,rsa-sha2-256"};
  if (at >= static_cast<int>(kinds.size())) return false;
  const auto* const kind = kinds[static_cast<std::size_t>(at)];
  return kind == nullptr || ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, kind) == SSH_OK;
}

Result<> HostKeys::check(ssh_session session) const {
  const auto fingerprint = fingerprint_of(session);
  if (fingerprint.empty()) return fail(ErrorCode::unavailable, "could not connect to host");
  if (is_pinned()) {
    if (bare(fingerprint) == pin_) return {};
    log::info("a server has another key than the client named", {{"server", place_}, {"key", fingerprint}});
    return fail(ErrorCode::unavailable, "the server's host key is not the one that host_key names");
  }
  return mode_ == "off" ? Result<>() : check_known(session, fingerprint);
}

Result<> HostKeys::check_known(ssh_session session, const std::string& fingerprint) const {
  static std::mutex mutex;  // of the file: the first connections of a task come together
  const std::lock_guard lock(mutex);
  switch (ssh_session_is_known_server(session)) {
    case SSH_KNOWN_HOSTS_OK:
      return {};
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:  // known kinds are preferred, so the server has them no more
      log::warning("a server's key has changed", {{"server", place_}, {"key", fingerprint}, {"file", file_}});
      return fail(ErrorCode::unavailable, "host key changed");
    case SSH_KNOWN_HOSTS_UNKNOWN:
    case SSH_KNOWN_HOSTS_NOT_FOUND:
      break;
    default:
      log::error("known keys of servers cannot be read", {{"file", file_}, {"cause", ssh_get_error(session)}});
      return fail(ErrorCode::unavailable, "the known host keys cannot be read");
  }
  if (mode_ == "strict") {
    log::warning("a server's key is not known", {{"server", place_}, {"key", fingerprint}, {"file", file_}});
    return fail(ErrorCode::unavailable, "host key is not known");
  }
  log::info("a server's key is kept", {{"server", place_}, {"key", fingerprint}});
  if (file_ == "/dev/null") return {};
  if (ssh_session_update_known_hosts(session) == SSH_OK) return {};
  log::error("a server's key cannot be kept", {{"file", file_}, {"cause", ssh_get_error(session)}});
  return fail(ErrorCode::unavailable, "the host key cannot be kept");
}

}  // namespace recast::storages::sftp
