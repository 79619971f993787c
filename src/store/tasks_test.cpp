#include <boost/json/array.hpp>

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;
using Tasks = StoreTest;

TEST_F(Tasks, RunAlone) {
  const auto task = store_->create_task(user_, task_spec("", "import/url")).value();
  EXPECT_TRUE(task.job_id.empty());
  EXPECT_TRUE(task.name.empty());
  EXPECT_EQ(task.status, job::Status::waiting);
  auto spec = task_spec("", "convert", {task.id.str()});
  const auto next = store_->create_task(user_, spec).value();
  EXPECT_FALSE(next.ready);
  const auto one = claim_one(Load::network);
  ASSERT_TRUE(store_->end(one.task.id, 1, success("a/1")));
  EXPECT_EQ(claim_one(Load::cpu).inputs.at(0).file.storage_key, "a/1");
}

TEST_F(Tasks, RefuseUnknownInputs) {
  const auto refused = store_->create_task(user_, task_spec("", "convert", {"6b1f0c0e-5a0e-4f0e-9f57-0d7f4c1f3a10"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "input");
}

TEST_F(Tasks, FailAtOnceWithAFailedInput) {
  const auto task = store_->create_task(user_, task_spec("", "import/url")).value();
  ASSERT_TRUE(store_->end(task.id, claim_one(Load::network).attempt, failure()));
  const auto next = store_->create_task(user_, task_spec("", "convert", {task.id.str()})).value();
  EXPECT_EQ(next.code, "INPUT_TASK_FAILED");
  EXPECT_EQ(reload(next).status, job::Status::error);
}

TEST_F(Tasks, FailThroughAChainOfTheirOwn) {
  const auto a = store_->create_task(user_, task_spec("", "import/url")).value();
  const auto b = store_->create_task(user_, task_spec("", "convert", {a.id.str()})).value();
  const auto c = store_->create_task(user_, task_spec("", "convert", {b.id.str()})).value();
  ASSERT_TRUE(store_->cancel_task(user_, a.id));
  EXPECT_EQ(reload(b).code, "INPUT_TASK_FAILED");
  EXPECT_EQ(reload(c).code, "INPUT_TASK_FAILED");
}

TEST_F(Tasks, AreCancelledWhileTheyWait) {
  const auto job = create(chain());
  events();
  const auto task = store_->cancel_task(user_, job.tasks[1].id).value();
  EXPECT_EQ(task.status, job::Status::error);
  EXPECT_EQ(task.code, "CANCELLED");
  EXPECT_EQ(task.message, "Task has been cancelled");
  EXPECT_EQ(task.credits, 0);
  EXPECT_EQ(reload(job).tasks[2].code, "INPUT_TASK_FAILED");
  EXPECT_EQ(reload(job).status, job::Status::processing);
  const auto one = claim_one(Load::network);  // an independent branch goes on
  ASSERT_TRUE(store_->end(one.task.id, 1, success("k/1")));
  EXPECT_EQ(reload(job).status, job::Status::error);
  const auto again = store_->cancel_task(user_, job.tasks[1].id);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().field, "status");
  EXPECT_EQ(again.error().message, "Cannot change status: task already completed.");
}

TEST_F(Tasks, AreCancelledWhileTheyRun) {
  const auto job = create(chain());
  const auto one = claim_one(Load::network);
  events();
  ASSERT_TRUE(store_->cancel_task(user_, one.task.id));
  EXPECT_EQ(events(), (std::vector<std::string>{"task.failed", "task.failed", "task.failed", "job.failed"}));
  EXPECT_EQ(store_->renew({{one.task.id, 1}}).value(), std::vector{one.task.id});
  EXPECT_EQ(store_->end(one.task.id, 1, success("late/1")).error().code, ErrorCode::conflict);
  EXPECT_EQ(reload(job).tasks[0].code, "CANCELLED");
  EXPECT_TRUE(reload(job).tasks[0].files.empty());
}

TEST_F(Tasks, AreRetriedAsStandaloneCopies) {
  auto spec = chain();
  spec.tasks[1].payload = {{"input", boost::json::array{"in"}}, {"password", "secret"}};
  const auto job = run_chain(create(spec));
  const auto copy = store_->retry_task(user_, job.tasks[1].id).value();
  EXPECT_NE(copy.id, job.tasks[1].id);
  EXPECT_TRUE(copy.job_id.empty());
  EXPECT_TRUE(copy.name.empty());
  EXPECT_EQ(copy.retry_of, job.tasks[1].id);
  EXPECT_EQ(copy.status, job::Status::waiting);
  EXPECT_EQ(copy.depends_on, std::vector{job.tasks[0].id});
  const auto payload = store_->task(user_, copy.id, {.payload = true})->payload;
  EXPECT_EQ(payload.at("input").as_array().at(0).as_string(), job.tasks[0].id.str());
  EXPECT_EQ(payload.at("password").as_string(), "secret");
  EXPECT_EQ(store_->related(user_, {&job.tasks[1], 1}, {.retries = true})->retries.at(job.tasks[1].id).at(0).id,
            copy.id);
  const auto one = claim_one(Load::cpu);
  EXPECT_EQ(one.task.id, copy.id);
  EXPECT_EQ(one.inputs.at(0).file.storage_key, job.tasks[0].files.at(0).storage_key);
}

TEST_F(Tasks, AreNotRetriedWithoutTheirInputs) {
  const auto job = run_chain(create(chain()));
  ASSERT_TRUE(store_->delete_task(user_, job.tasks[0].id));
  const auto refused = store_->retry_task(user_, job.tasks[1].id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_data);
  EXPECT_EQ(refused.error().field, "input");
}

TEST_F(Tasks, AreDeletedWithTheirFiles) {
  const auto job = run_chain(create(chain()));
  events();
  ASSERT_TRUE(store_->delete_task(user_, job.tasks[2].id));
  EXPECT_EQ(events(), std::vector<std::string>{"task.deleted"});
  EXPECT_EQ(store_->garbage(10).value(), std::vector{job.tasks[2].files[0].storage_key});
  EXPECT_EQ(reload(job).tasks.size(), 2u);
  EXPECT_EQ(reload(job).status, job::Status::finished);
}

TEST_F(Tasks, TakeTheirDependentsWithThemWhenDeleted) {
  const auto job = create(chain());
  ASSERT_TRUE(store_->delete_task(user_, job.tasks[0].id));
  const auto read = reload(job);
  ASSERT_EQ(read.tasks.size(), 2u);
  EXPECT_EQ(read.tasks[0].code, "INPUT_TASK_FAILED");
  EXPECT_EQ(read.tasks[0].depends_on, std::vector{job.tasks[0].id});
  EXPECT_EQ(read.status, job::Status::error);
}

TEST_F(Tasks, LeaveTheirFailureBehindWhenDeleted) {
  job::JobSpec spec;
  spec.tasks = {task_spec("a", "import/url"), task_spec("b", "import/url")};
  const auto job = create(spec);
  const auto claims = claim(Load::network, 2);
  ASSERT_TRUE(store_->end(claims[0].task.id, 1, failure()));
  ASSERT_TRUE(store_->delete_task(user_, claims[0].task.id));
  ASSERT_TRUE(store_->end(claims[1].task.id, 1, success("k/1")));
  EXPECT_EQ(reload(job).status, job::Status::error);
}

TEST_F(Tasks, AreListedByJobStatusAndOperation) {
  const auto job = create(chain());
  create(chain());
  EXPECT_EQ(store_->list_tasks(user_, {}, {})->items.size(), 6u);
  EXPECT_EQ(store_->list_tasks(user_, {}, {})->items.front().name, "out");
  EXPECT_EQ(store_->list_tasks(user_, {.status = {}, .operation = {}, .job = job.id}, {})->items.size(), 3u);
  EXPECT_EQ(store_->list_tasks(user_, {.status = {}, .operation = "convert", .job = {}}, {})->items.size(), 2u);
  EXPECT_EQ(store_->list_tasks(user_, {.status = job::Status::error, .operation = {}, .job = {}}, {})->items.size(),
            0u);
  const auto page = store_->list_tasks(user_, {}, {.number = 2, .size = 4}).value();
  EXPECT_EQ(page.items.size(), 2u);
  EXPECT_FALSE(page.more);
}

class Uploads : public StoreTest {
 protected:
  job::Job upload_job() {
    job::JobSpec spec;
    spec.tasks = {task_spec("up", "import/upload"), task_spec("pdf", "convert", {"up"})};
    return create(spec);
  }
  job::StoredFile file() const { return {"a.docx", "", 5, "abc", "up/1"}; }
};

TEST_F(Uploads, WaitForTheirFile) {
  const auto job = upload_job();
  const auto& task = job.tasks[0];
  EXPECT_EQ(task.message, "Waiting for file upload");
  for (const auto load : {Load::cpu, Load::network, Load::light, Load::none}) EXPECT_TRUE(claim(load).empty());
  const auto attempt = store_->begin_upload(task.id).value();
  EXPECT_EQ(reload(task).status, job::Status::waiting);
  EXPECT_EQ(store_->begin_upload(task.id).error().code, ErrorCode::conflict);
  clock_.advance(3s);
  const auto done = store_->finish_upload(task.id, attempt, file()).value();
  EXPECT_EQ(done.status, job::Status::finished);
  EXPECT_EQ(done.message, "");
  EXPECT_EQ(done.files.at(0).name, "a.docx");
  EXPECT_EQ(reload(job).status, job::Status::processing);
  EXPECT_EQ(reload(job).started, clock_.now());
  EXPECT_EQ(claim_one(Load::cpu).inputs.at(0).file.storage_key, "up/1");
  EXPECT_EQ(store_->begin_upload(task.id).error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->finish_upload(task.id, attempt, file()).error().code, ErrorCode::conflict);
}

TEST_F(Uploads, MayBreakOffAndBeginAgain) {
  const auto task = upload_job().tasks[0];
  const auto first = store_->begin_upload(task.id).value();
  ASSERT_TRUE(store_->abort_upload(task.id, first));
  EXPECT_EQ(store_->finish_upload(task.id, first, file()).error().code, ErrorCode::conflict);
  const auto second = store_->begin_upload(task.id).value();
  EXPECT_NE(first, second);
  EXPECT_EQ(store_->abort_upload(task.id, first).error().code, ErrorCode::conflict);
  EXPECT_TRUE(store_->finish_upload(task.id, second, file()));
}

TEST_F(Uploads, BeginAgainAfterARestart) {
  const auto task = upload_job().tasks[0];
  ASSERT_TRUE(store_->begin_upload(task.id));
  open("another-name");
  EXPECT_EQ(store_->reclaim(Store::Reclaim::former_runs).value(), 1u);
  EXPECT_TRUE(store_->begin_upload(task.id));
}

TEST_F(Uploads, EndWhenNothingCame) {
  const auto job = upload_job();
  clock_.advance(6h - 1s);
  EXPECT_EQ(store_->reclaim(Store::Reclaim::expired).value(), 0u);
  clock_.advance(2s);
  EXPECT_EQ(store_->reclaim(Store::Reclaim::expired).value(), 1u);
  EXPECT_EQ(reload(job).tasks[0].code, "TIMEOUT");
  EXPECT_EQ(reload(job).status, job::Status::error);
}

TEST_F(Uploads, AreCancelledWhileTheFileComes) {
  const auto task = upload_job().tasks[0];
  const auto attempt = store_->begin_upload(task.id).value();
  ASSERT_TRUE(store_->cancel_task(user_, task.id));
  EXPECT_EQ(store_->finish_upload(task.id, attempt, file()).error().code, ErrorCode::conflict);
}

TEST_F(Uploads, AreOnlyForUploadTasks) {
  const auto job = create(chain());
  EXPECT_EQ(store_->begin_upload(job.tasks[0].id).error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->begin_upload(TaskId("nobody")).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace recast::store
