#include "storages/s3/listing.hpp"

#include <gtest/gtest.h>

namespace recast::storages::s3 {
namespace {

std::string list(const std::string& inside) {
  return "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inside +
         "</ListBucketResult>";
}
std::string object(const std::string& key, const std::string& size) {
  return "<Contents><Key>" + key + "</Key><Size>" + size + "</Size></Contents>";
}

TEST(Listing, HasNamesAndSizes) {
  const auto page =
      read_page(list("<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
                     "<NextContinuationToken>t+/=</NextContinuationToken>" +
                     object("in/a%20b%2B%C3%BC.txt", "5000000000") + object("in/c", "0")));
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].name, "in/a b+\u00fc.txt");
  EXPECT_EQ(page->objects[0].size, 5'000'000'000u);
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->token, "t+/=");
}

TEST(Listing, DecodesOnlyWhatIsEncoded) {
  EXPECT_EQ(read_page(list(object("100%25", "1")))->objects.at(0).name, "100%25");
}

TEST(Listing, LeavesOutWhatStandsForFolders) {
  const auto page = read_page(list(object("in/", "0") + object("in/full/", "3") + object("in/z/", "0"))).value();
  ASSERT_EQ(page.objects.size(), 1u);
  EXPECT_EQ(page.objects[0].name, "in/full/");
  EXPECT_EQ(page.last, "in/z/");
}

TEST(Listing, MayBeEmpty) {
  const auto page = read_page(list("<IsTruncated>false</IsTruncated>")).value();
  EXPECT_TRUE(page.objects.empty());
  EXPECT_FALSE(page.truncated);
}

TEST(Listing, IsNothingElse) {
  for (const auto* const text : {"", "{}", "<html/>", "<Error><Code>X</Code></Error>"})
    EXPECT_FALSE(read_page(text)) << text;
}

TEST(S3OpenUploads, AreReadWithWhereTheListGoesOn) {
  const auto page = read_uploads(
      "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextKeyMarker>a%20b</NextKeyMarker><NextUploadIdMarker>u2</NextUploadIdMarker>"
      "<Upload><Key>a%20b</Key><UploadId>u1</UploadId><Initiated>2026-11-28T00:05:23.000Z</Initiated></Upload>"
      "<CommonPrefixes/></ListMultipartUploadsResult>");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->uploads.size(), 1u);
  EXPECT_EQ(page->uploads[0].key, "a b");
  EXPECT_EQ(page->uploads[0].id, "u1");
  EXPECT_EQ(page->uploads[0].initiated, "2026-11-28T00:05:23.000Z");
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->next_key, "a b");
  EXPECT_EQ(page->next_id, "u2");
  EXPECT_FALSE(read_uploads("<ListBucketResult/>"));
}

}  // namespace
}  // namespace recast::storages::s3
