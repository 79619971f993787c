#include "api/dispatcher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <vector>

namespace recast::api {
namespace {

using namespace std::chrono_literals;

Steady in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

TEST(Dispatcher, KeepsTheOrderOnOneThread) {
  Dispatcher dispatcher(1);
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 100; ++i) dispatcher.post([&order, i] { order.push_back(i); });
  dispatcher.post([&done] { done.set_value(); });
  ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(Dispatcher, RunsTheEarlierTimeFirst) {
  Dispatcher dispatcher(1);
  std::vector<int> order;
  std::promise<void> done;
  dispatcher.post_at(in(30ms), [&] {
    order.push_back(2);
    done.set_value();
  });
  dispatcher.post_at(in(5ms), [&order] { order.push_back(1); });
  ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

// Whether the thread sleeps already cannot be seen; in a hundred rounds it does.
TEST(Dispatcher, LooksAgainWhenAnEarlierTimeComesWhileItSleeps) {
  Dispatcher dispatcher(1);
  dispatcher.post_at(in(1h), [] {});
  for (int round = 0; round < 100; ++round) {
    std::promise<void> woken, done;
    dispatcher.post([&] { woken.set_value(); });
    woken.get_future().wait();
    dispatcher.post_at(in(1ms), [&] { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready) << "round " << round;
  }
}

TEST(Dispatcher, GoesOnAfterWorkThatThrows) {
  Dispatcher dispatcher(1);
  std::promise<void> done;
  dispatcher.post([] { throw std::runtime_error("on purpose"); });
  dispatcher.post([&done] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

TEST(Dispatcher, DropsWhatWaitsWhenItStops) {
  bool ran = false;
  Dispatcher dispatcher(2);
  dispatcher.post_at(in(1h), [&ran] { ran = true; });
  dispatcher.stop();
  dispatcher.post([&ran] { ran = true; });
  dispatcher.post_at(in(0ms), [&ran] { ran = true; });
  dispatcher.stop();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace recast::api
