#pragma once

#include <gtest/gtest.h>

#include <mutex>

#include "../../tests/support/temporary_folder.hpp"
#include "store/store.hpp"

namespace recast::store {

using namespace std::chrono_literals;

inline job::TaskSpec task_spec(std::string name, std::string operation, std::vector<std::string> inputs = {}) {
  job::TaskSpec spec;
  spec.name = std::move(name);
  spec.operation = std::move(operation);
  spec.payload = {{"option", spec.name}};
  spec.inputs = std::move(inputs);
  return spec;
}

/// import -> convert -> export
inline job::JobSpec chain() {
  job::JobSpec spec;
  spec.tasks = {task_spec("in", "import/url"), task_spec("pdf", "convert", {"in"}),
                task_spec("out", "export/url", {"pdf"})};
  return spec;
}

inline Ending success(std::string key, std::string name = "a.pdf") {
  Ending ending;
  ending.files = {{std::move(name), "", 7, "", std::move(key)}};
  return ending;
}
inline Ending failure(ErrorCode code = ErrorCode::conversion_failed) {
  Ending ending;
  ending.error = Error{code, "It broke.", {}};
  return ending;
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(const std::string& host_name = "host-a") {
    store_.reset();
    settings_.file = folder_ / "store.db";
    auto opened = Store::open(settings_, clock_, random_, host_name);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
    store_->on_events([this](const std::vector<Event>& events) {
      std::lock_guard lock(mutex_);
      events_.insert(events_.end(), events.begin(), events.end());
    });
    ASSERT_TRUE(store_->set_load_classes([](std::string_view operation) {
      if (operation == "import/upload") return operation::Load::none;
      return operation.starts_with("import/") ? operation::Load::network : operation::Load::cpu;
    }));
    if (user_ == UserId{}) user_ = store_->create_user("ann", "ann@example.org", false).value().id;
  }
  /// Names of events since the last call.
  std::vector<std::string> events() {
    if (!store_->check()) ADD_FAILURE();  // whatever was committed before has been published
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& event : events_) names.push_back(event.name);
    events_.clear();
    return names;
  }
  job::Job create(const job::JobSpec& spec) {
    auto job = store_->create_job(user_, spec);
    EXPECT_TRUE(job) << job.error().message;
    return job.value();
  }
  job::Job reload(const job::Job& job) { return store_->job(user_, job.id).value(); }
  job::Task reload(const job::Task& task) { return store_->task(user_, task.id).value(); }
  std::vector<Claim> claim(operation::Load load, std::size_t count = 1) { return store_->claim(load, count).value(); }
  Claim claim_one(operation::Load load) {
    auto claims = claim(load);
    EXPECT_EQ(claims.size(), 1u);
    return claims.at(0);
  }
  /// Ends everything of a chain well.
  job::Job run_chain(const job::Job& job) {
    for (const auto load : {operation::Load::network, operation::Load::cpu, operation::Load::cpu}) {
      const auto one = claim_one(load);
      EXPECT_TRUE(store_->end(one.task.id, one.attempt, success(one.task.id.str() + "/1")));
    }
    return reload(job);
  }

  test::TemporaryFolder folder_;
  FakeClock clock_;
  SystemRandom random_;
  Store::Settings settings_;
  UserId user_{};
  std::mutex mutex_;
  std::vector<Event> events_;
  std::unique_ptr<Store> store_;  ///< last: its thread uses the others
};

}  // namespace recast::store
