#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "account/credits.hpp"
#include "account/quota.hpp"
#include "account/sandbox.hpp"
#include "api/login/settings.hpp"
#include "api/oauth/settings.hpp"
#include "api/services.hpp"
#include "config/settings.hpp"
#include "event/deliveries.hpp"
#include "event/mail_settings.hpp"
#include "execution/executor.hpp"
#include "http/server.hpp"
#include "net/policy.hpp"
#include "scheduler/scheduler.hpp"
#include "storage/registry.hpp"

namespace recast::server {

namespace fs = std::filesystem;

/// Settings section "server": where it listens and keeps its things.
struct ServerSettings {
  std::string address = "127.0.0.1";
  int port = 8080;
  int sync_port = 8081;
  std::string certificate;
  std::string key;
  std::string data;
  std::string storage = "local";
  std::string programs;
  std::string port_file;
  std::string log_level = "info";
  std::string log_format = "text";
  bool access_log = true;
  std::int64_t minimum_free_bytes = 512LL << 20;
  std::int64_t reserve_bytes = 16LL << 20;
  bool core_dumps = false;

  static constexpr auto fields = std::tuple{
      schema::field(&ServerSettings::address, "address", "Address to listen on."),
      schema::field(&ServerSettings::port, "port", "Port of the API; 0 for any free one.", {.min = 0, .max = 65535}),
      schema::field(&ServerSettings::sync_port, "sync_port",
                    "Port of the blocking API; 0 for any free one, -1 for none.", {.min = -1, .max = 65535}),
      schema::field(&ServerSettings::certificate, "certificate",
                    "TLS certificate chain (PEM file). With it both ports speak TLS."),
      schema::field(&ServerSettings::key, "key", "Private key of the certificate (PEM file)."),
      schema::field(&ServerSettings::data, "data",
                    "Folder of database and files. Empty: $XDG_DATA_HOME/recast or ~/.local/share/recast."),
      schema::field(&ServerSettings::storage, "storage",
                    "Where files of tasks are kept: local (in the data folder), or s3 (see storage_s3)."),
      schema::field(&ServerSettings::programs, "programs",
                    "Folder of recast-jail and the recast-worker programs. Empty: where recastd itself is, or "
                    "../libexec/recast."),
      schema::field(&ServerSettings::port_file, "port_file",
                    "File that gets the two ports, a line each, once the server answers."),
      schema::field(&ServerSettings::log_level, "log_level", "Least level that is logged.",
                    {.values = {"debug", "info", "warning", "error"}}),
      schema::field(&ServerSettings::log_format, "log_format", "Form of log lines.", {.values = {"text", "json"}}),
      schema::field(&ServerSettings::access_log, "access_log", "Whether each request is logged."),
      schema::field(&ServerSettings::minimum_free_bytes, "minimum_free_bytes",
                    "Room on the data folder's disk below which /readyz fails.", {.min = 0}),
      schema::field(
          &ServerSettings::reserve_bytes, "reserve_bytes",
          "Room kept beside the database, so that jobs can be ended and deleted when the disk is full. 0: none.",
          {.min = 0}),
      schema::field(&ServerSettings::core_dumps, "core_dumps",
                    "Whether a crash may leave an image of the memory, in which clients' secrets can be."),
  };
};

/// Settings section "jail".
struct JailSettings {
  std::string require = "auto";
  std::int64_t first_uid = 0;
  int uid_count = 4096;

  static constexpr auto fields = std::tuple{
      schema::field(&JailSettings::require, "require",
                    "The least isolation to convert with: full, landlock or none. auto: full where this machine can "
                    "give it, else the server says what is missing and uses landlock.",
                    {.values = {"auto", "full", "landlock", "none"}}),
      schema::field(&JailSettings::first_uid, "first_uid",
                    "As root: jailed processes get user ids from here on. 0: far above all that users, containers and "
                    "subordinate ids have, or, where the machine has no such ids, from 50000.",
                    {.min = 0, .max = 4'294'000'000}),
      schema::field(&JailSettings::uid_count, "uid_count", "How many such ids there are.", {.min = 64, .max = 1000000}),
  };

  /// Ranges that do not touch.
  struct Uids {
    unsigned programs = 0;
    unsigned program_count = 0;
    unsigned workers = 0;
  };
  /// invalid_data on "jail.uid_count" if there are not enough for `for_workers` and some programs.
  Result<Uids> uids(unsigned for_workers) const;
};

/// Settings section "workers".
struct WorkerSettings {
  int parallel = 0;
  int start_seconds = 60;
  int probe_seconds = 300;

  static constexpr auto fields = std::tuple{
      schema::field(&WorkerSettings::parallel, "parallel", "Jobs one resident worker does at once; 0: one per core.",
                    {.min = 0, .max = 1024}),
      schema::field(&WorkerSettings::start_seconds, "start_seconds", "How long a resident worker may take to start.",
                    {.min = 1}),
      schema::field(&WorkerSettings::probe_seconds, "probe_seconds", "How often every engine converts its probe file.",
                    {.min = 5}),
  };
};

/// Everything an operator can set.
struct Options {
  ServerSettings server;
  JailSettings jail;
  WorkerSettings workers;
  http::Settings http;
  api::Settings api;
  api::LoginSettings login;
  api::OauthSettings oauth;
  account::Quota quotas;
  account::CreditSettings credits;
  boost::json::object prices;  ///< of [credits.prices]; read by account::Prices
  account::SandboxSettings sandbox;
  event::WebhookSettings webhooks;
  event::MailSettings mail;
  scheduler::Settings scheduler;
  execution::Settings limits;
  net::Settings outbound;
  boost::json::object overrides;  ///< tables of [outbound.override]; read by net::read_overrides
  storage::Registry storages;     ///< filled by declare(); copies share its settings
  boost::json::object engines;

  /// Hands every section to `settings`. `this` must stay where it is. An error is one of this build.
  Result<> declare(config::Settings& settings);
  fs::path data_folder() const;     ///< absolute
  fs::path program_folder() const;  ///< absolute
};

}  // namespace recast::server
