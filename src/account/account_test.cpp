#include "account/account.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace recast::account {
namespace {

TEST(Account, MakesTokensThatDiffer) {
  SystemRandom random;
  const auto token = new_token(random);
  EXPECT_EQ(token.size(), 50u);
  EXPECT_TRUE(token.starts_with("recast_"));
  EXPECT_TRUE(std::all_of(token.begin() + 7, token.end(), [](unsigned char c) { return std::isalnum(c) != 0; }));
  EXPECT_NE(token, new_token(random));
}

TEST(Account, HashesATokenWithSha256) {
  EXPECT_EQ(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Account, AsksForScopes) {
  const Principal principal{.user = {}, .key = {}, .scopes = {"task.read", "something.else"}};
  EXPECT_TRUE(principal.require(scope::task_read));
  const auto refused = principal.require(scope::task_write);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_EQ(refused.error().message, "Invalid scope(s) provided.");
}

TEST(Account, KnowsKeysOfOneModeOnly) {
  Principal principal;
  EXPECT_TRUE(principal.require_mode(true));
  principal.terms.mode = KeyMode::live;
  EXPECT_TRUE(principal.require_mode(false));
  EXPECT_EQ(principal.require_mode(true).error().code, ErrorCode::forbidden);
  principal.terms.mode = KeyMode::sandbox;
  EXPECT_TRUE(principal.require_mode(true));
  EXPECT_EQ(principal.require_mode(false).error().code, ErrorCode::forbidden);
  EXPECT_EQ(key_mode_from("sandbox"), KeyMode::sandbox);
  EXPECT_EQ(key_mode_from("none"), std::nullopt);
}

TEST(Account, GivesNoKeyTheAdministratorsScopeByItself) {
  const auto scopes = all_scopes();
  EXPECT_EQ(scopes.size(), 8u);
  EXPECT_EQ(std::ranges::find(scopes, scope::admin), scopes.end());
}

}  // namespace
}  // namespace recast::account
