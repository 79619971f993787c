#pragma once

#include <memory>
#include <string>

#include "client.hpp"
#include "embedded.hpp"

namespace recast::cli {

/// What the flags --server, --key, --cacert, --insecure, --verbose say, for every subcommand.
struct TargetFlags {
  std::string server;
  std::string key;
  std::string ca_file;
  bool insecure = false;
  bool verbose = false;
};

/// The server to talk to, and the private one if it was started for that.
/// The catalogue is for everybody.
enum class Key { needed, optional };

struct Target {
  Endpoint endpoint;
  std::unique_ptr<Embedded> embedded;
};

/// By flags, then RECAST_URL and RECAST_API_KEY; with neither, a private embedded server.
Result<Target> open_or_embed(const TargetFlags& flags, Key key = Key::needed);
/// By flags, then environment, then the file client.toml that `./dev run` or the user wrote (in
/// $XDG_CONFIG_HOME/recast): for commands that make no sense on a server that is gone a moment later.
Result<Target> open_server(const TargetFlags& flags);

}  // namespace recast::cli
