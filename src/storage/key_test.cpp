#include <gtest/gtest.h>

#include "storage/storage.hpp"

namespace recast::storage {
namespace {

TEST(Key, TakesComponentsOfPlainCharacters) {
  for (const auto* const text : {"a", "task/1", "0b6a-11/2.part_3", "a/..b/c."}) {
    const auto key = Key::parse(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->str(), text);
  }
}

TEST(Key, RefusesWhateverCouldLeaveTheRoot) {
  for (const std::string text :
       {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a b", "a\\b", "ä", "a\n", "a:b", "*"}) {
    EXPECT_FALSE(Key::parse(text)) << text;
  }
  EXPECT_FALSE(Key::parse(std::string_view("a\0b", 3)));
  EXPECT_FALSE(Key::parse(std::string(300, 'a')));
}

}  // namespace
}  // namespace recast::storage
