#include <algorithm>

#include "store/audit.hpp"
#include "store/presets.hpp"
#include "store/signed_urls.hpp"
#include "store/store_fixture.hpp"
#include "store/webhooks.hpp"

namespace recast::store {
namespace {

/// How much a user may have of what is kept for good, and lists of it.
class Room : public StoreTest {
 protected:
  void SetUp() override {
    settings_.answer_bytes = 10'000;
    open();
  }
  Result<account::ApiKey> key(const std::string& name, std::int64_t most, std::optional<Time> expires = {}) {
    account::KeyTerms terms;
    terms.expires = expires;
    return store_->create_key(user_, name, {"task.read"}, "token of " + name, terms, most);
  }
  std::vector<std::string> key_names(Page page = {}) {
    std::vector<std::string> names;
    const auto listing = store_->page_of_keys(user_, page).value();
    for (const auto& one : listing.items) names.push_back(one.name);
    return names;
  }
  Result<account::Preset> preset(const std::string& name, std::int64_t most, std::size_t bytes = 0) {
    return store_->presets().create(user_, of_size(name, bytes), most);
  }
  static account::Preset of_size(const std::string& name, std::size_t bytes) {
    account::Preset preset;
    preset.name = name;
    preset.operation = "convert";
    preset.options["text"] = std::string(bytes, 'x');
    return preset;
  }
  using Names = std::vector<std::string>;
};

void expect_full(const Error& error, std::string_view field = "name") {
  EXPECT_EQ(error.code, ErrorCode::invalid_data);
  EXPECT_EQ(error.field, field);
  EXPECT_TRUE(error.message.contains("which is the most")) << error.message;
}

TEST_F(Room, IsForSoManyKeysOfEachUser) {
  ASSERT_TRUE(key("a", 2));
  ASSERT_TRUE(key("b", 2));
  expect_full(key("c", 2).error());
  EXPECT_EQ(key_names(), (Names{"a", "b"}));
  const auto other = store_->create_user("bob", "", false)->id;
  EXPECT_TRUE(store_->create_key(other, "theirs", {}, "another token", {}, 1));
  ASSERT_TRUE(store_->revoke_key(user_, store_->page_of_keys(user_, {})->items.at(0).id));
  EXPECT_TRUE(key("c", 2));
}

TEST_F(Room, IsMadeByKeysThatHaveExpired) {
  const auto now = clock_.now();
  ASSERT_TRUE(key("second", 3, now + 20s));
  ASSERT_TRUE(key("first", 3, now + 10s));
  ASSERT_TRUE(key("for good", 3));
  expect_full(key("new", 3).error());
  EXPECT_EQ(events(), Names());
  clock_.advance(20s);
  ASSERT_TRUE(key("new", 3));
  EXPECT_EQ(key_names(), (Names{"second", "for good", "new"})) << "the one that expired first makes way, not more";
  EXPECT_EQ(events(), Names{"key.revoked"});
  const auto log = store_->audit().list(std::nullopt, {}).value();
  EXPECT_EQ(log.items.at(0).action, "key.create");
  EXPECT_EQ(log.items.at(1).action, "key.expire");
  ASSERT_TRUE(key("newer", 3));
  EXPECT_EQ(key_names(), (Names{"for good", "new", "newer"}));
  expect_full(key("newest", 3).error());
  EXPECT_EQ(key_names().size(), 3u);
}

TEST_F(Room, IsNotTakenFromKeysWhileThereIsSome) {
  ASSERT_TRUE(key("short", 3, clock_.now() + 10s));
  clock_.advance(11s);
  ASSERT_TRUE(key("a", 3));
  ASSERT_TRUE(key("b", 3));
  EXPECT_EQ(key_names(), (Names{"short", "a", "b"})) << "whoever wonders why something stopped still finds it";
}

TEST_F(Room, OfFewerKeysThanThereAreIsMadeByAllThatHaveExpired) {
  for (const auto* const name : {"a", "b", "c"}) ASSERT_TRUE(key(name, 9, clock_.now() + 10s));
  clock_.advance(11s);
  ASSERT_TRUE(key("d", 1));
  EXPECT_EQ(key_names(), Names{"d"});
}

TEST_F(Room, HasPagesOfKeys) {
  for (const auto* const name : {"a", "b", "c"}) ASSERT_TRUE(key(name, 9));
  EXPECT_EQ(key_names({.number = 1, .size = 2}), (Names{"a", "b"}));
  EXPECT_EQ(key_names({.number = 2, .size = 2}), Names{"c"});
  EXPECT_TRUE(store_->page_of_keys(user_, {.number = 1, .size = 2})->more);
  EXPECT_FALSE(store_->page_of_keys(user_, {.number = 1, .size = 3})->more);
  EXPECT_TRUE(key_names({.number = 3, .size = 2}).empty());
}

TEST_F(Room, IsForSoManyBasesOfSignedUrls) {
  auto& bases = store_->signed_urls();
  expect_full(bases.create(user_, "none", 0).error());
  const auto first = bases.create(user_, "a", 2).value();
  clock_.advance(1s);  // lists are in the order of time
  ASSERT_TRUE(bases.create(user_, "b", 2));
  expect_full(bases.create(user_, "c", 2).error());
  const auto page = bases.list(user_, {.number = 1, .size = 1}).value();
  EXPECT_EQ(page.items.at(0).secret, first.secret);
  EXPECT_TRUE(page.more);
  EXPECT_FALSE(bases.list(user_, {.number = 2, .size = 1})->more);
  ASSERT_TRUE(bases.remove(user_, first.id));
  EXPECT_TRUE(bases.create(user_, "c", 2));
}

TEST_F(Room, IsForSoManyWebhooks) {
  ASSERT_TRUE(store_->webhooks().create(user_, "https://a.example.org/", {"job.finished"}, 1));
  expect_full(store_->webhooks().create(user_, "https://b.example.org/", {"job.finished"}, 1).error(), "url");
}

TEST_F(Room, IsForSoManyPresetsAndVersionsOfEach) {
  ASSERT_TRUE(preset("a", 2));
  ASSERT_TRUE(store_->presets().change(user_, of_size("a", 1), 2));
  ASSERT_TRUE(preset("b", 2)) << "versions count for their own limit only";
  expect_full(preset("c", 2).error());
  EXPECT_EQ(preset("b", 2).error().code, ErrorCode::conflict);
  const auto full = store_->presets().change(user_, of_size("a", 1), 2).error();
  EXPECT_EQ(full.code, ErrorCode::invalid_data);
  EXPECT_EQ(full.field, "version");
  EXPECT_TRUE(full.message.contains("2 versions already"));
  ASSERT_TRUE(store_->presets().remove(user_, "a"));
  EXPECT_EQ(preset("a", 2)->version, 1);
}

TEST_F(Room, HasPagesOfPresetsInTheirNewestVersion) {
  for (const auto* const name : {"c", "a", "b"}) ASSERT_TRUE(preset(name, 9));
  ASSERT_TRUE(store_->presets().change(user_, of_size("b", 1), 9));
  const auto first = store_->presets().list(user_, {.number = 1, .size = 2}).value();
  EXPECT_EQ(first.items.at(0).name, "a");
  EXPECT_EQ(first.items.at(1).name, "b");
  EXPECT_EQ(first.items.at(1).version, 2);
  EXPECT_TRUE(first.more);
  const auto last = store_->presets().list(user_, {.number = 2, .size = 2}).value();
  EXPECT_EQ(last.items.size(), 1u);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(store_->presets().versions(user_, "b", {.number = 2, .size = 1})->items.at(0).version, 1);
  EXPECT_EQ(store_->presets().versions(user_, "x", {}).error().code, ErrorCode::not_found);
  EXPECT_TRUE(store_->presets().versions(user_, "b", {.number = 9, .size = 1})->items.empty());
}

TEST_F(Room, HasShorterPagesOfPresetsThatAreLong) {
  for (int i = 10; i < 20; ++i) ASSERT_TRUE(preset("p" + std::to_string(i), 99, 4000));
  Names seen;
  Page page{.number = 1, .size = 100};
  for (int rounds = 0; rounds < 20; ++rounds) {
    const auto listing = store_->presets().list(user_, page).value();
    EXPECT_LE(listing.items.size(), 2u);
    for (const auto& one : listing.items) seen.push_back(one.name);
    if (!listing.more) break;
    page = {.number = listing.page.number + 1, .size = listing.page.size};
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

}  // namespace
}  // namespace recast::store
