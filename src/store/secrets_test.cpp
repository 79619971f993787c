#include <boost/json/serialize.hpp>
#include <fstream>

#include "sql/sql.hpp"
#include "store/store_fixture.hpp"
#include "store/vault.hpp"

namespace recast::store {
namespace {

using operation::Load;

std::string bytes_below(const std::filesystem::path& folder, std::string_view except = {}) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename() != except) all += test::read_file(entry.path());
  }
  return all;
}

class Secrets : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    hide();
  }
  void hide() {
    store_->set_visible([](std::string_view, const boost::json::object& payload) {
      auto visible = payload;
      visible.erase("password");
      if (visible.contains("url")) visible["url"] = "https://host/";
      return visible;
    });
  }
  job::TaskSpec spec(std::vector<std::string> inputs = {}) {
    auto one = task_spec("", "import/url", std::move(inputs));
    one.payload = {{"url", "https://host/?signature=hush-hush"}, {"password", "open-sesame"}, {"port", 22}};
    return one;
  }
  job::Task create_one() { return store_->create_task(user_, spec()).value(); }
  std::string shown(const TaskId& id) {
    return boost::json::serialize(store_->task(user_, id, {.payload = true})->payload);
  }
  void expect_no_trace() {
    const auto all = bytes_below(folder_.path());
    for (const auto* const secret : {"hush-hush", "open-sesame"})
      EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
  std::string sealed(const TaskId& id) {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_only).value();
    auto rows =
        connection.query("SELECT coalesce(sealed, 'null') FROM payloads JOIN tasks ON number = task WHERE id = $1", id);
    return rows.next() ? rows.text(0) : "none";
  }
};

TEST_F(Secrets, AreForTheTaskAlone) {
  const auto task = create_one();
  EXPECT_EQ(shown(task.id), R"({"url":"https://host/","port":22})");
  expect_no_trace();
  const auto payload = claim_one(Load::network).task.payload;
  EXPECT_EQ(payload.at("password"), "open-sesame");
  EXPECT_EQ(payload.at("url"), "https://host/?signature=hush-hush");
  EXPECT_EQ(payload.at("port"), 22);
}

TEST_F(Secrets, AreWipedHoweverTheTaskEnds) {
  const auto done = create_one();
  const auto claim = claim_one(Load::network);
  EXPECT_NE(sealed(done.id), "");
  ASSERT_TRUE(store_->end(done.id, claim.attempt, success("k/1")));
  EXPECT_EQ(sealed(done.id), "");
  const auto failed = create_one();
  const auto second = claim_one(Load::network);
  ASSERT_TRUE(store_->end(failed.id, second.attempt, failure()));
  EXPECT_EQ(sealed(failed.id), "");
  const auto cancelled = create_one();
  ASSERT_TRUE(store_->cancel_task(user_, cancelled.id));
  EXPECT_EQ(sealed(cancelled.id), "");
  EXPECT_EQ(shown(cancelled.id), R"({"url":"https://host/","port":22})");
  // One that cannot begin at all.
  const auto never = store_->create_task(user_, spec({failed.id.str()})).value();
  EXPECT_TRUE(job::is_terminal(never.status));
  EXPECT_EQ(sealed(never.id), "");
}

TEST_F(Secrets, SurviveALostAttempt) {
  const auto task = create_one();
  const auto claim = claim_one(Load::network);
  ASSERT_TRUE(store_->put_back(task.id, claim.attempt));
  EXPECT_EQ(claim_one(Load::network).task.payload.at("password"), "open-sesame");
}

TEST_F(Secrets, SurviveARestart) {
  (void)create_one();
  open();
  hide();
  EXPECT_EQ(claim_one(Load::network).task.payload.at("password"), "open-sesame");
}

TEST_F(Secrets, ThatAreGoneLetNothingBeRetried) {
  const auto task = create_one();
  const auto claim = claim_one(Load::network);
  ASSERT_TRUE(store_->end(task.id, claim.attempt, failure()));
  const auto retried = store_->retry_task(user_, task.id);
  ASSERT_FALSE(retried);
  EXPECT_EQ(retried.error().code, ErrorCode::invalid_data);
  EXPECT_NE(retried.error().message.find("wiped"), std::string::npos);
}

TEST_F(Secrets, AreSealedAnewWithAnotherKey) {
  const auto task = create_one();
  const auto signing = store_->secret("url-signing").value();
  const auto before = sealed(task.id);
  const auto key_before = test::read_file(folder_ / "secrets.key");
  ASSERT_EQ(store_->rotate_secrets().value(), 2u);
  EXPECT_NE(sealed(task.id), before);
  EXPECT_NE(test::read_file(folder_ / "secrets.key"), key_before);
  EXPECT_EQ(store_->secret("url-signing").value(), signing);
  open();
  hide();
  EXPECT_EQ(store_->secret("url-signing").value(), signing);
  EXPECT_EQ(claim_one(Load::network).task.payload.at("password"), "open-sesame");
}

TEST_F(Secrets, OfTheInstallationRestSealedToo) {
  const auto signing = store_->secret("url-signing").value();
  EXPECT_EQ(bytes_below(folder_.path()).find(signing), std::string::npos);
}

class VaultTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_ / "secrets.key"; }
  test::TemporaryFolder folder_;
  FakeRandom random_;
};

TEST_F(VaultTest, SealsAndOpens) {
  const auto vault = Vault::open(file(), random_).value();
  const auto sealed = vault.seal("a secret");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(sealed, vault.seal("a secret"));
  EXPECT_EQ(vault.unseal(sealed).value(), "a secret");
  EXPECT_EQ(vault.unseal(vault.seal("")).value(), "");
}

TEST_F(VaultTest, NoticesEveryChange) {
  const auto vault = Vault::open(file(), random_).value();
  const auto sealed = vault.seal("a secret");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed.ends_with("=") && at + 2 >= sealed.size()) continue;  // bits that base64 does not use
    const auto opened = vault.unseal(changed);
    EXPECT_FALSE(opened && *opened != "a secret") << at;
  }
  EXPECT_FALSE(vault.unseal(""));
  EXPECT_FALSE(vault.unseal("x:"));
  EXPECT_FALSE(Vault::open(folder_ / "other.key", random_)->unseal(sealed));
}

TEST_F(VaultTest, KeepsItsKeyFromOthers) {
  ASSERT_TRUE(Vault::open(file(), random_));
  const auto mode = std::filesystem::status(file()).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(VaultTest, NeverReplacesAFileItCannotUse) {
  folder_.write("secrets.key", "not a key\n");
  EXPECT_FALSE(Vault::open(file(), random_));
  EXPECT_EQ(test::read_file(file()), "not a key\n");
  folder_.write("secrets.key", "");
  EXPECT_FALSE(Vault::open(file(), random_));
}

TEST_F(VaultTest, OpensWithOldKeysUntilTheyAreDropped) {
  auto vault = Vault::open(file(), random_).value();
  const auto old = vault.seal("a secret");
  ASSERT_TRUE(vault.add_key());
  EXPECT_EQ(vault.unseal(old).value(), "a secret");
  const auto fresh = vault.seal("a secret");
  auto again = Vault::open(file(), random_).value();
  EXPECT_EQ(again.unseal(old).value(), "a secret");
  ASSERT_TRUE(vault.drop_old_keys());
  EXPECT_FALSE(vault.unseal(old));
  EXPECT_EQ(vault.unseal(fresh).value(), "a secret");
  EXPECT_EQ(Vault::open(file(), random_)->unseal(fresh).value(), "a secret");
}

}  // namespace
}  // namespace recast::store
