#include "storages/google_cloud_storage/answers.hpp"

#include <gtest/gtest.h>

namespace recast::storages::google {
namespace {

TEST(GoogleListing, NamesObjects) {
  const auto page = page_of(R"({"items":[{"name":"in/a b.txt","size":"12"},{"name":"in/dir/","size":"0"},
      {"name":"in/empty","size":"0"},{"name":"in/number","size":5},{"size":"1"},7],"nextPageToken":"CgE="})");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 3u);
  EXPECT_EQ(page->objects[0].name, "in/a b.txt");
  EXPECT_EQ(page->objects[0].size, 12u);
  EXPECT_EQ(page->objects[1].name, "in/empty");
  EXPECT_EQ(page->objects[2].size, 5u);
  EXPECT_EQ(page->next, "CgE=");
}

TEST(GoogleListing, MayBeEmpty) {
  const auto page = page_of("{}");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->objects.empty());
  EXPECT_TRUE(page->next.empty());
  for (const auto* const text : {"", "[]", "<x/>", R"({"items":{}})"}) EXPECT_FALSE(page_of(text)) << text;
}

TEST(ResumableRange, TellsWhatTheStoreKept) {
  EXPECT_EQ(kept_bytes(""), 0u);
  EXPECT_EQ(kept_bytes("bytes=0-0"), 1u);
  EXPECT_EQ(kept_bytes("bytes=0-262143"), 262'144u);
  for (const auto* const range : {"bytes=5-9", "bytes=0-", "bytes=0-x", "0-5", "bytes=0--1",
                                  "bytes=0-18446744073709551615", "bytes=0-99999999999999999999"})
    EXPECT_EQ(kept_bytes(range), std::nullopt) << range;
}

TEST(GoogleHashes, AreFoundInAllForms) {
  EXPECT_EQ(md5_of_hashes({200, {{"x-goog-hash", "crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ=="}}, ""}),
            "Ojk9c3dhfxgoKVVHYwFbHQ==");
  EXPECT_EQ(md5_of_hashes({200, {{"X-Goog-Hash", "crc32c=n03x6A=="}, {"x-goog-hash", "md5=abc="}}, ""}), "abc=");
  EXPECT_EQ(md5_of_hashes({200, {{"x-goog-hash", "crc32c=n03x6A=="}}, ""}), "");
  EXPECT_EQ(md5_of_hashes({200, {}, ""}), "");
}

TEST(GoogleUploads, SayWhatWasWritten) {
  const auto written = written_of(R"({"md5Hash":"abc=","generation":"17"})");
  EXPECT_EQ(written.md5, "abc=");
  EXPECT_EQ(written.generation, "17");
  EXPECT_EQ(written_of("nonsense").md5, "");
}

net::Answer refusal(unsigned status, const std::string& reason) {
  return {status,
          {},
          R"({"error":{"code":1,"message":"Words.","errors":[{"domain":"global","reason":")" + reason +
              R"(","message":"Other words."}]}})"};
}

struct Row {
  unsigned status;
  const char* reason;
  ErrorCode means;
};

TEST(GoogleErrors, HaveTheCodesOfTasks) {
  for (const auto& [status, reason, means] :
       {Row{401, "authError", ErrorCode::invalid_credentials}, Row{403, "forbidden", ErrorCode::invalid_credentials},
        Row{403, "insufficientPermissions", ErrorCode::invalid_credentials},
        Row{403, "rateLimitExceeded", ErrorCode::unavailable}, Row{403, "quotaExceeded", ErrorCode::unavailable},
        Row{404, "notFound", ErrorCode::not_found}, Row{400, "invalid", ErrorCode::unavailable},
        Row{412, "conditionNotMet", ErrorCode::unavailable}, Row{503, "backendError", ErrorCode::unavailable}}) {
    const auto meaning = meaning_of(fault_of(refusal(status, reason)), status);
    EXPECT_EQ(meaning.code, means) << reason;
    EXPECT_EQ(meaning.message, "Words. (Code: " + std::string(reason) + ")");
  }
}

TEST(GoogleErrors, MayBePlainTextOrNothing) {
  const auto text = [](unsigned status, const std::string& body) {
    return meaning_of(fault_of({status, {}, body}), status).message;
  };
  EXPECT_EQ(text(404, "No such object: bucket/a\n"), "No such object: bucket/a");
  EXPECT_EQ(text(404, ""), "the bucket or the object does not exist (HTTP 404)");
  EXPECT_EQ(text(502, "<html>Bad gateway</html>"), "the store refused (HTTP 502)");
  EXPECT_EQ(text(403, std::string(5000, 'x')), "access denied (HTTP 403)");
}

TEST(GoogleErrors, SaySoWhenTheyPassOrSomeoneHasToPay) {
  EXPECT_TRUE(is_passing(refusal(403, "rateLimitExceeded")));
  EXPECT_TRUE(is_passing(refusal(403, "userRateLimitExceeded")));
  EXPECT_FALSE(is_passing(refusal(403, "forbidden")));
  EXPECT_TRUE(wants_a_payer({"userProjectMissing", ""}, 400));
  EXPECT_TRUE(wants_a_payer({"required", "Bucket is a requester pays bucket but no user project provided."}, 400));
  EXPECT_FALSE(wants_a_payer({"required", "Required"}, 400));
}

}  // namespace
}  // namespace recast::storages::google
