#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.hpp"
#include "account/credits.hpp"
#include "api/context.hpp"

namespace recast::api {

namespace json = boost::json;

/// What `POST /v2/keys` and the administrator's form of it take.
struct NewKey {
  std::string name;
  std::vector<std::string> scopes;
  std::string mode = "both";
  std::optional<std::int64_t> expires_in;

  static constexpr auto fields = std::tuple{
      schema::field(&NewKey::name, "name", "What the key is called in lists.", {.required = true}),
      schema::field(&NewKey::scopes, "scopes",
                    "What the key may do; empty: whatever the caller's own key may, of the API's scopes."),
      schema::field(&NewKey::mode, "mode", "Where it is good: live, sandbox or both.",
                    {.values = {"both", "live", "sandbox"}}),
      schema::field(&NewKey::expires_in, "expires_in", "Seconds after which it is worth nothing; none: never.",
                    {.min = 1, .max = 3'155'760'000}),
  };
};

json::object user_view(const account::User& user, const Bases& bases);
json::object key_view(const account::ApiKey& key);
json::object credits_view(const account::Balance& balance);

/// Makes a key for `owner` from the request's body; 201 with its token, which is shown this once. A key can be given no
/// scope that the caller's own key lacks, unless the caller is an administrator's; only administrators' keys carry
/// admin.
Result<http::Response> create_key_for(Call& call, const account::User& owner);
/// The page of a user's keys that the request asks for; `path` is that of the list, from the root.
Result<http::Response> key_list(const Call& call, UserId user, const std::string& path);

/// A time as the API writes it, or null.
json::value time_or_null(const std::optional<Time>& time);

/// A whole number; not_found for anything else.
Result<std::int64_t> number_of(std::string_view text);
/// A number in the path; not_found for anything else.
Result<std::int64_t> number_in_path(const Call& call, std::size_t capture);

}  // namespace recast::api
