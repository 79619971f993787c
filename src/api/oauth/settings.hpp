#pragma once

#include "schema/field.hpp"

namespace recast::api {

/// Settings section "oauth": programs that act for users (RFC 6749).
struct OauthSettings {
  int code_seconds = 600;
  std::int64_t access_token_seconds = 31'536'000;

  static constexpr auto fields = std::tuple{
      schema::field(&OauthSettings::code_seconds, "code_seconds", "How long an authorization code can be redeemed.",
                    {.min = 10, .max = 3600}),
      schema::field(&OauthSettings::access_token_seconds, "access_token_seconds",
                    "How long an access token is good. The default is that of the service whose API this is.",
                    {.min = 60}),
  };
};

}  // namespace recast::api
