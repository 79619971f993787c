#include "store/logins.hpp"

#include "account/account.hpp"
#include "account/totp.hpp"
#include "sql/sql.hpp"
#include "store/audit.hpp"
#include "store/migrate.hpp"
#include "store/notices.hpp"
#include "store/signed_urls.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class LoginsTest : public StoreTest {
 protected:
  Logins& logins() { return store_->logins(); }
  account::LoginSession begin(const std::string& hash, bool pending = false, const std::string& replaces = {}) {
    return logins()
        .begin_session(user_, {.hash = hash,
                               .life = hours(1),
                               .pending = pending,
                               .way = "password",
                               .address = "192.0.2.1",
                               .user_agent = "Browser",
                               .replaces = replaces})
        .value();
  }
  bool is_on(std::string_view hash) { return logins().session(hash).value().has_value(); }
  std::int64_t count(const std::string& query) {
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_only).value();
    auto rows = connection.query(query);
    return rows.next() ? rows.integer(0) : -1;
  }
  bool may_try(std::int64_t free = 2) {
    const std::vector names{
        std::pair(std::string("ann"), account::Throttle{.free = free, .first = seconds(1), .longest = seconds(60)})};
    const auto until = logins().begin_attempt(names).value();
    return !until;
  }
};

TEST_F(LoginsTest, SessionIsThereUntilItsTimeIsOver) {
  const auto made = begin("h1");
  ASSERT_TRUE(is_on("h1"));
  EXPECT_EQ(logins().session("h1").value()->user.username, "ann");
  EXPECT_FALSE(is_on("h2"));
  clock_.advance(minutes(59));
  EXPECT_TRUE(is_on("h1"));
  open();  // a restart ends none
  EXPECT_TRUE(is_on("h1"));
  EXPECT_EQ(logins().sessions(user_).value().at(0).id, made.id);
  clock_.advance(minutes(1));
  EXPECT_FALSE(is_on("h1"));
  EXPECT_TRUE(logins().sessions(user_).value().empty());
  begin("h3");
  EXPECT_EQ(count("SELECT count(*) FROM login_sessions"), 1);  // what is over is gone
}

TEST_F(LoginsTest, SessionTakesThePlaceOfAnother) {
  begin("half", true);
  EXPECT_TRUE(logins().session("half").value()->session.pending);
  EXPECT_TRUE(logins().sessions(user_).value().empty());
  begin("whole", false, "half");
  EXPECT_FALSE(is_on("half"));
  EXPECT_TRUE(is_on("whole"));
}

TEST_F(LoginsTest, SecondFactorOfALogInThatHasEndedOpensNothing) {
  begin("half", true);
  NewSession whole{.hash = "whole", .life = hours(1), .replaces = "half", .continues = true};
  ASSERT_TRUE(logins().end_sessions(user_));
  EXPECT_EQ(logins().begin_session(user_, whole).error().code, ErrorCode::forbidden);
  EXPECT_FALSE(is_on("whole"));
  begin("half", true);
  EXPECT_TRUE(logins().begin_session(user_, whole));
}

TEST_F(LoginsTest, UserHasSoManySessionsAndNoMore) {
  for (const auto* const hash : {"h1", "h2", "h3"})
    ASSERT_TRUE(logins().begin_session(user_, {.hash = hash, .life = hours(1), .most = 2}));
  EXPECT_FALSE(is_on("h1"));
  EXPECT_TRUE(is_on("h2"));
  EXPECT_TRUE(is_on("h3"));
}

TEST_F(LoginsTest, PasswordThatChangesEndsOtherSessions) {
  begin("h1");
  begin("h2");
  ASSERT_TRUE(logins().change_password(user_, "", "hash", "h2"));
  EXPECT_FALSE(is_on("h1"));
  EXPECT_TRUE(is_on("h2"));
  EXPECT_EQ(logins().find("ann").value()->password, "hash");
  ASSERT_TRUE(logins().replace_hash(user_, "hash", "dearer"));
  EXPECT_TRUE(is_on("h2"));
  ASSERT_TRUE(logins().replace_hash(user_, "hash", "stale"));
  EXPECT_EQ(logins().find("ann").value()->password, "dearer");
  EXPECT_FALSE(logins().find("nobody").value());
  EXPECT_EQ(logins().set_password(UserId(77), "hash").error().code, ErrorCode::not_found);
  ASSERT_TRUE(logins().set_password(user_, "new"));
  EXPECT_FALSE(is_on("h2"));
}

TEST_F(LoginsTest, OfTwoPasswordChangesAtOnceOneIsRefused) {
  ASSERT_TRUE(logins().set_password(user_, "old"));
  ASSERT_TRUE(logins().change_password(user_, "old", "first", "h"));
  EXPECT_EQ(logins().change_password(user_, "old", "second", "h").error().code, ErrorCode::conflict);
  EXPECT_EQ(logins().change_password(user_, "", "third", "h").error().code, ErrorCode::conflict);
  EXPECT_EQ(logins().find("ann").value()->password, "first");
}

TEST_F(LoginsTest, DisabledUserTakesNoUploadAndNoSignedUrl) {
  const auto base = store_->signed_urls().create(user_, "site", 1).value();
  const auto task = store_->create_task(user_, task_spec("", "import/upload")).value();
  ASSERT_TRUE(store_->signed_urls().by_id(base.id));
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = {}, .enabled = false}));
  EXPECT_EQ(store_->signed_urls().by_id(base.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(store_->begin_upload(task.id).error().code, ErrorCode::forbidden);
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = {}, .enabled = true}));
  EXPECT_TRUE(store_->signed_urls().by_id(base.id));
  EXPECT_TRUE(store_->begin_upload(task.id));
}

TEST_F(LoginsTest, DisabledUserHasNoSessionsAndNoKeys) {
  const auto admin = store_->create_user("root", "root@example.org", true).value();
  const auto token = account::new_token(random_);
  ASSERT_TRUE(store_->create_key(user_, "k", {"task.read"}, token));
  ASSERT_TRUE(store_->authenticate(token));
  begin("h1");
  events();
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = {}, .enabled = false}));
  EXPECT_EQ(events(), (std::vector<std::string>{"key.revoked", "key.revoked"}));  // of the log-in, of the key
  EXPECT_FALSE(is_on("h1"));
  EXPECT_FALSE(store_->authenticate(token));
  EXPECT_EQ(logins().begin_session(user_, {.hash = "h2", .life = hours(1)}).error().code, ErrorCode::forbidden);
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = {}, .enabled = true}));
  EXPECT_TRUE(store_->authenticate(token));
  EXPECT_FALSE(is_on("h1"));
  EXPECT_EQ(store_->change_user(admin.id, {.email = {}, .administrator = false, .enabled = {}}).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(store_->delete_user(admin.id).error().code, ErrorCode::conflict);
}

TEST_F(LoginsTest, DisabledAdministratorIsNoneThatIsLeft) {
  const auto one = store_->create_user("one", "a@b", true).value(),
             two = store_->create_user("two", "a@b", true).value();
  EXPECT_EQ(store_->change_user(one.id, {.email = {}, .administrator = {}, .enabled = false}).error().code,
            ErrorCode::conflict)
      << "the other one has no way in";
  ASSERT_TRUE(logins().set_password(two.id, "hash"));
  ASSERT_TRUE(store_->change_user(one.id, {.email = {}, .administrator = {}, .enabled = false}));
  EXPECT_EQ(store_->change_user(two.id, {.email = {}, .administrator = {}, .enabled = false}).error().code,
            ErrorCode::conflict);
  EXPECT_TRUE(store_->delete_user(one.id));
}

TEST_F(LoginsTest, KeyOfAFormerAdministratorIsOneNoMore) {
  ASSERT_TRUE(logins().set_password(store_->create_user("root", "a@b", true)->id, "hash"));
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = true, .enabled = {}}));
  const auto token = account::new_token(random_);
  ASSERT_TRUE(store_->create_key(user_, "k", {"admin", "task.read"}, token));
  EXPECT_TRUE(store_->authenticate(token)->has("admin"));
  ASSERT_TRUE(store_->change_user(user_, {.email = {}, .administrator = false, .enabled = {}}));
  EXPECT_FALSE(store_->authenticate(token)->has("admin"));
  EXPECT_TRUE(store_->authenticate(token)->has("task.read"));
}

TEST_F(LoginsTest, DeletedUserLeavesNothing) {
  begin("h1");
  ASSERT_TRUE(logins().set_password(user_, "hash"));
  begin("h2");
  ASSERT_TRUE(logins().offer_factor(user_, "secret"));
  ASSERT_TRUE(logins().confirm_factor(user_, 1, std::vector<std::string>{"a"}));
  ASSERT_TRUE(logins().add_identity(user_, {"https://id", "1"}));
  ASSERT_TRUE(store_->notices().choose(user_, {.language = "de", .mail = {}}));
  ASSERT_TRUE(store_->delete_user(user_));
  for (const auto* const table :
       {"passwords", "second_factors", "recovery_codes", "login_sessions", "identities", "notice_choices"})
    EXPECT_EQ(count(std::string("SELECT count(*) FROM ") + table), 0) << table;
}

TEST_F(LoginsTest, LogInIsToldOnceForEachPlace) {
  begin("h1");
  begin("h2");
  EXPECT_EQ(count("SELECT count(*) FROM notices WHERE kind = 'new.login' OR kind LIKE '%login%'"), 1);
  ASSERT_TRUE(logins().begin_session(user_, {.hash = "h3", .life = hours(1), .address = "192.0.2.2"}));
  EXPECT_EQ(count("SELECT count(*) FROM notices"), 2);
}

TEST_F(LoginsTest, SecondFactorIsAskedForOnceItIsConfirmed) {
  ASSERT_TRUE(logins().offer_factor(user_, "first"));
  ASSERT_TRUE(logins().offer_factor(user_, "second"));
  EXPECT_EQ(logins().factor(user_).value()->secret, "second");
  EXPECT_FALSE(logins().find(user_)->has_factor);
  ASSERT_TRUE(logins().confirm_factor(user_, 10, std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(logins().find(user_)->has_factor);
  EXPECT_EQ(logins().offer_factor(user_, "third").error().code, ErrorCode::conflict);
  EXPECT_EQ(logins().confirm_factor(user_, 11, {}).error().code, ErrorCode::conflict);
  EXPECT_FALSE(logins().use_step(user_, 10).value());
  EXPECT_TRUE(logins().use_step(user_, 11).value());
  EXPECT_FALSE(logins().use_step(user_, 11).value());
  EXPECT_TRUE(logins().use_recovery_code(user_, "a").value());
  EXPECT_FALSE(logins().use_recovery_code(user_, "a").value());
  EXPECT_EQ(logins().recovery_codes_left(user_).value(), 1);
  ASSERT_TRUE(logins().remove_factor(user_));
  EXPECT_FALSE(logins().find(user_)->has_factor);
  EXPECT_EQ(logins().remove_factor(user_).error().code, ErrorCode::not_found);
  EXPECT_FALSE(logins().use_recovery_code(user_, "b").value());
}

TEST_F(LoginsTest, SecretOfAFactorIsSealedAnew) {
  ASSERT_TRUE(logins().offer_factor(user_, "the secret"));
  EXPECT_EQ(store_->rotate_secrets().value(), 1u);
  EXPECT_EQ(logins().factor(user_).value()->secret, "the secret");
  open();
  EXPECT_EQ(logins().factor(user_).value()->secret, "the secret");
}

TEST_F(LoginsTest, InvitationIsAcceptedOnceAndInTime) {
  ASSERT_TRUE(logins().invite("bob@example.org", true, hours(1), "t1"));
  EXPECT_EQ(logins().invitation("t1")->email, "bob@example.org");
  EXPECT_EQ(logins().accept_invitation("t1", "ann", "hash").error().field, "username");  // taken; still good
  const auto bob = logins().accept_invitation("t1", "bob", "hash").value();
  EXPECT_TRUE(bob.administrator);
  EXPECT_EQ(bob.email, "bob@example.org");
  EXPECT_EQ(logins().find("bob").value()->password, "hash");
  EXPECT_EQ(logins().accept_invitation("t1", "eve", "hash").error().code, ErrorCode::not_found);
  ASSERT_TRUE(logins().invite("eve@example.org", false, hours(1), "t2"));
  clock_.advance(hours(1));
  EXPECT_EQ(logins().accept_invitation("t2", "eve", "hash").error().code, ErrorCode::not_found);
  EXPECT_EQ(logins().invitations({}).value().items.size(), 1u);
}

TEST_F(LoginsTest, IdentityIsListedWithItsLastLogIn) {
  const account::Identity identity{"https://id", "1"};
  const auto added = logins().add_identity(user_, identity).value();
  EXPECT_EQ(logins().add_identity(UserId(77), {"https://id", "2"}).error().code, ErrorCode::not_found);
  EXPECT_FALSE(logins().identities(user_).value().at(0).last_used);
  clock_.advance(hours(2));
  NewSession session{.hash = "h1", .life = hours(1)};
  session.identity = identity;
  ASSERT_TRUE(logins().begin_session(user_, session));
  const auto list = logins().identities(user_).value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].id, added.id);
  EXPECT_EQ(list[0].identity.issuer, "https://id");
  EXPECT_EQ(list[0].identity.subject, "1");
  EXPECT_EQ(list[0].created, clock_.now() - hours(2));
  EXPECT_EQ(list[0].last_used, clock_.now());
  session.hash = "h2";
  session.identity->subject = "2";
  EXPECT_EQ(logins().begin_session(user_, session).error().code, ErrorCode::forbidden) << "it was unlinked meanwhile";
  EXPECT_FALSE(is_on("h2"));
}

TEST_F(LoginsTest, UserUnlinksAnIdentityButNotTheLastWayIn) {
  const auto first = logins().add_identity(user_, {"https://id", "1"}).value().id;
  const auto second = logins().add_identity(user_, {"https://id", "2"}).value().id;
  EXPECT_EQ(logins().unlink_own_identity(user_, first, {}).error().code, ErrorCode::conflict)
      << "nobody has come in by the other yet, so it may be nobody's";
  NewSession proof{.hash = "proof", .life = hours(1)};
  proof.identity = account::Identity{"https://id", "2"};
  ASSERT_TRUE(logins().begin_session(user_, proof));
  const auto other = store_->create_user("ben", "ben@example.org", false).value().id;
  begin("this");
  begin("another");
  begin("half", true);
  EXPECT_EQ(logins().unlink_own_identity(other, first, {}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(logins().unlink_own_identity(user_, first, "this"));
  EXPECT_TRUE(is_on("this"));
  EXPECT_FALSE(is_on("another"));
  EXPECT_FALSE(is_on("half")) << "nor does a log-in go on that the provider had vouched for";
  EXPECT_FALSE(logins().user_of({"https://id", "1"}).value());

  begin("another");
  const auto refused = logins().unlink_own_identity(user_, second, "this");
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(logins().user_of({"https://id", "2"}).value()) << "a refusal changes nothing";
  EXPECT_TRUE(is_on("another"));
  ASSERT_TRUE(logins().change_password(user_, "", "hash", "this"));
  ASSERT_TRUE(logins().unlink_own_identity(user_, second, "this"));
  EXPECT_TRUE(logins().identities(user_).value().empty());

  EXPECT_EQ(count("SELECT count(*) FROM audit WHERE action = 'identity.remove' AND detail = 'https://id'"), 2);
  EXPECT_GT(logins().add_identity(user_, {"https://id", "3"}).value().id, second) << "numbers are not used again";
}

TEST_F(LoginsTest, AdministratorUnlinksEvenTheLastWayInButNotOfTheLastAdministrator) {
  const auto of_user = logins().add_identity(user_, {"https://id", "1"}).value().id;
  begin("h1");
  ASSERT_TRUE(logins().unlink_identity(user_, of_user));
  EXPECT_FALSE(is_on("h1"));
  EXPECT_EQ(logins().unlink_identity(user_, of_user).error().code, ErrorCode::not_found);

  const auto root = store_->create_user("root", "root@example.org", true).value().id;
  const auto of_root = logins().add_identity(root, {"https://id", "2"}).value().id;
  EXPECT_EQ(logins().unlink_identity(root, of_root).error().code, ErrorCode::conflict);
  EXPECT_EQ(logins().identities(root).value().size(), 1U);
  ASSERT_TRUE(store_->create_key(root, "k", {"admin"}, account::new_token(random_)));
  EXPECT_TRUE(logins().unlink_identity(root, of_root));
}

TEST_F(LoginsTest, AdministratorWhomNoProviderHasVouchedForIsNotTheOneWhoStays) {
  const auto root = store_->create_user("root", "root@example.org", true).value().id;
  ASSERT_TRUE(store_->create_key(root, "k", {"admin"}, account::new_token(random_)));
  const auto second = store_->create_user("second", "s@example.org", true).value().id;
  ASSERT_TRUE(logins().add_identity(second, {"https://id", "nobody"}));
  const account::UserChange off{.email = {}, .administrator = {}, .enabled = false};
  EXPECT_EQ(store_->change_user(root, off).error().code, ErrorCode::conflict);
  NewSession session{.hash = "s", .life = hours(1)};
  session.identity = account::Identity{"https://id", "nobody"};
  ASSERT_TRUE(logins().begin_session(second, session));
  EXPECT_TRUE(store_->change_user(root, off));
}

TEST_F(LoginsTest, IdentitiesOfAnOlderDatabaseAreTakenOver) {
  store_.reset();
  settings_.file = folder_ / "old.db";
  {
    const auto& all = migrations();
    auto connection = sql::Connection::open(settings_.file, sql::Connection::Mode::read_write).value();
    ASSERT_TRUE(migrate(connection, {all.begin(), all.begin() + 18}));
    connection.run(
        "INSERT INTO users (id, username, email, administrator, credits, created) VALUES (1, 'ann', '', 0, 0, 0);"
        "INSERT INTO identities VALUES ('https://id', '2', 1, 2000000), ('https://id', '1', 1, 1000000)");
  }
  store_ = Store::open(settings_, clock_, random_, "host-a").value();
  const auto list = logins().identities(UserId(1)).value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].identity.subject, "1");
  EXPECT_EQ(to_micros(list[0].created), 1000000);
  EXPECT_EQ(logins().add_identity(UserId(1), {"https://id", "2"}).error().code, ErrorCode::conflict);
}

TEST_F(LoginsTest, IdentityIsOneUsers) {
  const account::Identity identity{"https://id", "1"};
  EXPECT_FALSE(logins().user_of(identity).value());
  ASSERT_TRUE(logins().add_identity(user_, identity));
  EXPECT_EQ(logins().user_of(identity).value()->id, user_);
  EXPECT_FALSE(logins().user_of({"https://other", "1"}).value());
  EXPECT_EQ(logins().add_identity(user_, identity).error().code, ErrorCode::conflict);
  EXPECT_EQ(logins().register_identity({.username = "x", .email = {}}, identity).error().code, ErrorCode::conflict);
  EXPECT_FALSE(logins().find("x").value());  // nothing is left of it
  EXPECT_EQ(logins().register_identity({.username = "ann", .email = {}}, {"https://id", "2"})->username, "ann-2");
  EXPECT_EQ(logins().register_identity({.username = "ann", .email = {}}, {"https://id", "3"})->username, "ann-3");
}

TEST_F(LoginsTest, AttemptsWaitLongerAndLongerAlsoAfterARestart) {
  EXPECT_TRUE(may_try());
  EXPECT_TRUE(may_try());
  EXPECT_FALSE(may_try());
  open();
  EXPECT_FALSE(may_try());
  clock_.advance(seconds(1));
  EXPECT_TRUE(may_try());
  clock_.advance(seconds(1));
  EXPECT_FALSE(may_try());
  clock_.advance(seconds(1));
  EXPECT_TRUE(may_try());
  ASSERT_TRUE(logins().forget_failures("ann"));
  EXPECT_TRUE(may_try());
  EXPECT_TRUE(may_try());
  EXPECT_FALSE(may_try());
  clock_.advance(hours(24));
  EXPECT_TRUE(may_try());
  EXPECT_TRUE(may_try());
  EXPECT_FALSE(may_try());
}

TEST_F(LoginsTest, AttemptThatDidNotFailIsForgiven) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(may_try()) << i;
    ASSERT_TRUE(logins().forgive_failure("ann"));
  }
}

TEST_F(LoginsTest, AuditLogTellsOfChangesAndOfNoSecret) {
  ASSERT_TRUE(logins().set_password(user_, "hash-of-it"));
  begin("session-hash");
  ASSERT_TRUE(logins().offer_factor(user_, "the secret"));
  ASSERT_TRUE(logins().confirm_factor(user_, 1, std::vector<std::string>{"code-hash"}));
  ASSERT_TRUE(logins().use_recovery_code(user_, "code-hash"));
  ASSERT_TRUE(logins().invite("bob@example.org", false, hours(1), "token-hash"));
  std::string actions;
  const auto log = store_->audit().list({}, {}).value();
  for (const auto& entry : log.items) {
    actions += entry.action + " ";
    for (const auto* const secret : {"hash-of-it", "session-hash", "the secret", "code-hash", "token-hash"})
      EXPECT_EQ((entry.object + entry.detail).find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(actions, "invitation.create recovery_code.use second_factor.set session.begin password.set user.create ");
  EXPECT_FALSE(store_->audit().verify()->broken);
}

}  // namespace
}  // namespace recast::store
