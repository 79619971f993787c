#include "account/login.hpp"

#include <gtest/gtest.h>

namespace recast::account {
namespace {

using std::chrono::seconds;

TEST(Throttle, PausesDoubleUpToTheLongest) {
  const Throttle throttle{.free = 3, .first = seconds(1), .longest = seconds(20)};
  for (const auto& [failures, pause] :
       std::vector<std::pair<std::int64_t, int>>{{0, 0}, {2, 0}, {3, 1}, {4, 2}, {7, 16}, {8, 20}, {1000, 20}}) {
    EXPECT_EQ(pause_after(failures, throttle), seconds(pause)) << failures;
  }
  EXPECT_EQ(pause_after(5, {.free = 3, .first = seconds(60), .longest = seconds(900)}), seconds(240));
}

TEST(Throttle, TakesAnIpv6NetworkForOneAddress) {
  EXPECT_EQ(throttled_address("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(throttled_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(throttled_address("2001:db8:1:2:ffff::"), "2001:db8:1:2::/64");
  EXPECT_EQ(throttled_address("::ffff:192.0.2.7"), "::ffff:192.0.2.7");
  EXPECT_EQ(throttled_address("::ffff:192.0.2.8"), "::ffff:192.0.2.8");
}

TEST(NewAccount, NeedsAPlainUsername) {
  for (const auto* const good : {"a", "ann", "Ann.Example-2_x", "0"}) EXPECT_TRUE(check_username(good)) << good;
  for (const std::string& bad : {std::string(), std::string(".ann"), std::string("ann example"), std::string("ann@x"),
                                 std::string("<b>"), std::string("änn"), std::string(65, 'a')})
    EXPECT_EQ(check_username(bad).error().field, "username") << bad;
}

TEST(NewAccount, NeedsAMailAddress) {
  for (const auto* const good : {"a@b", "ann@example.org", "\"a@b\"@example.org"})
    EXPECT_TRUE(check_email(good)) << good;
  for (const auto* const bad : {"", "ann", "@example.org", "ann@", "ann @example.org", "ann@example.org\r\nBcc: x@y"})
    EXPECT_EQ(check_email(bad).error().field, "email") << bad;
}

TEST(Identity, HasASubjectThatAProviderCanSay) {
  for (const auto& subject : {std::string("1"), std::string("auth0|5f7c 8ec7"), std::string(255, 'x')})
    EXPECT_TRUE(check_subject(subject)) << subject;
  for (const auto& subject : {std::string(), std::string("a\0b", 3), std::string("\xc3\xa9"), std::string(256, 'x')})
    EXPECT_EQ(check_subject(subject).error().field, "subject") << subject;
}

}  // namespace
}  // namespace recast::account
