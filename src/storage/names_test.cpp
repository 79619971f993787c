#include "storage/names.hpp"

#include <gtest/gtest.h>

namespace recast::storage {
namespace {

using Names = std::vector<std::string>;

std::string shown(std::string_view prefix, std::string_view object, bool single = false) {
  const auto found = placed(prefix, object, single);
  return found.dir + "|" + found.name;
}

TEST(ObjectNames, KeepTheFolderBetweenPrefixAndName) {
  EXPECT_EQ(shown("in/", "in/2024/x.png"), "2024|x.png");
  EXPECT_EQ(shown("in/", "in/y.png"), "|y.png");
  EXPECT_EQ(shown("in/a", "in/abc/x"), "abc|x");
  EXPECT_EQ(shown("in/a", "in/a.txt"), "|a.txt");
  EXPECT_EQ(shown("", "a/b/c.txt"), "a/b|c.txt");
  EXPECT_EQ(shown("in", "in/b/c.txt"), "in/b|c.txt");
  EXPECT_EQ(shown("", "a/b/c.txt", true), "|c.txt");
}

TEST(ObjectNames, NeverLeadOutOfTheTask) {
  EXPECT_EQ(shown("", "../../etc/passwd"), "etc|passwd");
  EXPECT_EQ(shown("", "a/../../b/c"), "a/b|c");
  EXPECT_EQ(shown("", "//x"), "|x");
  EXPECT_EQ(shown("", ".."), "|file");
  EXPECT_EQ(shown("", "a/.."), "a|file");
}

Names named(const Choice& choice, const std::vector<Outgoing>& files) {
  const auto names = destinations(choice, files);
  return names ? *names : Names{names.error().message};
}

TEST(Destinations, FillThePlaceholderInOrder) {
  const std::vector<Outgoing> three{{"", "a.png"}, {"", "b.png"}, {"", "c.png"}};
  EXPECT_EQ(named({.single = "shot-%d.png"}, three), (Names{"shot-1.png", "shot-2.png", "shot-3.png"}));
  EXPECT_EQ(named({.single = "%03u/%i.png"}, {{"", "a"}}), Names{"001/1.png"});
  EXPECT_EQ(named({.single = "%3d"}, {{"", "a"}}), Names{"  1"});
  EXPECT_EQ(named({.single = "100%%-%d"}, {{"", "a"}}), Names{"100%-1"});
}

TEST(Destinations, TakeASingleNameAsItIs) {
  EXPECT_EQ(named({.single = "100%.pdf"}, {{"", "a"}}), Names{"100%.pdf"});
  EXPECT_EQ(named({.single = "%s%n%x.pdf", .many = "ignored/"}, {{"", "a"}}), Names{"%s%n%x.pdf"});
  EXPECT_EQ(named({.single = "a%%b"}, {{"", "a"}}), Names{"a%%b"});
  EXPECT_EQ(named({.single = "x", .single_option = "key"}, {{"", "a"}, {"", "b"}}),
            Names{"several files need a placeholder such as %d in key"});
  EXPECT_TRUE(named({.single = "x"}, {}).empty());
}

TEST(Destinations, PutFilesBehindAPrefixOrBelowAFolder) {
  const std::vector<Outgoing> two{{"sub/dir", "a.png"}, {"", "b.png"}};
  EXPECT_EQ(named({.many = "in/x"}, two), (Names{"in/xsub/dir/a.png", "in/xb.png"}));
  EXPECT_EQ(named({.many = "in", .many_is_folder = true}, two), (Names{"in/sub/dir/a.png", "in/b.png"}));
  EXPECT_EQ(named({.many = "in/", .many_is_folder = true}, two), (Names{"in/sub/dir/a.png", "in/b.png"}));
  EXPECT_EQ(named({.single = "key/"}, two), (Names{"key/sub/dir/a.png", "key/b.png"}));
  EXPECT_EQ(named({}, two), (Names{"sub/dir/a.png", "b.png"}));
}

TEST(Destinations, OverwriteNothingOfTheSameTask) {
  EXPECT_EQ(named({}, {{"", "a.png"}, {"", "a.png"}, {"", "a-1.png"}}), (Names{"a.png", "a-1.png", "a-1-1.png"}));
}

TEST(RequireOne, SaysWhichInTheWordsOfTheService) {
  EXPECT_TRUE(require_one("x", "key", "", "key_prefix"));
  EXPECT_TRUE(require_one("", "key", "x", "key_prefix"));
  const auto missing = require_one("", "storage_access_key", "", "sas_token");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "The storage access key field is required when sas token is not present.");
  EXPECT_EQ(missing.error().field, "storage_access_key");
}

}  // namespace
}  // namespace recast::storage
