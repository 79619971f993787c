#include "storages/s3/address.hpp"

#include <gtest/gtest.h>

namespace recast::storages::s3 {
namespace {

std::string shown(const std::string& bucket, const std::string& endpoint = {}, const std::string& region = "eu-west-1",
                  const Settings& settings = {}) {
  Access access;
  access.bucket = bucket;
  access.endpoint = endpoint;
  const auto address = address_of(access, region, settings);
  return address ? address->origin + address->path : "(" + address.error().field + ")";
}

TEST(Address, IsAmazonsForTheRegion) {
  EXPECT_EQ(shown("acme-media"), "https://acme-media.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(shown("acme", "", "cn-north-1"), "https://acme.s3.cn-north-1.amazonaws.com.cn");
}

TEST(Address, HasBucketsThatAreNoHostNamesInThePath) {
  const auto* const host = "https://s3.eu-west-1.amazonaws.com/";
  for (const std::string name : {"a.b", "Upper", "under_score", "ab", "-ab", "ab-", "x@127.0.0.1:80"})
    EXPECT_TRUE(shown(name).starts_with(host)) << shown(name);
  EXPECT_EQ(shown(std::string(64, 'a')), host + std::string(64, 'a'));
  EXPECT_EQ(shown("x y#?"), std::string(host) + "x%20y%23%3F");
}

TEST(Address, OfACompatibleStoreHasTheBucketInThePath) {
  EXPECT_EQ(shown("b", "minio.internal:9000"), "https://minio.internal:9000/b");
  EXPECT_EQ(shown("b", "http://10.0.0.1/"), "http://10.0.0.1/b");
  EXPECT_EQ(shown("b", "https://gate.example/s3//"), "https://gate.example/s3/b");
  EXPECT_EQ(shown("b", "https://[2001:db8::1]:443"), "https://[2001:db8::1]/b");
  EXPECT_EQ(shown("b", "https://x:443"), "https://x/b");
}

TEST(Address, TakesABucketThatIsInTheHostAlready) {
  EXPECT_EQ(shown("media", "https://media.fra1.digitaloceanspaces.com"), "https://media.fra1.digitaloceanspaces.com");
}

TEST(Address, PutsTheBucketInFrontWhereTheOperatorSaysSo) {
  const Settings settings{.url = {}, .virtual_hosts = {"*.aliyuncs.com", "store.example"}};
  EXPECT_EQ(shown("media", "https://oss-cn.aliyuncs.com", "x", settings), "https://media.oss-cn.aliyuncs.com");
  EXPECT_EQ(shown("media", "https://store.example", "x", settings), "https://media.store.example");
  EXPECT_EQ(shown("a.b", "https://store.example", "x", settings), "https://store.example/a.b");
  EXPECT_EQ(shown("media", "https://not-store.example", "x", settings), "https://not-store.example/media");
}

TEST(Address, IsTheOperatorsWithoutAnEndpoint) {
  const Settings settings{.url = "http://127.0.0.1:9000", .virtual_hosts = {}};
  Access access;
  access.bucket = "b";
  EXPECT_TRUE(address_of(access, "us-east-1", settings)->trusted);
  access.endpoint = "http://127.0.0.1:9001";
  EXPECT_FALSE(address_of(access, "us-east-1", settings)->trusted);
}

TEST(Address, RefusesWhatWouldBecomeAnotherHost) {
  for (const auto* const region : {"x.evil.example/#", "a/b", "a@b", "A", "", "-a", "a b"})
    EXPECT_EQ(shown("bucket", "", region), "(region)") << region;
  EXPECT_EQ(shown("bucket", "", std::string(41, 'a')), "(region)");
  for (const auto* const endpoint :
       {"ftp://x", "https://user@x", "https://x?y", "https://x#y", "https://x y", "http:///x"})
    EXPECT_EQ(shown("bucket", endpoint), "(endpoint)") << endpoint;
  for (const auto* const bucket : {"a/b", "..", "."}) EXPECT_EQ(shown(bucket, "https://x"), "(bucket)") << bucket;
}

}  // namespace
}  // namespace recast::storages::s3
