#include "storages/s3/errors.hpp"

#include <gtest/gtest.h>

namespace recast::storages::s3 {
namespace {

net::Answer answer(unsigned status, std::string body) { return {status, {}, std::move(body)}; }

Error meaning(unsigned status, const std::string& code, const std::string& message = "Words.") {
  const auto one = answer(
      status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>");
  return meaning_of(fault_of(one), status);
}

TEST(S3Errors, OfCredentials) {
  for (const auto* const code : {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})
    EXPECT_EQ(meaning(403, code).code, ErrorCode::invalid_credentials) << code;
  for (const auto* const code : {"ExpiredToken", "InvalidToken"})
    EXPECT_EQ(meaning(400, code).code, ErrorCode::invalid_credentials) << code;
  EXPECT_EQ(meaning_of(fault_of(answer(403, "")), 403).code, ErrorCode::invalid_credentials);
}

TEST(S3Errors, OfWhatIsNotThere) {
  EXPECT_EQ(meaning(404, "NoSuchBucket").code, ErrorCode::not_found);
  EXPECT_EQ(meaning(404, "NoSuchKey", "The specified key does not exist.").message,
            "The specified key does not exist. (Code: NoSuchKey)");
}

TEST(S3Errors, SayNoMoreThanTheStoresSentence) {
  const auto one = answer(403,
                          "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message>"
                          "<StringToSign>AWS4 secret</StringToSign></Error>");
  EXPECT_EQ(meaning_of(fault_of(one), 403).message, "No. (Code: SignatureDoesNotMatch)");
  EXPECT_EQ(meaning(400, "X", "a\n\tb " + std::string(500, 'x')).message.size(), 300 + sizeof(" (Code: X)") - 1);
}

TEST(S3Errors, AreReadableWithoutABody) {
  EXPECT_EQ(meaning_of(fault_of(answer(404, "<html>nginx</html>")), 404).message,
            "the bucket or the object does not exist (HTTP 404)");
  EXPECT_EQ(meaning_of(fault_of(answer(500, "")), 500).message, "the store refused (HTTP 500)");
}

TEST(S3Errors, ThatPassAreTriedAgain) {
  EXPECT_TRUE(is_passing(answer(200, "  \n<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>")));
  EXPECT_TRUE(is_passing(answer(400, "<Error><Code>RequestTimeout</Code></Error>")));
  EXPECT_FALSE(is_passing(answer(200, "<CompleteMultipartUploadResult/>")));
  EXPECT_FALSE(is_passing(answer(400, "<Error><Code>EntityTooSmall</Code></Error>")));
}

TEST(S3Errors, CompletionIsWhatSaysSo) {
  EXPECT_TRUE(is_completed(answer(200, " \n<?xml version=\"1.0\"?><CompleteMultipartUploadResult xmlns=\"x\"/>")));
  for (const auto* const text : {"", "   ", "<?xml version=\"1.0\"?><CompleteMultip", "<Error/>"})
    EXPECT_FALSE(is_completed(answer(200, text))) << text;
}

TEST(S3Errors, NameTheRightRegion) {
  EXPECT_EQ(fault_of(answer(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"))
                .region,
            "eu-west-1");
  net::Answer moved = answer(301, "");
  moved.headers.emplace_back("x-amz-bucket-region", "us-west-2");
  EXPECT_EQ(fault_of(moved).region, "us-west-2");
}

TEST(S3Errors, OfQuotasAndFullDisks) {
  for (const auto* const code : {"QuotaExceeded", "XMinioStorageFull"})
    EXPECT_EQ(meaning(403, code).code, ErrorCode::disk_full) << code;
  EXPECT_EQ(meaning(400, "EntityTooLarge").message,
            "Words. (Code: EntityTooLarge); or a quota of the store is used up");
  EXPECT_EQ(meaning(400, "EntityTooLarge", "Upload exceeds quota.").message,
            "Upload exceeds quota. (Code: EntityTooLarge)");
  EXPECT_EQ(meaning_of(fault_of(answer(507, "")), 507).message, "the store is full (HTTP 507)");
  const auto large = meaning_of(fault_of(answer(413, "")), 413);
  EXPECT_EQ(large.code, ErrorCode::disk_full);
  EXPECT_EQ(large.message, "the file is too large for the store, or a quota of the store is used up (HTTP 413)");
}

}  // namespace
}  // namespace recast::storages::s3
