#include <gtest/gtest.h>

#include <cstdlib>

#include "../../../tests/support/engine_run.hpp"

namespace recast::engines {

Result<> register_mail(engine::Registry& registry);

namespace {

TEST(MailPlan, BringsAnOutlookMessageIntoShapeFirst) {
  const auto plan = test::engine_of(&register_mail).plan({.inputs = {"in/in-1.msg"}, .from = "msg", .to = "html"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(test::line(*plan, 0),
            (std::vector<std::string>{"msgconvert", "--outfile", "tmp/message.eml", "in/in-1.msg"}));
  EXPECT_EQ(std::get<engine::WorkerStep>(plan->steps.at(1).action).inputs, std::vector<std::string>{"tmp/message.eml"});
}

test::EngineRun& run() {
  static test::EngineRun one(&register_mail);
  return one;
}

TEST(Mail, IsReadInTheJail) {
  const auto files = run().convert_bytes("From: a@example.org\r\nSubject: Hello\r\n\r\nSome words\r\n", "eml", "html");
  ASSERT_TRUE(files) << files.error().message;
  const auto page = test::read_file(files->front());
  EXPECT_TRUE(page.contains("<title>Hello</title>"));
  EXPECT_TRUE(page.contains("Some words"));
}

TEST(Mail, GivesItsAttachments) {
  const auto file = run().folder().write(
      "in.eml",
      "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\ntext\r\n"
      "--m\r\nContent-Disposition: attachment; filename=\"../../x.txt\"\r\n\r\nwords\r\n--m--\r\n");
  const auto done = run().run({.operation = "archive/extract", .from = "eml", .to = {}, .files = {file}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->names, std::vector<std::string>{"x.txt"});
  EXPECT_EQ(test::read_file(done->files.at(0)), "words");
}

TEST(Mail, SaysThatAFileIsNoMessage) {
  const auto files = run().convert_bytes("", "eml", "html");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::open_failed);
}

TEST(Mail, ReadsMessagesOfTheCorpus) {
  const char* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(corpus) / "mail")) {
    const auto kind = entry.path().extension().string();
    if (kind != ".eml" && kind != ".msg") continue;
    if (kind == ".msg" && execution::find_program("msgconvert", {}).empty()) continue;
    const auto files = run().convert(kind.substr(1), "html", {entry.path()});
    EXPECT_TRUE(files) << entry.path() << ": " << files.error().message;
    read += files ? 1 : 0;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace recast::engines
