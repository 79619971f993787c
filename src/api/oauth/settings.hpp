#pragma once

#include <cstdint>

#include "schema/field.hpp"

namespace recast::api {

/// Settings section "oauth": programs that act for users (RFC 6749).
struct OauthSettings {
  int code_seconds = 600;
  std::int64_t access_token_seconds = 31'536'000;
  std::int64_t refresh_token_seconds = 63'072'000;
  int overlap_seconds = 60;
  int clients_per_user = 50;
  int logins_per_client = 100;
  int wrong_secrets_per_minute = 20;

  static constexpr auto fields = std::tuple{
      schema::field(&OauthSettings::code_seconds, "code_seconds", "How long an authorization code can be redeemed.",
                    {.min = 10, .max = 3600}),
      schema::field(&OauthSettings::access_token_seconds, "access_token_seconds",
                    "How long an access token is good. The default is that of the service whose API this is.",
                    {.min = 60, .max = 3'155'760'000}),
      schema::field(&OauthSettings::refresh_token_seconds, "refresh_token_seconds",
                    "How long a refresh token is good that nobody uses. Each use gives a new one.",
                    {.min = 60, .max = 3'155'760'000}),
      schema::field(&OauthSettings::overlap_seconds, "overlap_seconds",
                    "How long the access token before stays good after a refresh, for requests on their way.",
                    {.min = 0, .max = 3600}),
      schema::field(&OauthSettings::clients_per_user, "clients_per_user", "OAuth clients that a user may register.",
                    {.min = 0}),
      schema::field(&OauthSettings::logins_per_client, "logins_per_client",
                    "How many times a client can be connected with one user: with one more, the oldest ends.",
                    {.min = 1}),
      schema::field(&OauthSettings::wrong_secrets_per_minute, "wrong_secrets_per_minute",
                    "Wrong secrets of one client from one address, after which further requests are refused.",
                    {.min = 1}),
  };
};

}  // namespace recast::api
