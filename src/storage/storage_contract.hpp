#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "../../tests/support/temporary_folder.hpp"
#include "storage/storage.hpp"

namespace recast::storage {

/// Opens the storage under test; `folder` is its own, and the same folder always means the same storage.
using MakeStorage = std::function<std::unique_ptr<Storage>(const fs::path& folder)>;

/// What a storage holds, in order.
inline std::vector<std::string> keys_of(Storage& storage, std::string_view prefix = {}) {
  std::vector<std::string> keys;
  EXPECT_TRUE(storage.list(prefix, [&](const Key& key) -> Result<> {
    keys.push_back(key.str());
    return {};
  }));
  std::ranges::sort(keys);
  return keys;
}

/// What every driver has to do. A driver's test says:
///   INSTANTIATE_TEST_SUITE_P(Local, StorageContract, ::testing::Values(MakeStorage(&make_local)));
class StorageContract : public ::testing::TestWithParam<MakeStorage> {
 protected:
  StorageContract() : storage_(GetParam()(temp_ / "root")) {}

  static Key key(std::string_view text) { return Key::parse(text).value(); }
  fs::path file(std::string_view content) { return temp_.write("input-" + std::to_string(++files_), content); }
  fs::path temp() const { return temp_.path(); }
  Storage& storage() { return *storage_; }
  std::string content(std::string_view name) {
    const auto to = temp_ / ("output-" + std::to_string(++files_));
    const auto stat = storage().get(key(name), to);
    if (!stat) return "(" + stat.error().message + ")";
    auto text = test::read_file(to);
    EXPECT_EQ(stat->size, text.size());
    return text;
  }
  std::vector<std::string> names(std::string_view prefix) { return keys_of(storage(), prefix); }

 private:
  test::TemporaryFolder temp_;
  std::unique_ptr<Storage> storage_;
  int files_ = 0;
};

TEST_P(StorageContract, WhatWasPutCanBeHad) {
  ASSERT_TRUE(storage().put(key("task/1"), file("hello")));
  EXPECT_EQ(content("task/1"), "hello");
  ASSERT_TRUE(storage().put(key("task/2"), file("")));
  EXPECT_EQ(content("task/2"), "");
  const std::string long_text(3'000'000, 'x');
  ASSERT_TRUE(storage().put(key("task/3"), file(long_text)));
  EXPECT_EQ(content("task/3"), long_text);
}

TEST_P(StorageContract, AFailedPutLeavesNothingBehind) {
  EXPECT_FALSE(storage().put(key("job/task/a.pdf"), "/no/such/file"));
  EXPECT_FALSE(storage().put(key("job/task/b.pdf"), temp()));
  const auto got = storage().get(key("job/task/a.pdf"), temp() / "a.pdf");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(temp() / "a.pdf"));
  EXPECT_TRUE(names("").empty());
}

TEST_P(StorageContract, AnUnknownKeyIsNotFound) {
  EXPECT_EQ(storage().get(key("x/y"), temp() / "x").error().code, ErrorCode::not_found);
  EXPECT_EQ(storage().open(key("x/y")).error().code, ErrorCode::not_found);
  ASSERT_TRUE(storage().put(key("x/y/z"), file("1")));
  EXPECT_EQ(storage().open(key("x/y")).error().code, ErrorCode::not_found);
  EXPECT_EQ(storage().get(key("x/y/z/a"), temp() / "x").error().code, ErrorCode::not_found);
}

TEST_P(StorageContract, AKeyCanBePutAgainAfterACrash) {
  const auto first = file("hello");
  ASSERT_TRUE(storage().put(key("task/1"), first));
  ASSERT_TRUE(storage().put(key("task/1"), first));
  EXPECT_EQ(content("task/1"), "hello");
  ASSERT_TRUE(storage().put(key("task/1"), file("other")));
  EXPECT_EQ(content("task/1"), "other");
  EXPECT_EQ(names(""), std::vector<std::string>{"task/1"});
}

TEST_P(StorageContract, TheSourceMayGoAway) {
  const auto source = file("hello");
  ASSERT_TRUE(storage().put(key("task/1"), source));
  fs::remove(source);
  EXPECT_EQ(content("task/1"), "hello");
}

TEST_P(StorageContract, WhatWasGivenOutOutlivesItsKey) {
  ASSERT_TRUE(storage().put(key("task/1"), file("hello")));
  ASSERT_TRUE(storage().get(key("task/1"), temp() / "mine"));
  auto open = storage().open(key("task/1"));
  ASSERT_TRUE(open);
  ASSERT_TRUE(storage().remove(key("task/1")));
  EXPECT_EQ(test::read_file(temp() / "mine"), "hello");
  char bytes[6] = {};
  EXPECT_EQ(::read(open->get(), bytes, sizeof bytes), 5);
  EXPECT_STREQ(bytes, "hello");
}

TEST_P(StorageContract, GetReplacesWhatIsInItsWay) {
  ASSERT_TRUE(storage().put(key("task/1"), file("hello")));
  const auto to = file("old and long");
  ASSERT_TRUE(storage().get(key("task/1"), to));
  EXPECT_EQ(test::read_file(to), "hello");
}

TEST_P(StorageContract, EndsAListingThatIsNotWanted) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(storage().put(key("a/" + std::to_string(i)), file("x")));
  int seen = 0;
  const auto listed = storage().list("", [&](const Key&) -> Result<> {
    ++seen;
    return fail(ErrorCode::cancelled, "enough");
  });
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().message, "enough");
  EXPECT_EQ(seen, 1);
}

TEST_P(StorageContract, MayLoseWhatItLists) {
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(storage().put(key("t" + std::to_string(i / 2) + "/" + std::to_string(i)), file("x")));
  }
  int seen = 0;
  std::vector<Key> batch;
  ASSERT_TRUE(storage().list("", [&](const Key& one) -> Result<> {
    ++seen;
    batch.push_back(one);
    if (batch.size() < 7) return {};
    for (const auto& old : std::exchange(batch, {})) EXPECT_TRUE(storage().remove(old));
    return {};
  }));
  EXPECT_EQ(seen, 60);
  EXPECT_EQ(names("").size(), 4u);
}

TEST_P(StorageContract, ListsByPrefix) {
  for (const auto* const name : {"b/1", "a/2", "a/1", "a/10", "ab/1", "top"})
    ASSERT_TRUE(storage().put(key(name), file("x")));
  EXPECT_EQ(names("a/"), (std::vector<std::string>{"a/1", "a/10", "a/2"}));
  EXPECT_EQ(names("a/1"), (std::vector<std::string>{"a/1", "a/10"}));
  EXPECT_EQ(names("a"), (std::vector<std::string>{"a/1", "a/10", "a/2", "ab/1"}));
  EXPECT_EQ(names("").size(), 6u);
  EXPECT_TRUE(names("c/").empty());
  EXPECT_TRUE(names("../").empty());
  EXPECT_TRUE(names("/").empty());
}

TEST_P(StorageContract, RemovingIsDoneOnceAndForAll) {
  ASSERT_TRUE(storage().put(key("task/1"), file("x")));
  ASSERT_TRUE(storage().put(key("task/2"), file("y")));
  ASSERT_TRUE(storage().remove(key("task/1")));
  ASSERT_TRUE(storage().remove(key("task/1")));
  ASSERT_TRUE(storage().remove(key("never/there")));
  EXPECT_EQ(names(""), std::vector<std::string>{"task/2"});
  EXPECT_EQ(content("task/2"), "y");
}

TEST_P(StorageContract, AnotherInstanceSeesTheSameFiles) {
  ASSERT_TRUE(storage().put(key("task/1"), file("x")));
  const auto other = GetParam()(temp() / "root");
  EXPECT_TRUE(other->get(key("task/1"), temp() / "x"));
}

TEST_P(StorageContract, ManyThreadsMayUseIt) {
  std::vector<fs::path> sources;
  for (int number = 0; number < 4; ++number) sources.push_back(file(std::to_string(number)));
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&, number] {
      const auto own = key("shared/" + std::to_string(number));
      for (int round = 0; round < 25; ++round) {
        const auto put = storage().put(own, sources[static_cast<std::size_t>(number)]);
        EXPECT_TRUE(put) << put.error().message;
        EXPECT_TRUE(storage().open(own));
        EXPECT_TRUE(storage().remove(own));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(names("").empty());
}

TEST_P(StorageContract, ManyArePutTogether) {
  std::vector<Deposit> deposits;
  for (int number = 0; number < 300; ++number)
    deposits.push_back(
        {key("t" + std::to_string(number % 3) + "/" + std::to_string(number)), file(std::to_string(number))});
  ASSERT_TRUE(storage().put(deposits.front().key, file("old")));
  ASSERT_TRUE(storage().put_all(deposits));
  EXPECT_EQ(names("").size(), 300u);
  for (const auto number : {0, 127, 128, 299})
    EXPECT_EQ(content(deposits[static_cast<std::size_t>(number)].key.str()), std::to_string(number));
  ASSERT_TRUE(storage().put_all(deposits));  // after a crash
  EXPECT_EQ(names("").size(), 300u);
  EXPECT_TRUE(storage().put_all({}));
  deposits.push_back({key("t/none"), "/no/such/file"});
  EXPECT_FALSE(storage().put_all(deposits));
}

}  // namespace recast::storage
