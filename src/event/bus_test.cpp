#include "event/bus.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace recast::event {
namespace {

store::Event event(std::string name, std::string job, std::string task = {}, std::int64_t user = 1) {
  return {1, std::move(name), UserId(user), JobId(std::move(job)), TaskId(std::move(task))};
}

class BusTest : public testing::Test {
 protected:
  Bus::Listener note(std::string who) {
    return [this, who = std::move(who)](const store::Event& event) { seen_.push_back(who + ":" + event.name); };
  }
  Bus bus_;
  std::vector<std::string> seen_;
};

TEST_F(BusTest, TellsEachWhatItAskedFor) {
  const auto all = bus_.subscribe(note("all"));
  const auto job = bus_.subscribe(JobId("j"), note("job"));
  const auto task = bus_.subscribe(TaskId("t"), note("task"));
  const auto user = bus_.subscribe(UserId(2), note("user"));
  bus_.publish({event("a", "j", "t"), event("b", "k", "t"), event("c", "k", "u", 2), event("d", "j")});
  EXPECT_EQ(seen_, (std::vector<std::string>{"all:a", "job:a", "task:a", "all:b", "task:b", "all:c", "user:c", "all:d",
                                             "job:d"}));
}

TEST_F(BusTest, IsSilentAfterTheEndOfASubscription) {
  { const auto all = bus_.subscribe(note("all")); }
  auto first = bus_.subscribe(note("first"));
  auto second = bus_.subscribe(note("second"));
  first = std::move(second);
  bus_.publish({event("a", "j")});
  EXPECT_EQ(seen_, std::vector<std::string>{"second:a"});
}

TEST_F(BusTest, LetsAListenerSubscribe) {
  std::vector<Bus::Subscription> more;
  const auto all = bus_.subscribe([&](const store::Event&) { more.push_back(bus_.subscribe(note("new"))); });
  bus_.publish({event("a", "j")});
  EXPECT_TRUE(seen_.empty());
  bus_.publish({event("b", "j")});
  EXPECT_EQ(seen_, std::vector<std::string>{"new:b"});
}

TEST_F(BusTest, LetsAListenerEndItselfAndOthers) {
  std::optional<Bus::Subscription> self;
  std::optional<Bus::Subscription> other;
  self = bus_.subscribe([&](const store::Event& one) {
    seen_.push_back("self:" + one.name);
    other.reset();
    self.reset();
  });
  other = bus_.subscribe(note("other"));
  bus_.publish({event("a", "j"), event("b", "j")});
  EXPECT_EQ(seen_, std::vector<std::string>{"self:a"});
}

TEST_F(BusTest, DoesNotCallAListenerWhoseSubscriptionHasEndedOnAnotherThread) {
  std::atomic<bool> stop = false;
  std::thread publisher([&] {
    while (!stop) bus_.publish({event("a", "j", "t")});
  });
  for (int i = 0; i < 2000; ++i) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto subscription = bus_.subscribe(TaskId("t"), [&](const store::Event&) { ++*alive; });
    if (i % 2 == 0) std::this_thread::yield();
    { const auto ended = std::move(subscription); }
    alive.reset();  // a later call would be a use after free
  }
  stop = true;
  publisher.join();
}

}  // namespace
}  // namespace recast::event
