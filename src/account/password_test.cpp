#include "account/password.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace recast::account {
namespace {

constexpr PasswordCost kCheap{.memory_mib = 1, .passes = 1};

TEST(Password, FitsItsHashOnly) {
  PasswordHasher hasher(kCheap, 1);
  const auto hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=1024,t=1,p=1$")) << hash;
  EXPECT_EQ(hash.find("horse"), std::string::npos);
  EXPECT_NE(hash, hasher.hash("correct horse").value());
  EXPECT_TRUE(hasher.fits("correct horse", hash).value());
  EXPECT_FALSE(hasher.fits("correct hors", hash).value());
  EXPECT_FALSE(hasher.fits("", hash).value());
}

TEST(Password, OfNobodyFitsNothing) {
  PasswordHasher hasher(kCheap, 1);
  EXPECT_FALSE(hasher.fits("", "").value());
  EXPECT_FALSE(hasher.fits("anything", "").value());
  EXPECT_FALSE(hasher.fits("anything", "not a hash").value());
}

TEST(Password, HashIsOutdatedOnceTheCostChanges) {
  PasswordHasher before(kCheap, 1), after({.memory_mib = 2, .passes = 1}, 1), more({.memory_mib = 1, .passes = 2}, 1);
  const auto hash = before.hash("correct horse").value();
  EXPECT_FALSE(before.is_outdated(hash));
  EXPECT_TRUE(after.is_outdated(hash));
  EXPECT_TRUE(more.is_outdated(hash));
  EXPECT_TRUE(after.fits("correct horse", hash).value());  // still good
}

TEST(Password, IsRefusedWithAReason) {
  const auto message = [](std::string_view password) {
    const auto checked = check_password(password, "Someone-Here", 10, "new_password");
    return checked ? std::string() : checked.error().field + ": " + checked.error().message;
  };
  EXPECT_EQ(message("ten chars!"), "");
  EXPECT_EQ(message("nine char"), "new_password: The password must be at least 10 characters long.");
  EXPECT_EQ(message("äöüßäöüßä"), "new_password: The password must be at least 10 characters long.");
  EXPECT_EQ(message("äöüßäöüßäö"), "");
  EXPECT_EQ(message("someone-here"), "new_password: The password may not be the username.");
  const std::string control =
      "new_password: The password may not have control characters in it, such as tabs, line ends or NUL.";
  using namespace std::string_view_literals;
  for (const auto odd :
       {"null\0in the middle"sv, "\0\0\0\0\0\0\0\0\0\0\0\0"sv, "a tab\tin the middle"sv, "a line's end\n"sv,
        "delete \x7f it all"sv, "next\u0085line of it"sv, "\t\t\t\t\t\t\t\t\t\t\t\t"sv})
    EXPECT_EQ(message(odd), control) << odd;
  for (const auto odd : {"            "sv, " "sv, "\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000"sv,
                         "\u00A0 \u2003\u00A0 \u2003\u00A0 \u2003\u00A0"sv})
    EXPECT_EQ(message(odd), "new_password: The password may not be blanks alone.") << odd;
  EXPECT_EQ(message(""), "new_password: The password must be at least 10 characters long.");
  EXPECT_EQ(message("         ."), "") << "one that can be seen is enough";
  EXPECT_EQ(message("é\u00A0à-Ö\u0100\u0180\u4E80 x"), "") << "bytes of other characters are no control characters";
  EXPECT_EQ(message(std::string(1024, 'x')), "");
  EXPECT_EQ(message(std::string(1025, 'x')), "new_password: The password may not be longer than 1024 bytes.");
}

// However many come at once, some are answered and the others are told to come again; none is left hanging.
TEST(Password, CrowdIsTurnedAwayNotQueued) {
  PasswordHasher hasher({.memory_mib = 8, .passes = 4}, 1);
  std::atomic<int> done = 0, refused = 0, other = 0;
  {
    std::vector<std::jthread> crowd;
    for (int i = 0; i < 24; ++i) {
      crowd.emplace_back([&] {
        const auto hash = hasher.hash("correct horse");
        if (hash)
          ++done;
        else if (hash.error().code == ErrorCode::unavailable)
          ++refused;
        else
          ++other;
      });
    }
  }
  EXPECT_EQ(done + refused, 24);
  EXPECT_GE(done, 1);
  EXPECT_TRUE(hasher.hash("correct horse"));  // the places are free again
}

}  // namespace
}  // namespace recast::account
