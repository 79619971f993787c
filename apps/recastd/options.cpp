#include "options.hpp"

#include <cstdlib>

namespace recast::server {

void Options::declare(config::Settings& settings) {
  settings.section("server", "Where the server listens and keeps its things.", server);
  settings.section("jail", "Isolation of the engines.", jail);
  settings.section("workers", "Resident workers: LibreOffice, libvips, browser.", workers);
  settings.section("limits", "Caps on every engine step. They lower what an engine's own plan allows.", limits);
  settings.section("scheduler", "Tasks: how many at once, how long, how long kept.", scheduler);
  settings.section("http", "Limits of connections and requests.", http);
  settings.section("api", "What clients see.", api);
  settings.section("outbound", "Where imports may connect to.", outbound);
  settings.tree("engines",
                "Engines: [engines.poppler] enabled = false, and further versions as "
                "[engines.poppler.install.old] path = \"/opt/poppler\", default, deprecated, experimental.",
                engines);
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
