#include "storages/azure_blob/address.hpp"

#include <gtest/gtest.h>

namespace recast::storages::azure {
namespace {

Access access(std::string account, std::string container = "box") {
  Access one;
  one.storage_account = std::move(account);
  one.container = std::move(container);
  return one;
}

TEST(AzureAddress, IsInTheCloudOfMicrosoft) {
  const auto found = address_of(access("acme1"), {});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->origin, "https://acme1.blob.core.windows.net");
  EXPECT_EQ(found->path, "/box");
  EXPECT_EQ(found->signed_path, "/box");
  EXPECT_FALSE(found->trusted);
}

TEST(AzureAddress, IsWhereTheOperatorSays) {
  const auto found = address_of(access("devstoreaccount1"), {"http://127.0.0.1:10000/{account}/"});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->origin, "http://127.0.0.1:10000");
  EXPECT_EQ(found->path, "/devstoreaccount1/box");
  EXPECT_TRUE(found->trusted);
}

TEST(AzureAddress, SignsForTheAccountWhoseCopyIsAsked) {
  const auto found = address_of(access("acme1-secondary"), {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->origin, "https://acme1-secondary.blob.core.windows.net");
  EXPECT_EQ(found->account, "acme1");
  const auto own = address_of(access("acme1-secondary"), {"http://127.0.0.1:10000/{account}"});
  ASSERT_TRUE(own);
  EXPECT_EQ(own->path, "/acme1-secondary/box");
  EXPECT_EQ(own->signed_path, "/acme1/box");
}

TEST(AzureAddress, TakesNoAccountThatWouldChangeTheHost) {
  for (const auto* const name : {"a@127.0.0.1:80/", "evil.example/x?", "Acme", "ab", "acme#", "acme-copy", "-secondary",
                                 "abcdefghijklmnopqrstuvwxy", ""}) {
    const auto found = address_of(access(name), {});
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().field, "storage_account");
  }
}

TEST(AzureAddress, WritesContainersAsTheyAreKnown) {
  EXPECT_EQ(address_of(access("acme1", "$root"), {})->path, "/$root");
  EXPECT_EQ(address_of(access("acme1", "a b?c"), {})->path, "/a%20b%3Fc");
  for (const auto* const name : {"a/b", ".", ".."}) EXPECT_FALSE(address_of(access("acme1", name), {})) << name;
}

TEST(AzureAddress, RefusesSettingsThatAreNoAddress) {
  for (const auto* const url :
       {"ftp://x/{account}", "{account}", "https://u@x/{account}", "https://x/{account}?y", "https://x/{other}"})
    EXPECT_FALSE(address_of(access("acme1"), {url})) << url;
}

TEST(SharedAccessSignature, GoesBehindAQueryAsItIs) {
  EXPECT_EQ(query_of_sas("?sv=2021-08-06&sig=a%2Fb%3D").value(), "sv=2021-08-06&sig=a%2Fb%3D");
  EXPECT_EQ(query_of_sas("se=2026-01-05T10:00:00Z&sp=r").value(), "se=2026-01-05T10:00:00Z&sp=r");
  for (const auto* const text : {"", "?", "a b", "a=b#c", "a\r\nX: y", "a?b", "sig=\xc3\xa4"}) {
    const auto found = query_of_sas(text);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::invalid_credentials);
  }
}

}  // namespace
}  // namespace recast::storages::azure
