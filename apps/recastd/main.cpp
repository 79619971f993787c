// recastd: the server. Reads its settings, starts the parts, waits for a signal.
#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "base/log.hpp"
#include "base/unique_handle.hpp"
#include "options.hpp"
#include "reference.hpp"
#include "server.hpp"

extern char** environ;

namespace recast::server {
namespace {

constexpr int kUsage = 2;

struct Arguments {
  std::string config;
  std::string first_key_file;
  bool print_config = false;
  bool settings_reference = false;
  bool import_export_reference = false;
  bool create_key = false;
  bool doctor = false;
};

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> values;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (text.starts_with("RECAST_") && equals != std::string_view::npos)
      values.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return values;
}

/// Adds a flag for every setting; what is given lands in `flags`.
void add_setting_flags(CLI::App& app, const config::Settings& settings,
                       std::vector<std::pair<std::string, std::string>>& flags) {
  for (const auto& [name, doc] : settings.names()) {
    const auto section = name.substr(0, name.find('.'));
    app.add_option_function<std::string>(
           "--" + name, [&flags, name](const std::string& text) { flags.emplace_back(name, text); }, doc)
        ->group("Settings: " + section);
  }
}

Result<> write_private(const std::string& path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return std::unexpected(from_errno(errno, path));
  }
  return {};
}

int complain(const Error& error) {
  fmt::print(stderr, "recastd: {}{}{}\n", error.field, error.field.empty() ? "" : ": ", error.message);
  return 1;
}

Result<> tell_ports(const Options& options, const Server& server) {
  if (options.server.port_file.empty()) return {};
  const auto part = options.server.port_file + ".part";
  RECAST_CHECK(write_private(part, fmt::format("{}\n{}\n", server.port(), server.sync_port())));
  std::error_code error;
  fs::rename(part, options.server.port_file, error);
  return error ? Result<>(std::unexpected(from_errno(error.value(), options.server.port_file))) : Result<>();
}

/// What is in memory may be a secret. A limit of 1, not 0: it also keeps the kernel from handing the image to a
/// program, such as systemd-coredump (core(5)).
void forbid_core_dumps() {
  const struct rlimit limit { .rlim_cur = 1, .rlim_max = 1 };
  if (::setrlimit(RLIMIT_CORE, &limit) != 0) log::warning("core dumps cannot be turned off", {});
}

int serve(const Options& options, const Arguments& arguments) {
  if (!options.server.core_dumps) forbid_core_dumps();
  // Every thread inherits the mask: signals are taken here and nowhere else.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);  // the terminal is gone; settings are read at the start only
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  // Whoever waits for this file must not take that of an earlier run for ours.
  std::error_code ignored;
  if (!options.server.port_file.empty()) fs::remove(options.server.port_file, ignored);
  auto server = Server::start(options);
  if (!server) return complain(server.error());
  if (const auto& key = (*server)->first_key(); !key.empty()) {
    if (arguments.first_key_file.empty()) {
      fmt::print("First start: a user \"admin\" was made. Its API key, shown only now:\n{}\n", key);
      std::fflush(stdout);
    } else if (auto written = write_private(arguments.first_key_file, key + "\n"); !written) {
      return complain(written.error());
    }
  }
  if (auto told = tell_ports(options, **server); !told) return complain(told.error());
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", fmt::format("SIG{}", ::sigabbrev_np(signal))}});
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second signal ends the server at once
  (*server)->stop();
  server->reset();
  log::info("stopped");
  return 0;
}

int run(int argc, char** argv) {
  Options options;
  config::Settings settings;
  if (const auto declared = options.declare(settings); !declared) return complain(declared.error());
  Arguments arguments;
  std::vector<std::pair<std::string, std::string>> flags;

  CLI::App app(
      "recastd: file conversion server with the CloudConvert API v2.\nEach setting can also stand in a TOML file "
      "(--config) or in the environment (RECAST_SECTION_NAME).");
  app.set_version_flag("--version", "recastd " RECAST_VERSION);
  app.add_option("--config", arguments.config, "Settings file (TOML)");
  app.add_option("--data", options.server.data, "Folder of database and files; short for --server.data");
  app.add_option("--first-key-file", arguments.first_key_file,
                 "Write the first start's API key to this file (mode 0600) instead of standard output");
  app.add_flag("--print-config", arguments.print_config, "Print the settings in force as TOML and exit");
  app.add_flag("--settings-reference", arguments.settings_reference,
               "Print the settings' reference page (Markdown) and exit");
  app.add_flag("--import-export-reference", arguments.import_export_reference,
               "Print the reference page of imports and exports (Markdown) and exit");
  app.add_flag("--create-admin-key", arguments.create_key, "Make a further administrator's API key, print it and exit");
  app.add_flag("--doctor", arguments.doctor, "Say what this machine can do (isolation, engines) and exit");
  add_setting_flags(app, settings, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }

  if (arguments.import_export_reference) {
    const auto page = import_export_reference(options);
    if (!page) return complain(page.error());
    fmt::print("{}", *page);
    return 0;
  }
  if (arguments.settings_reference) {
    fmt::print("{}", settings.reference());
    return 0;
  }
  if (!options.server.data.empty()) flags.emplace_back("server.data", options.server.data);
  config::Settings::Sources sources{.file = {}, .environment = environment(), .flags = std::move(flags)};
  if (!arguments.config.empty()) {
    if (::access(arguments.config.c_str(), R_OK) != 0) return complain(from_errno(errno, arguments.config));
    sources.file = arguments.config;
  }
  if (auto loaded = settings.load(sources); !loaded) return complain(loaded.error());
  if (arguments.print_config) {
    fmt::print("{}", settings.print());
    return 0;
  }
  const auto& level = options.server.log_level;
  log::configure(level == "debug"     ? log::Level::debug
                 : level == "warning" ? log::Level::warning
                 : level == "error"   ? log::Level::error
                                      : log::Level::info,
                 options.server.log_format == "json" ? log::Format::json : log::Format::text);
  ::umask(022);
  if (arguments.doctor) return doctor(options);
  if (arguments.create_key) {
    const auto key = create_administrator_key(options);
    if (!key) return complain(key.error());
    fmt::print("{}\n", *key);
    return 0;
  }
  return serve(options, arguments);
}

}  // namespace
}  // namespace recast::server

int main(int argc, char** argv) {
  try {
    return recast::server::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "recastd: {}\n", error.what());
    return 1;
  }
}
