#include "process/wire.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace recast::process {
namespace {

TEST(Wire, CarriesMessagesWithDescriptors) {
  auto sockets = socket_pair();
  ASSERT_TRUE(sockets);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const std::vector<int> fds{null.get(), null.get()};
  ASSERT_TRUE(send_message(sockets->first.get(), "first line\nbody", fds, Patience::none));
  auto received = receive_message(sockets->second.get());
  ASSERT_EQ(received.state, Received::State::message);
  EXPECT_EQ(received.message.line(), "first line");
  EXPECT_EQ(received.message.body(), "body");
  ASSERT_EQ(received.message.descriptors.size(), 2U);
  EXPECT_NE(::fcntl(received.message.descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(receive_message(sockets->second.get()).state, Received::State::nothing);
  sockets->first.reset();
  EXPECT_EQ(receive_message(sockets->second.get()).state, Received::State::closed);
  EXPECT_FALSE(send_message(sockets->second.get(), "x", {}, Patience::wait));
}

TEST(Wire, DoesNotWaitWithoutPatience) {
  auto sockets = socket_pair();
  ASSERT_TRUE(sockets);
  int sent = 0;
  while (sent < 1000 && send_message(sockets->first.get(), std::string(50'000, 'x'), {}, Patience::none)) ++sent;
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 1000);
}

TEST(Wire, ReadsBackAJob) {
  const JobLine job{.id = 7,
                    .inputs = 0,
                    .outputs = 0,
                    .limits = {.wall = std::chrono::seconds(5), .memory = 1ULL << 40, .processes = 9}};
  const auto read = parse_job({.text = format_job(job, R"({"a":1})")});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 7U);
  EXPECT_EQ(read->limits.wall, std::chrono::seconds(5));
  EXPECT_EQ(read->limits.memory, 1ULL << 40);
  EXPECT_EQ(read->limits.processes, 9U);
}

TEST(Wire, RefusesJobsThatDoNotAddUp) {
  for (const auto* const text : {"", "job", "job 1 0 0 1 1 1 1 1 1", "job 1 1 0 1 1 1 1 1 1 1\n",
                                 "job -1 0 0 1 1 1 1 1 1 1\n", "jab 1 0 0 1 1 1 1 1 1 1\n"}) {
    EXPECT_FALSE(parse_job({.text = text})) << text;
  }
}

TEST(Wire, ReadsBackAnEnd) {
  EndLine end{.id = 3, .answer = "ok\n{}"};
  end.report = {.exit_code = 0,
                .signal = 11,
                .exceeded = Exceeded::memory,
                .errors = "a\nb",
                .cpu = std::chrono::microseconds(5),
                .max_rss = 6};
  const auto read = parse_end(format_end(end));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->report.signal, 11);
  EXPECT_EQ(read->report.exceeded, Exceeded::memory);
  EXPECT_EQ(read->report.errors, "a\nb");
  EXPECT_EQ(read->answer, "ok\n{}");
}

TEST(Wire, RefusesEndsThatDoNotAddUp) {
  for (const auto* const text :
       {"", "end 1", "end 1 0 0 0 0 0 0 99\nshort", "end 1 0 0 77 0 0 0 0\n", "end 1 0 0 0 0 0 0 x\n"}) {
    EXPECT_FALSE(parse_end(text)) << text;
  }
}

TEST(Answer, IsTheJsonOfAnObjectOrAnError) {
  EXPECT_EQ(read_answer("ok\n{\"a\":1}").value(), "{\"a\":1}");
  const auto error = read_answer(format_error({ErrorCode::pixel_limit, "Too large.", {}}));
  EXPECT_EQ(error.error().code, ErrorCode::pixel_limit);
  EXPECT_EQ(error.error().message, "Too large.");
}

TEST(Answer, NamesTheOptionThatIsWrong) {
  EXPECT_EQ(read_answer(format_error({ErrorCode::open_failed, "Wrong.", "password"})).error().field, "password");
  EXPECT_EQ(read_answer("error 16 <b>\nno").error().field, "");
  EXPECT_EQ(read_answer("error 16 " + std::string(41, 'a') + "\nno").error().field, "");
}

TEST(Answer, IsNotBelieved) {
  std::string deep = "ok\n";
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  for (const auto& text : {std::string(), std::string("ok"), std::string("ok\n[]"), std::string("ok\n{\"a\":\"\xFF\"}"),
                           deep, "ok\n{\"a\":\"" + std::string(kLongestAnswer, 'x') + "\"}", std::string("error x\nno"),
                           std::string("no\n{}")}) {
    const auto read = read_answer(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::conversion_failed);
  }
  EXPECT_EQ(read_answer(format_error({ErrorCode::worker_lost, "lies", {}})).error().code, ErrorCode::conversion_failed);
  EXPECT_LE(read_answer("error 16\n" + std::string(50'000, 'x')).error().message.size(), 2000U);
}

}  // namespace
}  // namespace recast::process
