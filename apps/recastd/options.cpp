#include "options.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

namespace recast::server {

namespace {

/// Whether this user namespace has an id: inside a container there may be only 65,536 of them.
bool is_mapped(std::uint64_t uid) {
  std::ifstream map("/proc/self/uid_map");
  for (std::uint64_t inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;) {
    if (uid >= inside && uid < inside + count) return true;
  }
  return false;
}

}  // namespace

Result<JailSettings::Uids> JailSettings::uids(unsigned for_workers) const {
  constexpr std::uint64_t kUnused = 1'879'048'192;  // systemd's list of user ids has nothing from here to 2^31
  constexpr std::uint64_t kInContainer = 50'000;
  constexpr unsigned kLeastForPrograms = 16;
  const auto count = static_cast<unsigned>(uid_count);
  if (count < for_workers + kLeastForPrograms) {
    return fail(ErrorCode::invalid_data,
                fmt::format("The engines of this machine need at least {} user ids.", for_workers + kLeastForPrograms),
                "jail.uid_count");
  }
  const auto chosen = first_uid > 0                ? static_cast<std::uint64_t>(first_uid)
                      : is_mapped(kUnused + count) ? kUnused
                                                   : kInContainer;
  const auto first = static_cast<unsigned>(chosen);
  return Uids{first, count - for_workers, first + count - for_workers};
}

Result<> Options::declare(config::Settings& settings) {
  RECAST_CHECK(storages::register_all(storages));
  settings.section("server", "Where the server listens and keeps its things.", server);
  settings.section("jail", "Isolation of the engines.", jail);
  settings.section("workers", "Resident workers: LibreOffice, libvips, browser.", workers);
  settings.section("limits", "Caps on every engine step. They lower what an engine's own plan allows.", limits);
  settings.section("scheduler", "Tasks: how many at once, how long, how long kept.", scheduler);
  settings.section("http", "Limits of connections and requests.", http);
  settings.section("api", "What clients see.", api);
  settings.section("login", "How people log in.", login);
  settings.section("oauth", "Programs that act for users.", oauth);
  settings.section("quotas", "What a user may use for whom nothing else is said.", quotas);
  settings.section("credits", "What work costs whom.", credits);
  settings.tree(
      "credits.prices",
      "Credits for a task that ended well, by operation and engine: convert = 1, \"convert/chrome\" = 2. 1 if "
      "nothing is said; imports, exports and failures cost nothing, reading metadata neither. In the file only.",
      prices);
  settings.section("sandbox", "The API's test mode.", sandbox);
  settings.section("webhooks", "Calls that tell of jobs.", webhooks);
  settings.section("mail", "Notices to users by mail.", mail);
  settings.section("outbound", "Where imports, exports and captured websites may connect to.", outbound);
  settings.tree(
      "outbound.override",
      "Other rules for one operation: [outbound.override.\"export/sftp\"] allow_hosts = [\"nas.lan:22\"]. "
      "default and allow_http take the place of those above; allow_hosts, allow_cidrs, deny_hosts, deny_cidrs "
      "and allow_ports are added to them. In the file only.",
      overrides);
  settings.section("storages", "Imports from and exports to stores.", storages.transfers());
  for (const auto& one : storages.sections()) settings.section(one.name, one.doc, one.fields, one.fill, one.dump);
  settings.tree("engines",
                "Engines: [engines.poppler] enabled = false, and further versions as "
                "[engines.poppler.install.old] path = \"/opt/poppler\", default, deprecated, experimental.",
                engines);
  return {};
}

fs::path Options::data_folder() const {
  if (!server.data.empty()) return fs::absolute(server.data);
  if (const char* base = std::getenv("XDG_DATA_HOME"); base != nullptr && *base == '/')
    return fs::path(base) / "recast";
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr && *home == '/' ? home : "/var/lib") / ".local/share/recast";
}

fs::path Options::program_folder() const {
  if (!server.programs.empty()) return fs::absolute(server.programs);
  std::error_code error;
  const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (fs::exists(own / "recast-jail")) return own;
  return own.parent_path() / "libexec/recast";
}

}  // namespace recast::server
