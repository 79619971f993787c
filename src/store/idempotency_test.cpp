#include "store/idempotency.hpp"

#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

class IdempotencyTest : public StoreTest {
 protected:
  Idempotency& records() { return store_->idempotency(); }
  std::optional<Idempotency::Known> begin(std::string_view print = "print") {
    return records().begin(user_, "key", print, 24h).value();
  }
};

TEST_F(IdempotencyTest, TellsWhatWasMadeAndAnswered) {
  EXPECT_FALSE(begin());
  auto spec = chain();
  spec.idempotency_key = "key";
  const auto job = create(spec);
  EXPECT_EQ(begin().value().object, job.id.str());
  EXPECT_EQ(begin().value().status, 0) << "the server was stopped before it answered";
  ASSERT_TRUE(records().keep(user_, "key", 201, "the answer"));
  EXPECT_EQ(begin("other").value().fingerprint, "print");
  EXPECT_EQ(begin().value().answer, "the answer");
}

TEST_F(IdempotencyTest, SurvivesARestart) {
  begin();
  ASSERT_TRUE(records().keep(user_, "key", 201, "the answer"));
  open();
  EXPECT_EQ(begin().value().answer, "the answer");
}

TEST_F(IdempotencyTest, RollsBackWithTheJob) {
  begin();
  auto spec = chain();
  spec.idempotency_key = "key";
  spec.tasks[1].inputs = {"nothing of that name"};
  EXPECT_FALSE(store_->create_job(user_, spec));
  EXPECT_TRUE(begin().value().object.empty());
}

TEST_F(IdempotencyTest, ForgetsAfterItsTime) {
  begin();
  clock_.advance(24h);
  EXPECT_FALSE(begin());
}

TEST_F(IdempotencyTest, KeepsAnswersSealedThroughANewKey) {
  begin();
  ASSERT_TRUE(records().keep(user_, "key", 201, "token-of-a-key"));
  ASSERT_TRUE(store_->rotate_secrets());
  EXPECT_EQ(begin().value().answer, "token-of-a-key");
  store_.reset();
  EXPECT_EQ(test::read_file(folder_ / "store.db").find("token-of-a-key"), std::string::npos);
}

}  // namespace
}  // namespace recast::store
