#include <algorithm>

#include "sql/sql.hpp"
#include "store/store_fixture.hpp"
#include "store/webhooks.hpp"

namespace recast::store {
namespace {

constexpr const char* kOfAccount = "https://hooks.example.org/a?token=hush-hush";
constexpr const char* kOfJob = "https://ann:hush-hush@jobs.example.org/b";

/// Where webhooks go is often a secret itself.
class Addresses : public StoreTest {
 protected:
  void make() {
    ASSERT_TRUE(store_->webhooks().create(user_, kOfAccount, {"job.finished"}, 9));
    auto spec = chain();
    spec.webhook_url = kOfJob;
    run_chain(create(spec));
  }
  std::vector<std::string> delivered() {
    std::vector<std::string> urls;
    const auto work = store_->webhooks().work().value();
    for (const auto& target : work.targets)
      urls.push_back(store_->webhooks().take(target.name, 60s).value().value().delivery.url);
    std::ranges::sort(urls);
    return urls;
  }
  bool rests_in_the_clear() {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file() && test::read_file(entry.path()).contains("hush-hush")) return true;
    }
    return false;
  }
};

TEST_F(Addresses, RestSealed) {
  make();
  EXPECT_FALSE(rests_in_the_clear());
  EXPECT_EQ(store_->webhooks().list(user_, std::nullopt, {}).value().items.at(0).url, kOfAccount);
  EXPECT_EQ(store_->webhooks().list(user_, kOfAccount, {}).value().items.size(), 1u);
  EXPECT_TRUE(store_->webhooks().list(user_, "https://hooks.example.org/", {}).value().items.empty());
  EXPECT_EQ(delivered(), (std::vector<std::string>{kOfJob, kOfAccount}));
}

TEST_F(Addresses, OfDifferentJobsAreOneReceiverIfTheyAreTheSame) {
  for (int i = 0; i < 2; ++i) {
    auto spec = chain();
    spec.webhook_url = kOfJob;
    run_chain(create(spec));
  }
  EXPECT_EQ(store_->webhooks().work().value().targets.size(), 1u);
}

TEST_F(Addresses, AreSealedAnewWithAnotherKey) {
  make();
  const auto sealed = store_->rotate_secrets();
  ASSERT_TRUE(sealed);
  EXPECT_EQ(delivered(), (std::vector<std::string>{kOfJob, kOfAccount}));
}

TEST_F(Addresses, ThatAVersionBeforeLeftInTheClearAreSealedAtTheStart) {
  make();
  store_.reset();
  {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_write).value();
    connection.execute("UPDATE webhooks SET url = $1", kOfAccount);
    connection.execute("UPDATE deliveries SET url = $1 WHERE webhook_id IS NOT NULL", kOfAccount);
    connection.execute("UPDATE deliveries SET url = $1 WHERE webhook_id IS NULL", kOfJob);
    connection.execute("UPDATE jobs SET webhook_url = $1, webhook_target = ''", kOfJob);
    connection.run(
        "INSERT INTO addresses_in_clear SELECT 'webhooks', id FROM webhooks UNION ALL "
        "SELECT 'deliveries', id FROM deliveries UNION ALL SELECT 'jobs', number FROM jobs");
  }
  ASSERT_TRUE(rests_in_the_clear());
  open();
  EXPECT_EQ(delivered(), (std::vector<std::string>{kOfJob, kOfAccount}));
  EXPECT_FALSE(rests_in_the_clear());
}

}  // namespace
}  // namespace recast::store
