#include "target.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>

#include <cstdlib>

namespace recast::cli {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Endpoint named(const TargetFlags& flags) {
  Endpoint endpoint{.url = flags.server.empty() ? environment("RECAST_URL") : flags.server,
                    .key = flags.key.empty() ? environment("RECAST_API_KEY") : flags.key,
                    .ca_file = flags.ca_file.empty() ? environment("RECAST_CA_FILE") : flags.ca_file,
                    .insecure = flags.insecure};
  while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
  if (endpoint.url.ends_with("/v2")) endpoint.url.resize(endpoint.url.size() - 3);
  return endpoint;
}

Result<Target> checked(Endpoint endpoint, Key key) {
  if (!endpoint.url.starts_with("http://") && !endpoint.url.starts_with("https://")) {
    return fail(ErrorCode::malformed_body, fmt::format("The server {} is no http or https URL.", endpoint.url));
  }
  if (endpoint.key.empty() && key == Key::needed)
    return fail(ErrorCode::malformed_body, "A server needs a key: --key or RECAST_API_KEY.");
  return Target{std::move(endpoint), nullptr};
}

fs::path config_file() {
  const auto base = environment("XDG_CONFIG_HOME");
  return (base.empty() ? fs::path(environment("HOME")) / ".config" : fs::path(base)) / "recast/client.toml";
}

}  // namespace

Result<Target> open_or_embed(const TargetFlags& flags, Key key) {
  if (auto endpoint = named(flags); !endpoint.url.empty()) return checked(std::move(endpoint), key);
  RECAST_TRY(auto embedded, Embedded::start(flags.verbose));
  auto endpoint = embedded->endpoint();
  return Target{std::move(endpoint), std::move(embedded)};
}

Result<Target> open_server(const TargetFlags& flags) {
  auto endpoint = named(flags);
  if (endpoint.url.empty() || endpoint.key.empty()) {
    try {
      const auto file = toml::parse_file(config_file().string());
      if (endpoint.url.empty()) endpoint.url = file["url"].value_or(std::string());
      if (endpoint.key.empty()) endpoint.key = file["key"].value_or(std::string());
    } catch (const toml::parse_error&) {
      // No file, or none that can be read: the message below says what to do.
    }
  }
  if (endpoint.url.empty()) {
    return fail(ErrorCode::malformed_body,
                fmt::format("Which server? Use --server and --key, RECAST_URL and RECAST_API_KEY, or {}.",
                            config_file().string()));
  }
  return checked(std::move(endpoint), Key::needed);
}

}  // namespace recast::cli
