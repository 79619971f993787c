#include "store/grants.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "store/audit.hpp"
#include "store/store_fixture.hpp"

namespace recast::store {
namespace {

constexpr std::string_view kBack = "https://app.example.org/back";
constexpr std::string_view kSecret = "recast_secret_of_the_client";

class GrantsTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ben_ = store_->create_user("ben", "ben@example.org", false).value().id;
    client_ = make_client("Photos");
  }
  Grants& grants() { return store_->grants(); }
  std::string make_client(std::string name, std::int64_t most = 100) {
    account::OauthClient client{.id = {},
                                .user = ben_,
                                .name = std::move(name),
                                .redirect_uris = {std::string(kBack)},
                                .flows = {"authorization_code", "refresh_token"}};
    return grants().create_client(client, kSecret, most).value().id;
  }
  Grants::Approval approval(std::vector<std::string> scopes = {"task.read", "task.write"}) {
    return {.user = user_, .client = client_, .scopes = std::move(scopes)};
  }
  std::string code(const Grants::CodeTerms& terms = {.redirect_uri = std::string(kBack), .challenge = {}}) {
    auto code = account::new_authorization_code(random_);
    EXPECT_TRUE(grants().give_code(approval(), terms, code));
    return code;
  }
  Grants::Fresh fresh() {
    return {.access_token = account::new_token(random_),
            .access_life = 1h,
            .refresh_token = account::new_refresh_token(random_),
            .refresh_life = 48h};
  }
  Grants::Redemption redemption(std::string code) {
    return {.client = client_, .code = std::move(code), .redirect_uri = {}, .verifier = {}};
  }
  /// Tokens of a code that was redeemed.
  Grants::Fresh tokens() {
    auto given = fresh();
    EXPECT_TRUE(grants().redeem(redemption(code()), given));
    return given;
  }
  Grants::Fresh next(const Grants::Fresh& before) {
    auto given = fresh();
    given.refresh_token = account::next_refresh_token(*before.refresh_token, random_);
    return given;
  }
  bool is_good(const std::string& token) { return store_->authenticate(token).has_value(); }
  template <class T>
  std::string field_of(const Result<T>& refused) {
    return refused ? "" : refused.error().field;
  }

  UserId ben_{};
  std::string client_;
};

TEST_F(GrantsTest, KeepClientsOfTheirUsers) {
  const auto client = grants().client(ben_, client_).value();
  EXPECT_EQ(client.name, "Photos");
  EXPECT_TRUE(client.confidential);
  EXPECT_EQ(client.redirect_uris, std::vector<std::string>{std::string(kBack)});
  EXPECT_EQ(grants().client(user_, client_).error().code, ErrorCode::not_found);
  EXPECT_EQ(grants().set_secret(user_, client_, "x").error().code, ErrorCode::not_found);
  EXPECT_EQ(grants().remove_client(user_, client_).error().code, ErrorCode::not_found);
  EXPECT_EQ(grants().list_clients(user_, {}).value().items.size(), 0u);
  EXPECT_EQ(grants().list_clients(std::nullopt, {}).value().items.size(), 1u);
  EXPECT_TRUE(grants().remove_client(std::nullopt, client_));
  EXPECT_FALSE(grants().known(client_).value());
}

TEST_F(GrantsTest, AllowSoManyClientsOfAUser) {
  make_client("Second", 2);
  const account::OauthClient third{.id = {}, .user = ben_, .name = "Third", .redirect_uris = {}, .flows = {}};
  EXPECT_EQ(field_of(grants().create_client(third, kSecret, 2)), "name");
}

TEST_F(GrantsTest, KeepOnlyTheHashOfASecretAndForgetTheFormerOne) {
  EXPECT_EQ(grants().known(client_).value()->secret, account::token_hash(kSecret));
  EXPECT_EQ(grants().known(client_).value()->owner, "ben");
  ASSERT_TRUE(grants().set_secret(ben_, client_, "another"));
  EXPECT_EQ(grants().known(client_).value()->secret, account::token_hash("another"));
}

TEST_F(GrantsTest, GiveAPublicClientNoSecret) {
  const account::OauthClient client{.id = {}, .user = ben_, .name = "CLI", .redirect_uris = {}, .flows = {}};
  const auto made = grants().create_client(client, "", 100).value();
  EXPECT_FALSE(made.confidential);
  EXPECT_EQ(grants().set_secret(ben_, made.id, "x").error().code, ErrorCode::conflict);
}

TEST_F(GrantsTest, GiveTokensForACode) {
  const auto given = tokens();
  const auto principal = store_->authenticate(given.access_token).value();
  EXPECT_EQ(principal.user.id, user_);
  EXPECT_EQ(principal.scopes, (std::vector<std::string>{"task.read", "task.write"}));
  EXPECT_TRUE(principal.delegated);
  const auto list = grants().list(user_).value();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].client_name, "Photos");
  EXPECT_EQ(list[0].authorizations, 1);
}

TEST_F(GrantsTest, ShowNoAccessTokenAmongKeys) {
  const auto given = tokens();
  const auto key = store_->authenticate(given.access_token).value().key;
  EXPECT_TRUE(store_->page_of_keys(user_, {}).value().items.empty());
  EXPECT_EQ(store_->revoke_key(user_, key).error().code, ErrorCode::not_found);
}

TEST_F(GrantsTest, HoldACodeAgainstItsRequest) {
  const std::string verifier(43, 'v');
  const auto terms = Grants::CodeTerms{.redirect_uri = std::string(kBack),
                                       .redirect_asked = true,
                                       .challenge = {account::Challenge::Method::plain, verifier}};
  auto redeemed = redemption(code(terms));
  EXPECT_EQ(field_of(grants().redeem(redeemed, fresh())), "redirect_uri");
  redeemed.redirect_uri = "https://app.example.org/other";
  EXPECT_EQ(field_of(grants().redeem(redeemed, fresh())), "redirect_uri");
  redeemed.redirect_uri = kBack;
  EXPECT_EQ(field_of(grants().redeem(redeemed, fresh())), "code_verifier");
  redeemed.verifier = std::string(43, 'w');
  EXPECT_EQ(field_of(grants().redeem(redeemed, fresh())), "code_verifier");
  redeemed.verifier = verifier;
  auto others = redeemed;
  others.client = make_client("Other");
  EXPECT_EQ(field_of(grants().redeem(others, fresh())), "code");
  EXPECT_TRUE(grants().redeem(redeemed, fresh()));
}

TEST_F(GrantsTest, RedeemNoCodeThatWentToAnAddressWhichIsGone) {
  const auto set_addresses = [&](std::vector<std::string> addresses) {
    auto client = grants().client(ben_, client_).value();
    client.redirect_uris = std::move(addresses);
    ASSERT_TRUE(grants().change_client(client));
  };
  const auto once = code();
  const auto given = tokens();
  set_addresses({"https://app.example.org/other", std::string(kBack) + "/longer"});
  EXPECT_EQ(field_of(grants().redeem(redemption(once), fresh())), "code");
  EXPECT_TRUE(is_good(given.access_token)) << "tokens stay";
  set_addresses({"https://app.example.org/other", std::string(kBack)});
  EXPECT_TRUE(grants().redeem(redemption(once), fresh()));

  // Any port of the machine itself is the address that was registered without one (RFC 8252 7.3).
  set_addresses({"http://127.0.0.1/back"});
  Grants::CodeTerms terms{.redirect_uri = "http://127.0.0.1:4711/back", .challenge = {}};
  EXPECT_TRUE(grants().redeem(redemption(code(terms)), fresh()));
}

TEST_F(GrantsTest, LetACodeExpire) {
  const auto late = code();
  clock_.advance(600s);
  EXPECT_EQ(field_of(grants().redeem(redemption(late), fresh())), "code");
}

TEST_F(GrantsTest, EndWhatACodeGaveWhenItComesAgain) {
  const auto once = code();
  const auto given = fresh();
  ASSERT_TRUE(grants().redeem(redemption(once), given));
  ASSERT_TRUE(is_good(given.access_token));
  events();
  EXPECT_EQ(field_of(grants().redeem(redemption(once), fresh())), "code");
  EXPECT_EQ(events(), std::vector<std::string>{"key.revoked"});
  EXPECT_FALSE(is_good(given.access_token));
  EXPECT_EQ(field_of(grants().refresh(client_, *given.refresh_token, std::nullopt, next(given), 60s)), "refresh_token");
}

TEST_F(GrantsTest, GiveOneOfManyWhoComeWithTheSameCode) {
  const auto once = code();
  constexpr std::size_t kMany = 8;
  std::vector<Grants::Fresh> given;
  for (std::size_t i = 0; i < kMany; ++i) given.push_back(fresh());
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (const auto& one : given) {
      threads.emplace_back([&, one] {
        if (grants().redeem(redemption(once), one)) ++good;
      });
    }
  }
  EXPECT_EQ(good, 1);
  for (const auto& one : given) EXPECT_FALSE(is_good(one.access_token));  // its reuse was noticed
}

TEST_F(GrantsTest, ChangeTheRefreshTokenAtEachUse) {
  const auto first = tokens();
  const auto second = next(first);
  ASSERT_TRUE(grants().refresh(client_, *first.refresh_token, std::nullopt, second, 60s));
  EXPECT_TRUE(is_good(second.access_token));
  EXPECT_TRUE(is_good(first.access_token));  // for requests under way
  clock_.advance(60s);
  EXPECT_FALSE(is_good(first.access_token));
  const auto third = next(second);
  EXPECT_TRUE(grants().refresh(client_, *second.refresh_token, std::nullopt, third, 60s));
  EXPECT_TRUE(is_good(third.access_token));
}

TEST_F(GrantsTest, EndEverythingWhenAFormerRefreshTokenComes) {
  const auto first = tokens();
  const auto second = next(first);
  const auto third = next(second);
  ASSERT_TRUE(grants().refresh(client_, *first.refresh_token, std::nullopt, second, 60s));
  ASSERT_TRUE(grants().refresh(client_, *second.refresh_token, std::nullopt, third, 60s));
  ASSERT_TRUE(is_good(third.access_token));
  const auto thief = next(first);
  EXPECT_EQ(field_of(grants().refresh(client_, *first.refresh_token, std::nullopt, thief, 60s)), "refresh_token");
  for (const auto* const one : {&first, &second, &third, &thief}) EXPECT_FALSE(is_good(one->access_token));
  EXPECT_EQ(field_of(grants().refresh(client_, *third.refresh_token, std::nullopt, next(third), 60s)), "refresh_token");
  const auto log = store_->audit().list(std::nullopt, {}).value().items;
  EXPECT_EQ(log.at(0).action, "oauth-grant.token-reused");
}

TEST_F(GrantsTest, EndNothingOfTheUsersOtherDevices) {
  const auto phone = tokens();
  const auto laptop = tokens();
  ASSERT_TRUE(grants().refresh(client_, *phone.refresh_token, std::nullopt, next(phone), 60s));
  ASSERT_FALSE(grants().refresh(client_, *phone.refresh_token, std::nullopt, next(phone), 60s));
  EXPECT_TRUE(is_good(laptop.access_token));
}

TEST_F(GrantsTest, RefreshNoMoreThanOnceAtTheSameTime) {
  const auto given = tokens();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, mine = next(given)] {
        if (grants().refresh(client_, *given.refresh_token, std::nullopt, mine, 60s)) ++good;
      });
    }
  }
  EXPECT_EQ(good, 1);
}

TEST_F(GrantsTest, LeaveARefreshTokenToItsClientAndItsTime) {
  const auto given = tokens();
  EXPECT_EQ(field_of(grants().refresh(make_client("Other"), *given.refresh_token, std::nullopt, next(given), 60s)),
            "refresh_token");
  EXPECT_TRUE(is_good(given.access_token)) << "another client's attempt ends nothing";
  ASSERT_TRUE(store_->check());  // the note of the last use, for which nobody waits, is written
  clock_.advance(48h);
  EXPECT_EQ(field_of(grants().refresh(client_, *given.refresh_token, std::nullopt, next(given), 60s)), "refresh_token");
}

TEST_F(GrantsTest, RefreshWithFewerScopesAndNeverWithMore) {
  const auto first = tokens();
  const std::vector<std::string> more{"task.read", "user.read"};
  EXPECT_EQ(field_of(grants().refresh(client_, *first.refresh_token, more, next(first), 60s)), "scope");
  const auto second = next(first);
  const std::vector<std::string> fewer{"task.read"};
  EXPECT_EQ(grants().refresh(client_, *first.refresh_token, fewer, second, 60s).value(), fewer);
  EXPECT_EQ(store_->authenticate(second.access_token).value().scopes, fewer);
  EXPECT_EQ(grants().refresh(client_, *second.refresh_token, std::nullopt, next(second), 60s)->size(), 2u);
}

TEST_F(GrantsTest, RevokeBothTokensByEither) {
  const auto one = tokens();
  ASSERT_TRUE(grants().revoke(client_, one.access_token));
  EXPECT_FALSE(is_good(one.access_token));
  EXPECT_FALSE(grants().look_up(one.refresh_token->text()).value());
  const auto other = tokens();
  ASSERT_TRUE(is_good(other.access_token));
  ASSERT_TRUE(grants().revoke(client_, other.refresh_token->text()));
  EXPECT_FALSE(is_good(other.access_token));
}

TEST_F(GrantsTest, RevokeNothingOfOthers) {
  const auto given = tokens();
  EXPECT_EQ(field_of(grants().revoke(make_client("Other"), given.access_token)), "token");
  EXPECT_TRUE(grants().revoke(client_, "recast_unknown"));
  const auto key = account::new_token(random_);
  ASSERT_TRUE(store_->create_key(user_, "own", {"task.read"}, key));
  EXPECT_TRUE(grants().revoke(client_, key));
  EXPECT_TRUE(is_good(key)) << "a key is no token of a client's";
  EXPECT_FALSE(grants().look_up(key).value());
  EXPECT_TRUE(is_good(given.access_token));
}

TEST_F(GrantsTest, LookUpWhatIsGood) {
  const auto given = tokens();
  const auto access = grants().look_up(given.access_token).value().value();
  EXPECT_EQ(access.client, client_);
  EXPECT_EQ(access.user.username, "ann");
  EXPECT_FALSE(access.refresh);
  EXPECT_EQ(*access.expires - access.issued, 1h);
  EXPECT_TRUE(grants().look_up(given.refresh_token->text()).value()->refresh);
  clock_.advance(1h);
  EXPECT_FALSE(grants().look_up(given.access_token).value());
  EXPECT_TRUE(grants().look_up(given.refresh_token->text()).value());
}

TEST_F(GrantsTest, EndWithTheGrantTheClientOrItsUser) {
  const auto one = tokens();
  const auto grant = grants().list(user_).value().at(0).id;
  EXPECT_EQ(grants().remove(ben_, grant).error().code, ErrorCode::not_found);
  ASSERT_TRUE(is_good(one.access_token));
  ASSERT_TRUE(grants().remove(user_, grant));
  EXPECT_FALSE(is_good(one.access_token));
  EXPECT_FALSE(grants().find(user_, client_).value());

  const auto two = tokens();
  ASSERT_TRUE(is_good(two.access_token));
  ASSERT_TRUE(grants().remove_client(ben_, client_));
  EXPECT_FALSE(is_good(two.access_token));

  client_ = make_client("Again");
  const auto three = tokens();
  const auto key = store_->authenticate(three.access_token).value().key;
  ASSERT_TRUE(store_->delete_user(ben_));
  EXPECT_FALSE(is_good(three.access_token));
  ASSERT_TRUE(store_->check());  // whatever was committed before has been published
  const std::lock_guard lock(mutex_);
  EXPECT_TRUE(std::ranges::any_of(events_, [&](const Event& event) { return event.key == key; }));
}

TEST_F(GrantsTest, RememberWhatWasGranted) {
  code();
  auto more = approval({"user.read"});
  ASSERT_TRUE(
      grants().give_code(more, {.redirect_uri = "", .challenge = {}}, account::new_authorization_code(random_)));
  EXPECT_EQ(grants().find(user_, client_).value()->scopes,
            (std::vector<std::string>{"task.read", "task.write", "user.read"}));
}

TEST_F(GrantsTest, EndTheOldestWhenAClientComesInTooOftenButCodesFirst) {
  const auto first = tokens();
  const auto second = tokens();
  const auto unused = code();
  auto third = approval();
  third.most = 3;
  ASSERT_TRUE(grants().give_token(third, account::new_token(random_), 1h));
  EXPECT_EQ(field_of(grants().redeem(redemption(unused), fresh())), "code");
  EXPECT_TRUE(is_good(first.access_token));
  ASSERT_TRUE(grants().give_token(third, account::new_token(random_), 1h));
  EXPECT_FALSE(is_good(first.access_token));
  EXPECT_TRUE(is_good(second.access_token));
}

TEST_F(GrantsTest, GiveATokenAtOnceWithoutARefreshToken) {
  const auto token = account::new_token(random_);
  ASSERT_TRUE(grants().give_token(approval({"task.read"}), token, 1h));
  EXPECT_EQ(store_->authenticate(token).value().scopes, std::vector<std::string>{"task.read"});
  clock_.advance(1h);
  EXPECT_FALSE(is_good(token));
}

TEST_F(GrantsTest, AreGoodWhereTheyWereGiven) {
  const auto token = account::new_token(random_);
  auto sandbox = approval();
  sandbox.mode = account::KeyMode::sandbox;
  ASSERT_TRUE(grants().give_token(sandbox, token, 1h));
  EXPECT_EQ(store_->authenticate(token).value().terms.mode, account::KeyMode::sandbox);
}

TEST_F(GrantsTest, AreRemovedWhenTheyAreOver) {
  tokens();
  code();
  ASSERT_TRUE(grants().purge(100));
  EXPECT_EQ(grants().list(user_).value().at(0).authorizations, 1);
  events();
  clock_.advance(2h);
  ASSERT_TRUE(store_->purge(100));
  EXPECT_EQ(events(), std::vector<std::string>{"key.revoked"}) << "sockets that a token opened end with it";
  EXPECT_EQ(grants().list(user_).value().at(0).authorizations, 1) << "it can be refreshed still";
  clock_.advance(48h);
  ASSERT_TRUE(store_->purge(100));
  EXPECT_EQ(grants().list(user_).value().at(0).authorizations, 0);
  EXPECT_TRUE(grants().find(user_, client_).value()) << "what the user agreed to is remembered";
}

TEST_F(GrantsTest, KeepNothingSecretInTheClear) {
  const auto used = code();
  const auto waiting = code();
  const auto given = fresh();
  ASSERT_TRUE(grants().redeem(redemption(used), given));
  ASSERT_TRUE(store_->check());
  store_.reset();
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.file.parent_path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  ASSERT_TRUE(all.contains(kBack)) << "this looks at the right files";
  for (const auto& secret : {std::string(kSecret), used, waiting, given.access_token, given.refresh_token->family,
                             given.refresh_token->secret}) {
    EXPECT_FALSE(all.contains(secret));
  }
}

}  // namespace
}  // namespace recast::store
