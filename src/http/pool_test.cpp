#include "http/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "http/budget.hpp"
#include "http/census.hpp"

namespace recast::http {
namespace {

TEST(Pool, RefusesMoreThanMayWait) {
  std::promise<void> go, entered;
  std::atomic<int> ran = 0;
  Pool pool(1);
  pool.post([&] {
    entered.set_value();
    go.get_future().wait();
  });
  entered.get_future().wait();
  EXPECT_TRUE(pool.try_post([&] { ++ran; }, 2));
  EXPECT_TRUE(pool.try_post([&] { ++ran; }, 2));
  EXPECT_FALSE(pool.try_post([&] { ++ran; }, 2));
  pool.post([&] { ++ran; });
  go.set_value();
  pool.join();
  EXPECT_EQ(ran, 3);
}

TEST(Census, CountsPerAddressAndNetwork) {
  Census census(3, 1);
  const auto one = parse_address("2001:db8::1").value(), neighbour = parse_address("2001:db8::2").value();
  const auto other = parse_address("2001:db8:0:1::1").value(), four = parse_address("10.0.0.1").value();
  EXPECT_TRUE(census.admit(one, false));
  EXPECT_FALSE(census.admit(neighbour, false));  // the same /64
  EXPECT_TRUE(census.admit(other, false));
  EXPECT_TRUE(census.admit(four, false));
  EXPECT_FALSE(census.admit(parse_address("10.0.0.2").value(), false));  // too many in all
  census.leave(one, false);
  EXPECT_TRUE(census.admit(neighbour, false));
  EXPECT_EQ(census.admitted(), 3u);
}

TEST(Census, ExemptsTrustedPeersFromTheirAddress) {
  Census census(3, 1);
  const auto proxy = parse_address("10.0.0.1").value();
  EXPECT_TRUE(census.admit(proxy, true));
  EXPECT_TRUE(census.admit(proxy, true));
  EXPECT_TRUE(census.admit(proxy, false));
  EXPECT_FALSE(census.admit(proxy, true));
}

TEST(Budget, GivesBackWhatAReservationHeld) {
  Budget budget(100);
  {
    Reservation one(budget), two(budget);
    EXPECT_TRUE(one.grow_to(60));
    EXPECT_TRUE(one.grow_to(50));
    EXPECT_FALSE(two.grow_to(41));
    EXPECT_TRUE(two.grow_to(40));
    EXPECT_EQ(budget.used(), 100u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace recast::http
