#include "storages/s3/signature.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "storage/digest.hpp"

namespace recast::storages::s3 {
namespace {

// The published examples: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const Keys kKeys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
constexpr auto kTime = std::chrono::sys_days(std::chrono::May / 24 / 2013);
constexpr std::string_view kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Request request(std::string method, std::string path, Pairs query = {}, Pairs headers = {}) {
  return {std::move(method),  "examplebucket.s3.amazonaws.com", std::move(path), std::move(query), std::move(headers),
          std::string(kEmpty)};
}

std::string canonical_hash(Request one) {
  one.headers.emplace_back("x-amz-date", "20130524T000000Z");
  one.headers.emplace_back("x-amz-content-sha256", one.payload);
  return to_hex(storage::sha256(canonical_request(one)));
}

std::string authorization(Request one, const Keys& keys = kKeys) {
  sign(one, keys, "us-east-1", kTime);
  return one.headers.back().second;
}

std::string signature(const Request& one) {
  const auto text = authorization(one);
  return text.substr(text.rfind('=') + 1);
}

TEST(SignatureV4, ReadsAPartOfAnObject) {
  const auto get = request("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}});
  EXPECT_EQ(canonical_hash(get), "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
  EXPECT_EQ(authorization(get),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SignatureV4, WritesAnObject) {
  auto put = request("PUT", "/test%24file.text", {},
                     {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}});
  put.payload = to_hex(storage::sha256("Welcome to Amazon S3."));
  EXPECT_EQ(canonical_hash(put), "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d");
  EXPECT_EQ(signature(put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SignatureV4, ListsABucket) {
  const auto list = request("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}});
  EXPECT_EQ(canonical_hash(list), "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7");
  EXPECT_EQ(signature(list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SignatureV4, SortsAndEncodesTheQuery) {
  EXPECT_EQ(canonical_query({{"uploads", ""}}), "uploads=");
  EXPECT_EQ(canonical_query({{"b", "2"}, {"a", "x y/z"}, {"b", "1"}, {"\u00e4", "~"}}), "%C3%A4=~&a=x%20y%2Fz&b=1&b=2");
}

TEST(SignatureV4, NormalisesHeaders) {
  auto one = request("GET", "/", {}, {{"X-Amz-Meta-A", "  a   b  "}, {"User-Agent", "x"}, {"Accept-Encoding", "y"}});
  const auto text = canonical_request(one);
  EXPECT_NE(text.find("x-amz-meta-a:a b\n"), std::string::npos);
  EXPECT_EQ(text.find("user-agent"), std::string::npos);
  EXPECT_EQ(text.find("accept"), std::string::npos);
}

TEST(SignatureV4, SignsTheTokenOfTemporaryCredentials) {
  auto keys = kKeys;
  keys.session_token = "token/==";
  EXPECT_NE(authorization(request("GET", "/"), keys)
                .find("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token"),
            std::string::npos);
}

}  // namespace
}  // namespace recast::storages::s3
