#include <algorithm>

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using operation::Load;

class Lists : public StoreTest {
 protected:
  void SetUp() override {
    settings_.answer_bytes = 10'000;
    open();
  }
  /// A job of so many tasks.
  JobId job_of(std::size_t tasks) {
    job::JobSpec spec;
    for (std::size_t i = 0; i < tasks; ++i) spec.tasks.push_back(task_spec("t" + std::to_string(i), "convert"));
    return create(spec).id;
  }
  /// Goes from page to page as the links of an answer do.
  std::vector<JobId> walk(Page page, std::size_t& largest) {
    std::vector<JobId> seen;
    for (int rounds = 0; rounds < 100; ++rounds) {
      const auto listing = store_->list_jobs(user_, {}, page, true).value();
      std::size_t tasks = 0;
      for (const auto& job : listing.items) {
        seen.push_back(job.id);
        tasks += job.tasks.size();
      }
      largest = std::max(largest, listing.items.size() > 1 ? tasks : 0);
      if (!listing.more) break;
      page = {.number = listing.page.number + 1, .size = listing.page.size};
    }
    return seen;
  }
};

TEST_F(Lists, OfJobsAreShortenedSoThatNoneIsMissed) {
  std::vector<JobId> ids;
  for (const std::size_t tasks : {1, 3, 2, 12, 1, 1, 4, 4, 4, 1, 1, 1, 1, 2, 2, 2, 1}) ids.push_back(job_of(tasks));
  std::ranges::reverse(ids);
  for (const auto size : {1, 2, 3, 7, 10, 17, 100}) {
    std::size_t largest = 0;
    EXPECT_EQ(walk({.number = 1, .size = size}, largest), ids) << size;
    EXPECT_LE(largest, 10u) << size;
  }
  const auto second = store_->list_jobs(user_, {}, {.number = 2, .size = 8}, true).value();
  EXPECT_EQ(second.items.at(0).id, ids[8]);
  EXPECT_EQ((second.page.number - 1) * second.page.size, 8);
  EXPECT_TRUE(second.more);
  const auto bare = store_->list_jobs(user_, {}, {.number = 1, .size = 100}, false).value();
  EXPECT_EQ(bare.items.size(), ids.size());
  EXPECT_EQ(bare.page.size, 100);
}

TEST_F(Lists, HaveAtLeastOneHoweverLargeItIs) {
  const auto id = job_of(50);
  const auto listing = store_->list_jobs(user_, {}, {.number = 1, .size = 10}, true).value();
  ASSERT_EQ(listing.items.size(), 1u);
  EXPECT_EQ(listing.items[0].tasks.size(), 50u);
  EXPECT_FALSE(listing.more);
  EXPECT_EQ(listing.page.size, 10);
  job_of(1);
  EXPECT_EQ(store_->list_jobs(user_, {}, {.number = 2, .size = 1}, true)->items.at(0).id, id);
}

TEST_F(Lists, OfTasksCountWhatComesWithThem) {
  const auto first = store_->create_task(user_, task_spec("", "import/url")).value();
  Ending many = success("a/0");
  for (int i = 1; i < 10; ++i) many.files.push_back({"f", "", 1, "", "a/" + std::to_string(i)});
  ASSERT_TRUE(store_->end(first.id, claim_one(Load::network).attempt, many));
  auto spec = task_spec("", "convert", {first.id.str()});
  spec.payload = {{"note", std::string(3000, 'x')}};
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(store_->create_task(user_, spec));
  const Page page{.number = 1, .size = 4};
  EXPECT_EQ(store_->list_tasks(user_, {}, page)->items.size(), 4u);
  EXPECT_EQ(store_->list_tasks(user_, {}, page, {.payload = true})->items.size(), 2u);
  EXPECT_EQ(store_->list_tasks(user_, {}, page, {.inputs = true})->items.size(), 1u);
  EXPECT_EQ(store_->list_tasks(user_, {}, page, {.job = true})->items.size(), 4u);
  ASSERT_TRUE(store_->retry_task(user_, first.id));
  EXPECT_EQ(store_->list_tasks(user_, {.status = {}, .operation = "import/url", .job = {}}, page, {.retries = true})
                ->items.size(),
            2u);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(store_->retry_task(user_, first.id));
  const auto shortened = store_->list_tasks(user_, {.status = job::Status::finished, .operation = {}, .job = {}},
                                            {.number = 1, .size = 100}, {.retries = true});
  EXPECT_EQ(shortened->items.size(), 1u);
}

TEST_F(Lists, FindWhatTasksAreConnectedWith) {
  const auto job = create(chain());
  const auto again = store_->retry_task(user_, job.tasks[0].id).value();
  const auto third = store_->retry_task(user_, job.tasks[0].id).value();
  const auto alone = store_->create_task(user_, task_spec("", "import/url")).value();
  auto tasks = job.tasks;
  tasks.push_back(alone);
  const auto related = store_->related(user_, tasks, {.inputs = true, .retries = true, .job = true}).value();
  EXPECT_EQ(related.inputs.size(), 2u);
  EXPECT_EQ(related.inputs.at(job.tasks[0].id).name, "in");
  ASSERT_EQ(related.retries.size(), 1u);
  ASSERT_EQ(related.retries.at(job.tasks[0].id).size(), 2u);
  EXPECT_EQ(related.retries.at(job.tasks[0].id)[0].id, again.id);
  EXPECT_EQ(related.retries.at(job.tasks[0].id)[1].id, third.id);
  EXPECT_EQ(related.jobs.at(job.id).id, job.id);
  const auto none = store_->related(user_, tasks, {}).value();
  EXPECT_TRUE(none.inputs.empty() && none.retries.empty() && none.jobs.empty());
  const auto stranger = store_->create_user("bob", "", false)->id;
  const auto foreign = store_->related(stranger, tasks, {.inputs = true, .retries = true, .job = true}).value();
  EXPECT_TRUE(foreign.inputs.empty() && foreign.retries.empty() && foreign.jobs.empty());
}

TEST_F(Lists, LeaveOutWhatWasDeletedMeanwhile) {
  const auto job = create(chain());
  const auto kept = create(chain());
  const auto listing = store_->list_tasks(user_, {}, {}).value();
  ASSERT_TRUE(store_->delete_job(user_, job.id));
  const auto related = store_->related(user_, listing.items, {.inputs = true, .job = true});
  ASSERT_TRUE(related);
  EXPECT_EQ(related->jobs.size(), 1u);
  EXPECT_TRUE(related->jobs.contains(kept.id));
  EXPECT_EQ(related->inputs.size(), 2u);
}

TEST_F(Lists, NameSoManyRetriesAtMost) {
  const auto task = store_->create_task(user_, task_spec("", "import/url")).value();
  TaskId last;
  for (int i = 0; i < 15; ++i) last = store_->retry_task(user_, task.id)->id;
  const auto related = store_->related(user_, {&task, 1}, {.retries = true}).value();
  ASSERT_EQ(related.retries.at(task.id).size(), 10u);  // the latest
  EXPECT_EQ(related.retries.at(task.id).back().id, last);
}

}  // namespace
}  // namespace recast::store
