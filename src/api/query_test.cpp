#include "api/query.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace recast::api {
namespace {

http::Query query(std::string_view raw) { return http::Query::parse(raw); }

TEST(Include, KeepsItsWordsAndIgnoresNonsense) {
  const auto include = Include::of(query("include=tasks,%20payload,System.String[]"));
  EXPECT_TRUE(include.has("tasks"));
  EXPECT_TRUE(include.has("payload"));
  EXPECT_FALSE(include.has("job"));
  EXPECT_FALSE(Include::of(query("")).has("tasks"));
}

TEST(Filter, TreatsAnEmptyOneAsAbsent) {
  EXPECT_EQ(filter(query("filter%5Btag%5D=a"), "tag"), "a");
  EXPECT_EQ(filter(query("filter[tag]="), "tag"), std::nullopt);
  EXPECT_EQ(status_filter(query("filter[status]=error")).value(), job::Status::error);
  EXPECT_EQ(status_filter(query("filter[status]=")).value(), std::nullopt);
  EXPECT_EQ(status_filter(query("filter[status]=queued")).error().field, "filter.status");
}

TEST(Flag, IsTrueForTrueAndOneOnly) {
  EXPECT_TRUE(flag(query("redirect=true"), "redirect"));
  EXPECT_TRUE(flag(query("redirect=1"), "redirect"));
  EXPECT_FALSE(flag(query("redirect=0"), "redirect"));
  EXPECT_FALSE(flag(query("redirect"), "redirect"));
}

TEST(Page, IsClamped) {
  EXPECT_EQ(page_of(query("")).value().size, 100);
  EXPECT_EQ(page_of(query("per_page=0&page=-5")).value().size, 1);
  EXPECT_EQ(page_of(query("per_page=0&page=-5")).value().number, 1);
  EXPECT_EQ(page_of(query("per_page=5000")).value().size, 1000);
  EXPECT_EQ(page_of(query("page=99999999999999999999999")).value().number, 1'000'000'000);
  EXPECT_EQ(page_of(query("page=-99999999999999999999999")).value().number, 1);
  EXPECT_EQ(page_of(query("page=&per_page=%20")).value().number, 1);
  EXPECT_EQ(page_of(query("page=1.5")).error().field, "page");
}

TEST(ListBody, LinksKeepFiltersAndEncodeThem) {
  const auto body = list_body({1, 2}, query("filter[tag]=a%26b&page=2&per_page=2"), "http://x/v2/jobs", {2, 2}, true);
  EXPECT_EQ(json::serialize(body.at("links")),
            R"({"first":"http://x/v2/jobs?filter%5Btag%5D=a%26b&per_page=2&page=1","last":null,)"
            R"("prev":"http://x/v2/jobs?filter%5Btag%5D=a%26b&per_page=2&page=1",)"
            R"("next":"http://x/v2/jobs?filter%5Btag%5D=a%26b&per_page=2&page=3"})");
  EXPECT_EQ(json::serialize(body.at("meta")),
            R"({"current_page":2,"from":3,"path":"http://x/v2/jobs","per_page":2,"to":4})");
}

TEST(ListBody, LinksOfAShortenedPageCountInItsSize) {
  const auto body = list_body({1, 2}, query("per_page=100&include=tasks&page=2"), "http://x/v2/jobs", {3, 50}, true);
  EXPECT_EQ(body.at("links").at("next"), "http://x/v2/jobs?include=tasks&per_page=50&page=4");
  EXPECT_EQ(body.at("links").at("prev"), "http://x/v2/jobs?include=tasks&per_page=50&page=2");
  EXPECT_EQ(json::serialize(body.at("meta")),
            R"({"current_page":3,"from":101,"path":"http://x/v2/jobs","per_page":50,"to":102})");
  const auto whole = list_body({1}, query("per_page=0"), "http://x/v2/jobs", {1, 1}, true);
  EXPECT_EQ(whole.at("links").at("next"), "http://x/v2/jobs?per_page=0&page=2");
}

}  // namespace
}  // namespace recast::api
