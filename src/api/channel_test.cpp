#include <gtest/gtest.h>

#include "api/channel_name.hpp"
#include "api/subscriptions.hpp"

namespace recast::api {
namespace {

using Kind = ChannelName::Kind;

TEST(ChannelName, KnowsTheFiveForms) {
  struct Row {
    std::string_view name;
    Kind kind;
  };
  for (const auto& [name, kind] : {Row{"private-job.a-1", Kind::job}, Row{"private-job.a-1.tasks", Kind::job_tasks},
                                   Row{"private-task.a-1", Kind::task}, Row{"private-user.a-1.jobs", Kind::user_jobs},
                                   Row{"private-user.a-1.tasks", Kind::user_tasks}}) {
    const auto channel = ChannelName::parse(name);
    ASSERT_TRUE(channel) << name;
    EXPECT_EQ(channel->kind, kind) << name;
    EXPECT_EQ(channel->id, "a-1") << name;
  }
}

TEST(ChannelName, TakesThePluralOfTheDocumentation) {
  EXPECT_EQ(ChannelName::parse("private-jobs.a")->topic(), ChannelName::parse("private-job.a")->topic());
  EXPECT_NE(ChannelName::parse("private-job.a")->topic(), ChannelName::parse("private-job.a.tasks")->topic());
}

TEST(ChannelName, RefusesAllElse) {
  for (const auto* const name : {"", "private-job.", "job.a", "private-user.1", "private-task.a.b", "private-job.a/b",
                                 "private-job..tasks", "private-job. "}) {
    EXPECT_FALSE(ChannelName::parse(name)) << name;
  }
}

class FakeSocket final : public socketio::Socket {
 public:
  explicit FakeSocket(std::string id) : id_(std::move(id)) {}
  const std::string& id() const override { return id_; }
  const std::any& tag() const override { return tag_; }
  bool is_open() const override { return open; }
  void send(const std::string&) override {}
  void close() override { open = false; }

  bool open = true;

 private:
  std::string id_;
  std::any tag_;
};

class Channel : public testing::Test {
 protected:
  Subscriber subscriber(const std::shared_ptr<FakeSocket>& socket, std::string name) {
    const auto channel = ChannelName::parse(name).value();
    return {socket, std::move(name), channel, UserId(1), key, std::nullopt};
  }
  KeyId key{1};
  Subscriptions subscriptions{2};
  std::shared_ptr<FakeSocket> one = std::make_shared<FakeSocket>("1"), two = std::make_shared<FakeSocket>("2"),
                              three = std::make_shared<FakeSocket>("3");
};

TEST_F(Channel, IsLeftByAllThatCameWithARevokedKey) {
  subscriptions.add(one, subscriber(one, "private-job.a"));
  subscriptions.add(one, subscriber(one, "private-job.b"));
  key = KeyId(2);
  subscriptions.add(two, subscriber(two, "private-job.a"));
  EXPECT_EQ(subscriptions.remove_key(KeyId(1)).size(), 2U);
  EXPECT_EQ(subscriptions.of({"j/a"}).size(), 1U);
  EXPECT_TRUE(subscriptions.remove_key(KeyId(1)).empty());
}

TEST_F(Channel, IsJoinedOnce) {
  EXPECT_EQ(subscriptions.add(one, subscriber(one, "private-job.a")), Subscriptions::Added::yes);
  EXPECT_EQ(subscriptions.add(one, subscriber(one, "private-job.a")), Subscriptions::Added::already);
  EXPECT_EQ(subscriptions.of({"j/a"}).size(), 1U);
  subscriptions.remove("1", "private-job.a");
  subscriptions.remove("1", "private-job.a");
  EXPECT_FALSE(subscriptions.any({"j/a"}));
}

TEST_F(Channel, HasSoManySocketsOfAUser) {
  EXPECT_EQ(subscriptions.add(one, subscriber(one, "private-job.a")), Subscriptions::Added::yes);
  EXPECT_EQ(subscriptions.add(two, subscriber(two, "private-job.a")), Subscriptions::Added::yes);
  EXPECT_EQ(subscriptions.add(three, subscriber(three, "private-job.a")), Subscriptions::Added::too_many);
  EXPECT_EQ(subscriptions.add(one, subscriber(one, "private-job.b")), Subscriptions::Added::yes);
  subscriptions.remove_socket("1");
  EXPECT_EQ(subscriptions.add(three, subscriber(three, "private-job.a")), Subscriptions::Added::yes);
  EXPECT_EQ(subscriptions.of({"j/a"}).size(), 2U);
}

TEST_F(Channel, KeepsNothingOfASocketThatClosedMeanwhile) {
  // A timer closes the socket while its request is looked at: first it is removed, then it would be added.
  for (const auto& socket : {one, two, three}) {
    const auto request = subscriber(socket, "private-job.a");
    socket->open = false;
    subscriptions.remove_socket(socket->id());
    EXPECT_EQ(subscriptions.add(socket, request), Subscriptions::Added::closed);
  }
  EXPECT_FALSE(subscriptions.any({"j/a"}));
  const auto four = std::make_shared<FakeSocket>("4");
  EXPECT_EQ(subscriptions.add(four, subscriber(four, "private-job.a")), Subscriptions::Added::yes);  // room for two
}

TEST_F(Channel, TellsOfAnEndOnce) {
  const auto job = subscriber(one, "private-job.a"), user = subscriber(one, "private-user.1.jobs");
  EXPECT_FALSE(subscriptions.first_ending(job, "a"));  // has left, or was never there
  subscriptions.add(one, job);
  subscriptions.add(one, user);
  EXPECT_TRUE(subscriptions.first_ending(job, "a"));
  EXPECT_FALSE(subscriptions.first_ending(job, "a"));
  EXPECT_TRUE(subscriptions.first_ending(job, "b"));
  EXPECT_TRUE(subscriptions.first_ending(user, "a"));
  EXPECT_TRUE(subscriptions.first_ending(user, "a"));
}

}  // namespace
}  // namespace recast::api
