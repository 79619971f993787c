#include "storages/azure_blob/address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/url.hpp"

namespace recast::storages::azure {

namespace {

constexpr std::string_view kPlaceholder = "{account}";
constexpr std::string_view kSecondary = "-secondary";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// ^[a-z0-9]{3,24}$
bool is_account(std::string_view text) {
  return text.size() >= 3 && text.size() <= 24 &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c); });
}

/// "$root" and "$web" are written as they are.
std::string encode_container(std::string_view name) {
  return name.starts_with('$') ? "$" + percent_encode(name.substr(1)) : percent_encode(name);
}

std::string with_account(std::string text, std::string_view account) {
  for (std::size_t at = 0; (at = text.find(kPlaceholder, at)) != std::string::npos; at += account.size()) {
    text.replace(at, kPlaceholder.size(), account);
  }
  return text;
}

/// Origin and path of what the settings say.
struct Base {
  std::string origin;
  std::string path;
};
Result<Base> base_of(const std::string& text) {
  const auto url = net::Url::parse(text);
  const bool bare =
      url && url->user().empty() && url->password().empty() && text.find_first_of("?#@{}") == std::string::npos;
  if (!bare) return fail(ErrorCode::invalid_data, "the address of Azure in the settings cannot be used");
  auto path = url->path();
  while (path.ends_with('/')) path.pop_back();
  const auto standard = url->scheme() == "https" ? 443 : 80;
  const auto port = url->port() == standard ? std::string() : fmt::format(":{}", url->port());
  return Base{fmt::format("{}://{}{}", url->scheme(), url->host(), port), std::move(path)};
}

}  // namespace

Result<Address> address_of(const Access& access, const Settings& settings) {
  std::string_view account = access.storage_account;
  if (account.ends_with(kSecondary)) account.remove_suffix(kSecondary.size());
  if (!is_account(account))
    return fail(ErrorCode::invalid_data, "the storage_account is not the name of an account", "storage_account");
  const auto& name = access.container;
  if (name.find('/') != std::string::npos || name == "." || name == "..")
    return fail(ErrorCode::invalid_data, "the container is not the name of a container", "container");
  RECAST_TRY(const auto asked, base_of(with_account(settings.url, access.storage_account)));
  RECAST_TRY(const auto owner, base_of(with_account(settings.url, account)));
  const auto container = "/" + encode_container(name);
  return Address{std::string(account), asked.origin, asked.path + container, owner.path + container,
                 settings.url != Settings().url};
}

Result<std::string> query_of_sas(std::string_view token) {
  if (token.starts_with('?')) token.remove_prefix(1);
  const bool clean = std::ranges::all_of(token, [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) ||
           std::string_view("-._~%&=+:/,").find(c) != std::string_view::npos;
  });
  if (token.empty() || !clean)
    return fail(ErrorCode::invalid_credentials, "the sas_token is not a shared access signature", "sas_token");
  return std::string(token);
}

}  // namespace recast::storages::azure
