#include "store/audit.hpp"

#include "sql/sql.hpp"
#include "store/presets.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

class AuditTest : public StoreTest {
 protected:
  std::vector<account::AuditEntry> log() { return store_->audit().list(std::nullopt, {}).value().items; }
};

TEST_F(AuditTest, SaysWhoDidWhat) {
  {
    const ActorScope scope({.user = user_, .username = "ann", .key = KeyId(7), .address = "192.0.2.1"});
    ASSERT_TRUE(store_->create_key(user_, "laptop", {"task.read"}, "recast_abcdefghijklmnop"));
  }
  const auto entry = log().at(0);
  EXPECT_EQ(entry.action, "key.create");
  EXPECT_EQ(entry.actor.username, "ann");
  EXPECT_EQ(entry.actor.key, KeyId(7));
  EXPECT_EQ(entry.actor.address, "192.0.2.1");
  EXPECT_EQ(entry.detail, "laptop: task.read");
  EXPECT_EQ(log().at(1).action, "user.create");
  EXPECT_EQ(log().at(1).actor.user, std::nullopt) << "the fixture made it without anybody";
}

TEST_F(AuditTest, HasNothingOfWhatWasNotDone) {
  const auto before = log().size();
  EXPECT_FALSE(store_->create_user("ann", "a@example.org", false)) << "the name is taken";
  EXPECT_EQ(log().size(), before);
}

TEST_F(AuditTest, CannotBeChangedUnseen) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(store_->create_key(user_, "key", {"task.read"}, "recast_token_" + std::to_string(i)));
  const auto whole = store_->audit().verify().value();
  EXPECT_EQ(whole.entries, 4);
  EXPECT_EQ(whole.broken, std::nullopt);
  EXPECT_EQ(whole.hash, log().front().hash);
  store_.reset();
  {
    auto connection = sql::Connection::open(folder_ / "store.db", sql::Connection::Mode::read_write).value();
    EXPECT_THROW(connection.run("UPDATE audit SET username = 'ben' WHERE sequence = 2"), sql::Failure);
    EXPECT_THROW(connection.run("DELETE FROM audit"), sql::Failure);
    connection.run("DROP TRIGGER audit_is_not_changed; UPDATE audit SET username = 'ben' WHERE sequence = 2");
  }
  open();
  EXPECT_EQ(store_->audit().verify().value().broken, 2);
}

TEST_F(AuditTest, OutlivesAUser) {
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  ASSERT_TRUE(store_->delete_user(other));
  EXPECT_EQ(log().at(0).action, "user.delete");
  EXPECT_EQ(log().at(0).detail, "ben");
}

}  // namespace
}  // namespace recast::store
