#include "api/mode.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kModeHeader = "recast-mode";
constexpr std::string_view kSandboxPrefix = "/sandbox";

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_region(std::string_view label, const Settings& settings) {
  return label == "eu-central" || label == "us-east" || (label == settings.region && !label.empty());
}

/// Roots that may follow /sync or /sandbox; anything else with such a name is not ours to cut.
bool is_api_root(std::string_view path) {
  constexpr std::string_view roots[] = {"/v2",    "/tasks", "/socket.io",   "/s",
                                        "/oauth", "/sync",  "/.well-known", "/sandbox"};
  return std::ranges::any_of(roots, [path](std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
  });
}

bool cut_prefix(std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix) || !is_api_root(std::string_view(path).substr(prefix.size()))) return false;
  path.erase(0, prefix.size());
  return true;
}

/// The Host header as far as it can be believed: it ends up in links.
std::string host_of(const http::Request& request) {
  const auto host = request.headers.get("Host");
  const bool plain = !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").contains(c);
  });
  return plain ? std::string(host) : "localhost";
}

std::string without_label(std::string_view host, std::string_view label) {
  std::string out;
  for (const auto part : split(host, '.')) {
    if (part == label) continue;
    if (!out.empty()) out += '.';
    out += part;
  }
  return out;
}

std::string_view without_slash(std::string_view base) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return base;
}

/// "/5b0f7a52-9d2e-4a63-8a55-0c9f0b1d2e3f": a signed URL on a host of its own.
bool is_uuid_path(std::string_view path) {
  constexpr std::size_t kLength = 37;
  return path.size() == kLength && path.find_first_not_of("0123456789abcdef-", 1) == std::string_view::npos;
}

}  // namespace

void decide_mode(http::Request& request, const Settings& settings) {
  std::string mode;
  const auto note = [&mode](std::string_view word) { mode.append(word).append(" "); };
  if (request.listener == "sync") note("sync");
  if (settings.host_roles) {
    const auto host = lower(without_port(request.headers.get("Host")));
    for (const auto label : split(host, '.')) {
      if (label == "sync" || label == "sandbox") note(label);
      if (is_region(label, settings)) note("region=" + std::string(label));
    }
    if (host.starts_with("s.") && is_uuid_path(request.path)) request.path.insert(0, "/s");
  }
  for (bool cut = true; cut;) {
    cut = false;
    if (cut_prefix(request.path, "/sync")) {
      cut = true;
      note("sync");
    } else if (cut_prefix(request.path, kSandboxPrefix)) {
      cut = true;
      note("sandbox prefix");
    }
  }
  request.headers.set(kModeHeader, mode);
}

Mode mode_of(const http::Request& request) {
  Mode mode;
  for (const auto word : split(request.headers.get(kModeHeader), ' ')) {
    if (word == "sync") mode.blocking = true;
    if (word == "sandbox") mode.sandbox = true;
    if (word == "prefix") mode.prefix = kSandboxPrefix;
    if (word.starts_with("region=")) mode.region = word.substr(7);
  }
  return mode;
}

Bases bases_of(const http::Request& request, const Settings& settings) {
  const auto mode = mode_of(request);
  Bases bases;
  bases.sandbox = mode.sandbox;
  if (settings.public_api_url.empty()) {
    auto host = host_of(request);
    if (settings.host_roles) host = without_label(host, "sync");
    // A client that reached the blocking listener by its port gets links to the other one.
    const auto own_port = ":" + std::to_string(request.port);
    if (request.listener == "sync" && host.ends_with(own_port)) {
      host.replace(host.size() - own_port.size(), own_port.size(), ":" + std::to_string(request.main_port));
    }
    bases.api = (request.secure ? "https://" : "http://") + host;
    bases.storage = bases.api;
    bases.api += mode.prefix;
  } else {
    bases.storage = without_slash(settings.public_api_url);
    bases.api = bases.storage;
    if (mode.sandbox) bases.api += kSandboxPrefix;  // the one name that is known is that of the live mode
  }
  if (!settings.public_storage_url.empty()) bases.storage = without_slash(settings.public_storage_url);
  return bases;
}

std::string Bases::text() const { return api + " " + storage + (sandbox ? " sandbox" : ""); }

Bases Bases::from_text(std::string_view text, const Settings& settings) {
  Bases bases;
  const auto words = split(text, ' ');
  bases.api = words.empty() ? std::string_view() : words[0];
  bases.storage = words.size() > 1 ? words[1] : words[0];
  bases.sandbox = words.size() > 2;
  if (!settings.public_api_url.empty()) {
    bases.storage = without_slash(settings.public_api_url);
    bases.api = bases.storage;
    if (bases.sandbox) bases.api += kSandboxPrefix;
  }
  if (!settings.public_storage_url.empty()) bases.storage = without_slash(settings.public_storage_url);
  return bases;
}

}  // namespace recast::api
