#include "store/audit.hpp"
#include "store/sandbox_files.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;

constexpr const char* kHello = "5d41402abc4b2a76b9719d911017c592";
constexpr const char* kForAll = "098f6bcd4621d373cade4e832627b4f6";

class SandboxStore : public StoreTest {
 protected:
  void SetUp() override {
    settings_.sandbox_whitelist = {kForAll};
    open();
    other_ = store_->create_user("bob", "bob@example.org", false).value().id;
  }
  SandboxFiles& files() { return store_->sandbox_files(); }
  job::Job create_in(bool sandbox) {
    auto spec = chain();
    spec.sandbox = sandbox;
    return create(spec);
  }
  static job::StoredFile file(std::string name, std::string md5) {
    return {std::move(name), "", 5, std::move(md5), ""};
  }

  UserId other_{};
};

TEST_F(SandboxStore, KeepsTheModesApart) {
  const auto live = create_in(false);
  const auto test = create_in(true);
  EXPECT_TRUE(reload(test).sandbox);
  EXPECT_TRUE(reload(test).tasks.at(2).sandbox);
  EXPECT_FALSE(reload(live).tasks.at(0).sandbox);
  for (const bool sandbox : {false, true}) {
    const Owner owner(user_, sandbox);
    const auto& own = sandbox ? test : live;
    const auto& foreign = sandbox ? live : test;
    EXPECT_TRUE(store_->job(owner, own.id));
    EXPECT_EQ(store_->job(owner, foreign.id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_->task(owner, foreign.tasks[0].id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_->cancel_task(owner, foreign.tasks[0].id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_->retry_task(owner, foreign.tasks[0].id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_->delete_task(owner, foreign.tasks[0].id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_->delete_job(owner, foreign.id).error().code, ErrorCode::not_found);
    const auto jobs = store_->list_jobs(owner, {}, {}, true).value();
    ASSERT_EQ(jobs.items.size(), 1U);
    EXPECT_EQ(jobs.items[0].id, own.id);
    EXPECT_EQ(store_->list_tasks(owner, {}, {}).value().items.size(), 3U);
  }
  EXPECT_EQ(store_->list_jobs(user_, {}, {}, false).value().items.size(), 2U);
}

TEST_F(SandboxStore, TakesInputsOfTheSameModeOnly) {
  const auto live = create_in(false);
  auto spec = task_spec("", "convert", {live.tasks[0].id.str()});
  spec.sandbox = true;
  const auto standalone = store_->create_task(user_, spec);
  ASSERT_FALSE(standalone);
  EXPECT_EQ(standalone.error().field, "input");
  job::JobSpec job;
  job.sandbox = true;
  job.tasks = {task_spec("pdf", "convert", {live.tasks[0].id.str()})};
  const auto made = store_->create_job(user_, job);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().field, "tasks.pdf.input");
  spec.sandbox = false;
  EXPECT_TRUE(store_->create_task(user_, spec));
}

TEST_F(SandboxStore, ARetryStaysInItsMode) {
  const auto test = create_in(true);
  ASSERT_TRUE(store_->cancel_task(user_, test.tasks[0].id));
  const auto again = store_->retry_task(user_, test.tasks[0].id);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->sandbox);
  EXPECT_TRUE(reload(*again).sandbox);
}

TEST_F(SandboxStore, RefusesWhatIsOnNoList) {
  const auto refused = files().refusal(user_, std::vector{file("a.txt", kForAll), file("b.txt", kHello)}).value();
  ASSERT_TRUE(refused);
  ASSERT_TRUE(refused->error);
  EXPECT_EQ(refused->error->code, ErrorCode::sandbox_file_not_allowed);
  EXPECT_EQ(refused->error->message, "The file b.txt is not whitelisted for sandbox use");
  const auto& shown = refused->extra.at("files").as_array();
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown.at(0), (boost::json::object{{"filename", "a.txt"}, {"md5", kForAll}}));
  EXPECT_EQ(shown.at(1), (boost::json::object{{"filename", "b.txt"}, {"md5", kHello}}));
  EXPECT_TRUE(refused->files.empty());

  ASSERT_TRUE(files().allow(other_, {{kHello, "hello", {}}}, 10));
  EXPECT_TRUE(files().refusal(user_, std::vector{file("b.txt", kHello)}).value()) << "it is another user's list";
  ASSERT_TRUE(files().allow(user_, {{kHello, "hello", {}}}, 10));
  EXPECT_FALSE(files().refusal(user_, std::vector{file("a.txt", kForAll), file("b.txt", kHello)}).value());
  EXPECT_TRUE(files().refusal(user_, std::vector{file("c.txt", "")}).value()) << "a file of unknown content";
  EXPECT_FALSE(files().refusal(user_, {}).value());
}

TEST_F(SandboxStore, KeepsTheListWithinItsLimit) {
  ASSERT_TRUE(files().allow(user_, {{kHello, "one", {}}}, 1));
  ASSERT_TRUE(files().allow(user_, {{kHello, "the same", {}}}, 1));
  const auto more = files().allow(user_, {{kForAll, "two", {}}}, 1);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().field, "files");
  const auto list = files().list(user_).value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].name, "the same");
  EXPECT_EQ(list[0].created, clock_.now());
  EXPECT_EQ(files().remove(other_, kHello).error().code, ErrorCode::not_found);
  ASSERT_TRUE(files().remove(user_, kHello));
  EXPECT_TRUE(files().list(user_).value().empty());
  const auto log = store_->audit().list(std::nullopt, {}).value();
  EXPECT_EQ(log.items.at(0).action, "sandbox-file.remove");
  EXPECT_EQ(log.items.at(1).action, "sandbox-file.allow");
}

TEST_F(SandboxStore, AListGoesWithItsUser) {
  ASSERT_TRUE(files().allow(other_, {{kHello, "hello", {}}}, 10));
  ASSERT_TRUE(store_->delete_user(other_));
  EXPECT_TRUE(files().list(other_).value().empty());
}

TEST_F(SandboxStore, DropsTheBodyOfARefusedFile) {
  auto spec = task_spec("", "import/raw");
  spec.payload = {{"file", "hello"}, {"filename", "a.txt"}};
  spec.sandbox = true;
  const auto task = store_->create_task(user_, spec).value();
  const auto claim = claim_one(Load::network);
  EXPECT_TRUE(claim.task.sandbox);
  EXPECT_EQ(claim.task.payload.at("file"), "hello");
  const auto refused = files().refusal(user_, std::vector{file("a.txt", kHello)}).value();
  ASSERT_TRUE(store_->end(task.id, claim.attempt, *refused));
  EXPECT_EQ(reload(task).code, "SANDBOX_FILE_NOT_ALLOWED");
  const auto again = store_->retry_task(user_, task.id);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "The file of the task is gone.");
}

}  // namespace
}  // namespace recast::store
