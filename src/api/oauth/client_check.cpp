#include "api/oauth/client_check.hpp"

#include <algorithm>

#include "account/signing.hpp"
#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::chrono::minutes kWindow{1};
constexpr std::size_t kMostNames = 10'000;

struct Presented {
  account::ClientCredentials credentials;
  bool in_header = false;
};

/// Only one way may be used (RFC 6749 2.3).
OauthResult<Presented> presented_by(const http::Request& request, const OauthForm& form) {
  const auto header = trim(request.headers.get("Authorization"));
  const auto id = form.get("client_id");
  const auto secret = form.get("client_secret");
  constexpr std::string_view kScheme = "basic";
  if (!lower(header).starts_with(kScheme)) {
    if (!id) return oauth_fail("invalid_request", "The parameter client_id is missing.");
    return Presented{.credentials = {*id, secret.value_or("")}};
  }
  const auto read = account::read_basic_credentials(header);
  if (!read) {
    return std::unexpected(OauthError{.code = "invalid_client",
                                      .description = "The Authorization header cannot be read.",
                                      .status = 401,
                                      .challenge = true});
  }
  if (secret) return oauth_fail("invalid_request", "The client authenticates in the header and in the body.");
  if (id && *id != read->id)
    return oauth_fail("invalid_request", "The client_id is another one than in the Authorization header.");
  return Presented{.credentials = *read, .in_header = true};
}

/// Whether the secret is right; a public client has none.
bool is_right(const store::Grants::Known& known, const std::string& secret) {
  if (!known.client.confidential) return secret.empty();
  return account::same_signature(account::token_hash(secret), known.secret);
}

}  // namespace

bool Failures::too_many(const std::string& name) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(name);
    return found != entries.end() && found->second.count >= most_ && clock_.now() < found->second.since + kWindow;
  });
}

void Failures::count(const std::string& name) {
  entries_.with([&](auto& entries) {
    const auto now = clock_.now();
    if (entries.size() >= kMostNames)
      std::erase_if(entries, [&](const auto& one) { return now >= one.second.since + kWindow; });
    if (entries.size() >= kMostNames) entries.clear();
    auto& entry = entries.try_emplace(name, Entry{.since = now}).first->second;
    if (now >= entry.since + kWindow) entry = {.since = now};
    ++entry.count;
  });
}

OauthResult<account::OauthClient> check_client(Call& call, const OauthForm& form, Failures& failures) {
  RECAST_TRY(const auto presented, presented_by(call.request, form));
  constexpr std::size_t kLongestId = 100;
  const auto name = presented.credentials.id.substr(0, kLongestId) + " " + call.request.remote_address;
  if (failures.too_many(name)) {
    return std::unexpected(OauthError{
        .code = "slow_down", .description = "There were too many wrong secrets of this client.", .status = 429});
  }
  const auto known = call.context.services.store.grants().known(presented.credentials.id);
  if (!known) return std::unexpected(oauth_error_of(known.error()));
  if (*known && is_right(**known, presented.credentials.secret)) return (*known)->client;
  failures.count(name);
  return std::unexpected(OauthError{.code = "invalid_client",
                                    .description = "The client is unknown, or its secret is wrong.",
                                    .status = 401,
                                    .challenge = presented.in_header});
}

}  // namespace recast::api
