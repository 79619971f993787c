#pragma once

#include <string>

#include "schema/field.hpp"

namespace recast::api {

/// Settings section "api".
struct Settings {
  std::string public_api_url;
  std::string public_storage_url;
  std::string public_signed_url_base;
  std::string region = "local";
  bool host_roles = true;
  int link_seconds = 86400;
  int sockets_per_user = 10000;
  int idempotency_hours = 24;
  int signed_cache_hours = 24;
  int keys_per_user = 1000;
  int signed_url_bases_per_user = 100;
  int presets_per_user = 1000;
  int preset_versions = 1000;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::public_api_url, "public_api_url",
                    "Base of links to jobs and tasks as clients see it, without /v2, such as "
                    "https://recast.example.org. Empty: from the request's Host."),
      schema::field(&Settings::public_storage_url, "public_storage_url",
                    "Base of upload and download URLs. Empty: the same as public_api_url."),
      schema::field(&Settings::public_signed_url_base, "public_signed_url_base",
                    "Base of signed URLs, before the id. Empty: public_api_url with /s behind it."),
      schema::field(&Settings::region, "region", "What tasks show as their region."),
      schema::field(&Settings::host_roles, "host_roles",
                    "Whether labels of the Host header (sync, storage, socketio, …) choose a role."),
      schema::field(&Settings::link_seconds, "link_seconds", "How long a download link works.", {.min = 1}),
      schema::field(&Settings::sockets_per_user, "sockets_per_user", "Socket.IO connections of one user.", {.min = 1}),
      schema::field(&Settings::idempotency_hours, "idempotency_hours",
                    "How long an Idempotency-Key stands for the request it came with.", {.min = 1, .max = 720}),
      schema::field(&Settings::signed_cache_hours, "signed_cache_hours",
                    "How long the result of a signed URL with a cache_key is used again; no longer than jobs are kept.",
                    {.min = 1, .max = 720}),
      schema::field(&Settings::keys_per_user, "keys_per_user", "API keys that one user may have.", {.min = 1}),
      schema::field(&Settings::signed_url_bases_per_user, "signed_url_bases_per_user",
                    "Bases of signed URLs that one user may have.", {.min = 0}),
      schema::field(&Settings::presets_per_user, "presets_per_user", "Presets that one user may have.", {.min = 0}),
      schema::field(&Settings::preset_versions, "preset_versions",
                    "Versions that one preset may have; none goes away by itself, since tasks may name it.",
                    {.min = 1}),
  };
};

}  // namespace recast::api
