#include <limits>

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;
using Jobs = StoreTest;

TEST_F(Jobs, CreatesAJobThatWaits) {
  auto spec = chain();
  spec.tag = "demo";
  const auto job = create(spec);
  EXPECT_EQ(job.status, job::Status::waiting);
  EXPECT_EQ(job.created, clock_.now());
  ASSERT_EQ(job.tasks.size(), 3u);
  EXPECT_TRUE(job.tasks[0].ready);
  EXPECT_FALSE(job.tasks[1].ready);
  EXPECT_EQ(job.tasks[1].depends_on, std::vector{job.tasks[0].id});
  EXPECT_EQ(events(), (std::vector<std::string>{"job.created", "task.created", "task.created", "task.created"}));

  const auto read = reload(job);
  EXPECT_EQ(read.tag, "demo");
  EXPECT_EQ(read.tasks[2].name, "out");
  EXPECT_EQ(read.tasks[2].job_id, job.id);
  EXPECT_EQ(read.tasks[1].depends_on, job.tasks[1].depends_on);
  EXPECT_EQ(read.tasks[1].percent, 100);
}

TEST_F(Jobs, RunsAJobToItsEnd) {
  const auto job = create(chain());
  events();
  clock_.advance(1s);
  const auto claim = claim_one(Load::network);
  EXPECT_EQ(claim.task.name, "in");
  EXPECT_EQ(claim.task.status, job::Status::processing);
  EXPECT_EQ(claim.task.percent, 0);
  EXPECT_EQ(claim.task.host_name, "host-a");
  EXPECT_EQ(claim.attempt, 1);
  EXPECT_EQ(reload(job).status, job::Status::processing);
  EXPECT_EQ(reload(job).started, clock_.now());
  EXPECT_EQ(events(), (std::vector<std::string>{"job.updated", "task.updated"}));
  EXPECT_TRUE(store_->claim(Load::cpu, 5)->empty());

  ASSERT_TRUE(store_->end(claim.task.id, 1, success("k/1")));
  EXPECT_EQ(events(), std::vector<std::string>{"task.finished"});
  const auto next = claim_one(Load::cpu);
  EXPECT_EQ(next.task.name, "pdf");
  ASSERT_EQ(next.inputs.size(), 1u);
  EXPECT_EQ(next.inputs[0].file.storage_key, "k/1");
  EXPECT_EQ(next.inputs[0].file.name, "a.pdf");
  auto ending = success("k/2", "b.pdf");
  ending.engine = "poppler";
  ending.engine_version = "22";
  ending.message = "fine";
  ending.extra = {{"metadata", {{"Title", "x"}}}};
  ASSERT_TRUE(store_->end(next.task.id, 1, ending));
  const auto last = claim_one(Load::cpu);
  clock_.advance(2s);
  ASSERT_TRUE(store_->end(last.task.id, 1, success("k/3")));

  const auto done = reload(job);
  EXPECT_EQ(done.status, job::Status::finished);
  EXPECT_EQ(done.ended, clock_.now());
  EXPECT_EQ(done.tasks[1].engine, "poppler");
  EXPECT_EQ(done.tasks[1].engine_version, "22");
  EXPECT_EQ(done.tasks[1].credits, 1);
  EXPECT_EQ(done.tasks[1].message, "fine");
  EXPECT_EQ(done.tasks[1].percent, 100);
  EXPECT_EQ(done.tasks[1].extra.at("metadata").as_object().at("Title").as_string(), "x");
  ASSERT_EQ(done.tasks[1].files.size(), 1u);
  EXPECT_EQ(done.tasks[1].files[0].name, "b.pdf");
  const auto names = events();
  EXPECT_EQ(names.back(), "job.finished");
}

TEST_F(Jobs, FailsWhatDependsOnAFailedTask) {
  const auto job = create(chain());
  const auto one = claim_one(Load::network);
  events();
  ASSERT_TRUE(store_->end(one.task.id, one.attempt, failure()));
  const auto read = reload(job);
  EXPECT_EQ(read.status, job::Status::error);
  EXPECT_EQ(read.tasks[0].code, "CONVERSION_FAILED");
  EXPECT_EQ(read.tasks[0].message, "It broke.");
  EXPECT_EQ(read.tasks[0].credits, 0);
  EXPECT_EQ(read.tasks[2].code, "INPUT_TASK_FAILED");
  EXPECT_EQ(read.tasks[2].started, read.tasks[2].ended);
  EXPECT_EQ(events(), (std::vector<std::string>{"task.failed", "task.failed", "task.failed", "job.failed"}));
  EXPECT_TRUE(claim(Load::cpu).empty());
}

TEST_F(Jobs, GoesOnAfterAnIgnoredError) {
  job::JobSpec spec;
  spec.tasks = {task_spec("a", "import/url"), task_spec("b", "import/url"), task_spec("m", "merge", {"a", "b"})};
  spec.tasks[0].ignore_error = true;
  const auto job = create(spec);
  const auto claims = claim(Load::network, 2);
  ASSERT_TRUE(store_->end(claims[0].task.id, 1, failure()));
  ASSERT_TRUE(store_->end(claims[1].task.id, 1, success("b/1")));
  const auto merge = claim_one(Load::cpu);
  ASSERT_EQ(merge.inputs.size(), 1u);
  EXPECT_EQ(merge.inputs[0].file.storage_key, "b/1");
  ASSERT_TRUE(store_->end(merge.task.id, 1, success("m/1")));
  EXPECT_EQ(reload(job).status, job::Status::finished);
}

TEST_F(Jobs, TakesTasksOfTheSameUserAsInputs) {
  const auto first = create(chain());
  job::JobSpec spec;
  spec.tasks = {task_spec("again", "convert", {first.tasks[0].id.str()})};
  const auto second = create(spec);
  EXPECT_FALSE(second.tasks[0].ready);
  const auto one = claim_one(Load::network);
  ASSERT_TRUE(store_->end(one.task.id, 1, success("k/1")));
  const auto claims = claim(Load::cpu, 5);
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[1].inputs.at(0).file.storage_key, "k/1");

  const auto stranger = store_->create_user("bob", "", false)->id;
  const auto refused = store_->create_job(stranger, spec);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_data);
  EXPECT_EQ(refused.error().field, "tasks.again.input");
  EXPECT_TRUE(store_->list_jobs(stranger, {}, {}, false)->items.empty());
}

TEST_F(Jobs, FailsDependentsInOtherJobs) {
  const auto first = create(chain());
  job::JobSpec spec;
  spec.tasks = {task_spec("again", "convert", {first.tasks[1].id.str()})};
  const auto second = create(spec);
  const auto one = claim_one(Load::network);
  ASSERT_TRUE(store_->end(one.task.id, 1, failure()));
  EXPECT_EQ(reload(second).status, job::Status::error);
  EXPECT_EQ(reload(second).tasks[0].code, "INPUT_TASK_FAILED");
}

TEST_F(Jobs, LimitsJobsInFlight) {
  settings_.jobs_in_flight = 2;
  open();
  const auto job = create(chain());
  create(chain());
  const auto refused = store_->create_job(user_, chain());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_many_jobs);
  ASSERT_TRUE(store_->delete_job(user_, job.id));
  EXPECT_TRUE(store_->create_job(user_, chain()));
}

TEST_F(Jobs, CountStandaloneTasksAmongThoseInFlight) {
  settings_.jobs_in_flight = 3;
  open();
  create(chain());
  const auto task = store_->create_task(user_, task_spec("", "import/url")).value();
  const auto retry = store_->retry_task(user_, task.id).value();
  EXPECT_EQ(store_->create_task(user_, task_spec("", "import/url")).error().code, ErrorCode::too_many_jobs);
  EXPECT_EQ(store_->retry_task(user_, task.id).error().code, ErrorCode::too_many_jobs);
  EXPECT_EQ(store_->create_job(user_, chain()).error().code, ErrorCode::too_many_jobs);
  const auto stranger = store_->create_user("bob", "", false)->id;
  EXPECT_TRUE(store_->create_task(stranger, task_spec("", "import/url")));
  ASSERT_TRUE(store_->cancel_task(user_, retry.id));
  EXPECT_TRUE(store_->create_task(user_, task_spec("", "import/url")));
}

TEST_F(Jobs, HidesForeignJobs) {
  const auto job = create(chain());
  const auto stranger = store_->create_user("bob", "", false)->id;
  EXPECT_EQ(store_->job(stranger, job.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->delete_job(stranger, job.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->task(stranger, job.tasks[0].id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->cancel_task(stranger, job.tasks[0].id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->delete_task(stranger, job.tasks[0].id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->retry_task(stranger, job.tasks[0].id).error().code, ErrorCode::not_found);
}

TEST_F(Jobs, ListsNewestFirstPageByPage) {
  std::vector<JobId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(create(chain()).id);
  const auto first = store_->list_jobs(user_, {}, {.number = 1, .size = 2}, false).value();
  ASSERT_EQ(first.items.size(), 2u);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.items[0].id, ids[4]);
  EXPECT_TRUE(first.items[0].tasks.empty());
  const auto last = store_->list_jobs(user_, {}, {.number = 3, .size = 2}, true).value();
  ASSERT_EQ(last.items.size(), 1u);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(last.items[0].id, ids[0]);
  EXPECT_EQ(last.items[0].tasks.size(), 3u);
  EXPECT_TRUE(store_->list_jobs(user_, {}, {.number = 4, .size = 2}, true)->items.empty());
  const auto far = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(store_->list_jobs(user_, {}, {.number = far, .size = 1000}, true)->items.empty());
  EXPECT_EQ(store_->list_jobs(user_, {}, {.number = -far, .size = 2}, true)->items.size(), 2u);
}

TEST_F(Jobs, FiltersByStatusAndTag) {
  auto tagged = chain();
  tagged.tag = "x";
  const auto a = create(tagged);
  create(chain());
  EXPECT_EQ(store_->list_jobs(user_, {.status = {}, .tag = "x"}, {}, false)->items.size(), 1u);
  EXPECT_EQ(store_->list_jobs(user_, {.status = {}, .tag = "y"}, {}, false)->items.size(), 0u);
  EXPECT_EQ(store_->list_jobs(user_, {.status = job::Status::waiting, .tag = {}}, {}, false)->items.size(), 2u);
  EXPECT_EQ(store_->list_jobs(user_, {.status = job::Status::finished, .tag = {}}, {}, false)->items.size(), 0u);
  EXPECT_EQ(store_->list_jobs(user_, {.status = job::Status::waiting, .tag = "x"}, {}, false)->items.size(), 1u);
}

TEST_F(Jobs, DeletesAJobThatRuns) {
  const auto job = run_chain(create(chain()));
  const auto running = create(chain());
  const auto claim = claim_one(Load::network);
  events();
  ASSERT_TRUE(store_->delete_job(user_, running.id));
  EXPECT_EQ(events(), std::vector<std::string>{"job.deleted"});
  EXPECT_EQ(store_->job(user_, running.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->delete_job(user_, running.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->end(claim.task.id, claim.attempt, success("late/1")).error().code, ErrorCode::conflict);
  EXPECT_EQ(store_->renew({{claim.task.id, claim.attempt}}).value(), std::vector{claim.task.id});
  EXPECT_TRUE(store_->garbage(10)->empty());

  ASSERT_TRUE(store_->delete_job(user_, job.id));
  auto keys = store_->garbage(10).value();
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(store_->unknown_keys(keys).value(), keys);
  ASSERT_TRUE(store_->confirm_garbage(keys));
  EXPECT_TRUE(store_->garbage(10)->empty());
}

TEST_F(Jobs, FailsWhoeverNeedsADeletedJob) {
  const auto first = create(chain());
  job::JobSpec spec;
  spec.tasks = {task_spec("again", "convert", {first.tasks[0].id.str()})};
  const auto second = create(spec);
  ASSERT_TRUE(store_->delete_job(user_, first.id));
  EXPECT_EQ(reload(second).tasks[0].code, "INPUT_TASK_FAILED");
  EXPECT_EQ(reload(second).status, job::Status::error);
}

TEST_F(Jobs, SurvivesItsRestart) {
  const auto job = create(chain());
  open();
  EXPECT_EQ(reload(job).tasks.size(), 3u);
  EXPECT_EQ(claim_one(Load::network).task.id, job.tasks[0].id);
}

}  // namespace
}  // namespace recast::store
