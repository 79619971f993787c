#include "storages/azure_blob/answers.hpp"

#include <gtest/gtest.h>

namespace recast::storages::azure {
namespace {

net::Answer error(unsigned status, const std::string& code, const std::string& message) {
  return {status,
          {{"x-ms-error-code", code}},
          "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code + "</Code><Message>" + message +
              "\nRequestId:1b2c\nTime:2026-01-05T10:00:00Z</Message>"
              "<AuthenticationErrorDetail>The MAC signature 's3cret' is wrong</AuthenticationErrorDetail></Error>"};
}

TEST(AzureListing, NamesBlobs) {
  const auto page = page_of(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
      "ContainerName=\"box\"><Prefix>in/</Prefix>"
      "<Blobs><Blob><Name>in/a &amp; b.txt</Name><Properties><Content-Length>12</Content-Length></Properties></Blob>"
      "<Blob><Name "
      "Encoded=\"true\">in/%EF%BF%BE%2F</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>"
      "<Blob><Name>in/empty</Name><Properties><Content-Length>0</Content-Length></Properties></Blob>"
      "<Blob><Name>in/dir/</Name><Properties><Content-Length>0</Content-Length></Properties></Blob>"
      "<Blob><Name>in/stub</Name><Properties><Content-Length>0</Content-Length></Properties>"
      "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>"
      "<Blob><Name>in/folder</Name><Properties><ResourceType>directory</ResourceType><Content-Length>0</Content-Length>"
      "</Properties></Blob><BlobPrefix><Name>x/</Name></BlobPrefix>"
      "</Blobs><NextMarker>2!88!x</NextMarker></EnumerationResults>");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->objects.size(), 3u);
  EXPECT_EQ(page->objects[0].name, "in/a & b.txt");
  EXPECT_EQ(page->objects[0].size, 12u);
  EXPECT_EQ(page->objects[1].name, "in/\xEF\xBF\xBE/");
  EXPECT_EQ(page->objects[2].name, "in/empty");
  EXPECT_EQ(page->next, "2!88!x");
}

TEST(AzureListing, EndsWithoutAMarker) {
  const auto page = page_of("<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->objects.empty());
  EXPECT_TRUE(page->next.empty());
  for (const auto* const text : {"", "<Error/>", "<EnumerationResults/>", "{}"}) EXPECT_FALSE(page_of(text)) << text;
}

struct Row {
  unsigned status;
  const char* code;
  ErrorCode means;
};

TEST(AzureErrors, HaveTheCodesOfTasks) {
  for (const auto& [status, code, means] :
       {Row{403, "AuthenticationFailed", ErrorCode::invalid_credentials},
        Row{403, "AuthorizationFailure", ErrorCode::invalid_credentials},
        Row{403, "AuthorizationPermissionMismatch", ErrorCode::invalid_credentials},
        Row{401, "NoAuthenticationInformation", ErrorCode::invalid_credentials},
        Row{409, "PublicAccessNotPermitted", ErrorCode::invalid_credentials},
        Row{404, "BlobNotFound", ErrorCode::not_found}, Row{404, "ContainerNotFound", ErrorCode::not_found},
        Row{409, "BlobArchived", ErrorCode::unavailable}, Row{412, "LeaseIdMissing", ErrorCode::unavailable},
        Row{400, "InvalidResourceName", ErrorCode::unavailable}, Row{503, "ServerBusy", ErrorCode::unavailable}}) {
    const auto meaning = meaning_of(error(status, code, "Words of Azure."));
    EXPECT_EQ(meaning.code, means) << code;
    EXPECT_EQ(meaning.message, "Words of Azure. (Code: " + std::string(code) + ")");
  }
}

TEST(AzureErrors, AreToldWithoutABody) {
  const auto head = meaning_of({404, {{"x-ms-error-code", "BlobNotFound"}}, ""});
  EXPECT_EQ(head.message, "the container or the blob does not exist (Code: BlobNotFound)");
  const auto page = meaning_of({403, {}, "<html>Forbidden</html>"});
  EXPECT_EQ(page.message, "access denied (HTTP 403)");
  EXPECT_EQ(page.code, ErrorCode::invalid_credentials);
  EXPECT_EQ(meaning_of({502, {}, ""}).message, "the store refused (HTTP 502)");
}

}  // namespace
}  // namespace recast::storages::azure
