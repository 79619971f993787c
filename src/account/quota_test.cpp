#include "account/quota.hpp"

#include <gtest/gtest.h>

namespace recast::account {
namespace {

TEST(Quota, TakesWhatItLeavesOpenFromTheServers) {
  const Quota server{.jobs_in_flight = 5, .minutes = 10, .operations = {"convert"}};
  const Quota own{.jobs_in_flight = 100, .upload_bytes = 7};
  const auto both = completed(own, server);
  EXPECT_EQ(both.jobs_in_flight, 100);
  EXPECT_EQ(both.minutes, 10);
  EXPECT_EQ(both.upload_bytes, 7);
  EXPECT_EQ(both.operations, std::vector<std::string>{"convert"});
}

TEST(Quota, AllowsOperationsByNameOrBeginning) {
  const Quota quota{.operations = {"convert", "import/*"}};
  EXPECT_TRUE(allows_operation(quota, "convert"));
  EXPECT_TRUE(allows_operation(quota, "import/url"));
  EXPECT_FALSE(allows_operation(quota, "converter"));
  EXPECT_FALSE(allows_operation(quota, "export/url"));
  EXPECT_TRUE(allows_operation({}, "export/url"));
}

TEST(Quota, IsTheSameAfterItWasStored) {
  const Quota quota{.jobs_in_flight = 0, .retention_hours = 3, .formats = {"pdf"}};
  EXPECT_EQ(read_quota(quota_text(quota)).value(), quota);
  EXPECT_EQ(quota_text({}), "");
  EXPECT_EQ(read_quota("").value(), Quota());
  EXPECT_FALSE(read_quota("[]"));
}

TEST(Allowance, IsTheTighterOfUserAndKey) {
  const Allowance both{
      .user = {.jobs_in_flight = 5, .operations = {"import/*", "convert"}, .formats = {"pdf", "png"}},
      .key = {.jobs_in_flight = 7, .minutes = 2, .operations = {"convert"}, .formats = {"png", "jpg"}}};
  EXPECT_EQ(both.least(&Quota::jobs_in_flight), 5);
  EXPECT_EQ(both.least(&Quota::minutes), 2);
  EXPECT_EQ(both.least(&Quota::upload_bytes), std::nullopt);
  EXPECT_TRUE(both.operation("convert"));
  EXPECT_FALSE(both.operation("import/url"));
  EXPECT_EQ(both.formats(), std::vector<std::string>{"png"});
  EXPECT_EQ(Allowance().formats(), std::nullopt);
  const Allowance nothing{.user = {.formats = {"pdf"}}, .key = {.formats = {"jpg"}}};
  EXPECT_EQ(nothing.formats(), std::vector<std::string>());
}

}  // namespace
}  // namespace recast::account
