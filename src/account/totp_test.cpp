#include "account/totp.hpp"

#include <gtest/gtest.h>

#include <set>

namespace recast::account {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

TEST(Totp, FollowsTheCounterVectorsOfRfc4226) {  // appendix D
  const std::vector<std::string> codes{"755224", "287082", "359152", "969429", "338314",
                                       "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(totp_code(kSecret, static_cast<std::int64_t>(i)), codes[i]);
}

TEST(Totp, FollowsTheTimeVectorsOfRfc6238) {  // appendix B, SHA-1; the last six of its eight digits
  for (const auto& [seconds, code] : std::vector<std::pair<std::int64_t, std::string>>{{59, "287082"},
                                                                                         {1111111109, "081804"},
                                                                                         {1111111111, "050471"},
                                                                                         {1234567890, "005924"},
                                                                                         {2000000000, "279037"},
                                                                                         {20000000000, "353130"}}) {
    EXPECT_EQ(totp_code(kSecret, totp_step(at(seconds))), code) << seconds;
  }
}

TEST(Totp, AcceptsOneIntervalOfDrift) {
  const auto now = at(1'000'000'000);
  const auto here = totp_step(now);
  for (const auto step : {here - 1, here, here + 1})
    EXPECT_EQ(totp_match(kSecret, totp_code(kSecret, step), now, 0), step);
  for (const auto step : {here - 2, here + 2})
    EXPECT_FALSE(totp_match(kSecret, totp_code(kSecret, step), now, 0)) << step;
  EXPECT_FALSE(totp_match(kSecret, "", now, 0));
  EXPECT_FALSE(totp_match(kSecret, "12345", now, 0));
  const auto code = totp_code(kSecret, here);
  EXPECT_EQ(totp_match(kSecret, code.substr(0, 3) + " " + code.substr(3), now, 0), here);
}

TEST(Totp, CodeWorksOnceAndNoOlderOneAfterIt) {
  const auto now = at(1'000'000'000);
  const auto here = totp_step(now);
  EXPECT_FALSE(totp_match(kSecret, totp_code(kSecret, here), now, here));
  EXPECT_FALSE(totp_match(kSecret, totp_code(kSecret, here - 1), now, here));
  EXPECT_EQ(totp_match(kSecret, totp_code(kSecret, here + 1), now, here), here + 1);
}

TEST(Totp, WritesBase32) {  // RFC 4648 10
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(base32("fo"), "MZXQ");
  EXPECT_EQ(base32("foo"), "MZXW6");
  EXPECT_EQ(base32("foob"), "MZXW6YQ");
  EXPECT_EQ(base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
}

TEST(Totp, NamesIssuerAndUserForTheApp) {
  EXPECT_EQ(totp_uri("foobar", "Recast at example.org", "ann@x"),
            "otpauth://totp/Recast%20at%20example.org:ann%40x?secret=MZXW6YTBOI&issuer=Recast%20at%20example.org"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(RecoveryCodes, DifferAndAreReadHoweverTheyAreTyped) {
  SystemRandom random;
  const auto codes = new_recovery_codes(random);
  EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), 10u);
  for (const auto& code : codes) EXPECT_EQ(code.size(), 19u) << code;
  EXPECT_EQ(recovery_code_hash("abcd-efgh-2345-6722"), recovery_code_hash(" ABCDefgh 23456722"));
  EXPECT_NE(recovery_code_hash("abcd-efgh-2345-6722"), recovery_code_hash("abcd-efgh-2345-6723"));
}

}  // namespace
}  // namespace recast::account
