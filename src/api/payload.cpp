#include "api/payload.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "job/job.hpp"

namespace recast::api {

namespace json = boost::json;

namespace {

/// Hidden whatever operation they belong to: a client may have put them where they do nothing.
constexpr std::array<std::string_view, 11> kSecrets = {
    "access_key_id", "secret_access_key", "session_token", "storage_access_key", "sas_token",         "private_key",
    "password",      "client_email",      "credentials",   "set_password",       "set_owner_password"};

bool is_storage_operation(std::string_view operation) {
  return operation.starts_with("import/") || operation.starts_with("export/");
}

/// Scheme, host and path; what may be a secret goes.
std::string bare_url(std::string_view url) {
  url = url.substr(0, std::min(url.find('?'), url.find('#')));
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const auto start = scheme + 3;
  const auto end = std::min(url.find('/', start), url.size());
  const auto at = url.substr(start, end - start).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, start)).append(url.substr(start + at + 1));
}

/// The names of headers may be seen, their values not.
json::value bare_headers(const json::value& headers) {
  if (!headers.is_object()) return nullptr;
  json::object names;
  for (const auto& header : headers.get_object()) names[header.key()] = "(hidden)";
  return names;
}

}  // namespace

json::object visible_payload(std::string_view operation_name, const json::object& payload,
                             const operation::Operation* operation) {
  json::object shown;
  for (const auto& member : payload) {
    const std::string_view name = member.key();
    const auto& value = member.value();
    const bool hidden = operation != nullptr && std::ranges::find(operation->hidden, name) != operation->hidden.end();
    if (job::carries_file(operation_name) && name == job::kCarriedFile) {
      if (value.is_string()) shown[job::kCarriedSize] = value.get_string().size();
      continue;
    }
    const bool address = name == "url" || name == "endpoint" || name == "auth_url";
    if (address && value.is_string()) {
      shown[name] = bare_url(std::string_view(value.get_string()));
    } else if (name == "headers") {
      shown[name] = bare_headers(value);
    } else if (hidden || std::ranges::find(kSecrets, name) != kSecrets.end() || name == "name" ||
               (name == "username" && is_storage_operation(operation_name))) {
      continue;
    } else {
      shown[name] = value;
    }
  }
  return shown;
}

}  // namespace recast::api
