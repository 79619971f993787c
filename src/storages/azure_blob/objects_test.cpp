#include "storages/azure_blob/objects.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "base/text.hpp"
#include "storage/object_store_fixture.hpp"

namespace recast::storages::azure {
namespace {

using recast::test::HttpTestServer;
using Answering = HttpTestServer::Connection;
using Request = HttpTestServer::Request;

class AzureObjects : public storage::ObjectStores {
 protected:
  std::unique_ptr<storage::ObjectStore> open(const HttpTestServer& server, Pairs metadata = {}) {
    Access access;
    access.storage_account = "acme";
    access.container = "box";
    access.storage_access_key = sas.empty() ? "c2VjcmV0" : "";
    access.sas_token = sas;
    auto store = Objects::open(access, {server.url("/{account}")}, connection(), std::move(metadata));
    return store ? std::move(*store) : nullptr;
  }
  std::string sas;
};

/// What is between two marks, or empty.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string_view::npos) return {};
  const auto rest = text.substr(from + begin.size());
  return std::string(rest.substr(0, rest.find(end)));
}

TEST_F(AzureObjects, WritesASmallFileAtOnce) {
  HttpTestServer server([](const Request&, Answering& to) { to.answer("201 Created", "", ""); });
  const auto store = open(server, {{"x-ms-meta-a", "b"}});
  const auto sent = store->send(file("hello"), "dir/a b+\u00fc(1).txt", meter);
  ASSERT_TRUE(sent) << sent.error().message;
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/acme/box/dir/a%20b%2B%C3%BC%281%29.txt");
  EXPECT_EQ(request.body, "hello");
  EXPECT_EQ(request.headers.at("content-type"), "text/plain");
  EXPECT_EQ(request.headers.at("content-md5"), "XUFAKrxLKna5cZ2REBfFkg==");
  EXPECT_EQ(request.headers.at("x-ms-blob-type"), "BlockBlob");
  EXPECT_EQ(request.headers.at("x-ms-meta-a"), "b");
  EXPECT_TRUE(request.headers.at("authorization").starts_with("SharedKey acme:"));
}

TEST_F(AzureObjects, WritesALargeFileInBlocksThatAreItsOwn) {
  std::atomic<bool> failed_once = false;
  HttpTestServer server([&](const Request& request, Answering& to) {
    const bool fails = request.target.contains("comp=block&") && !failed_once.exchange(true);
    to.answer(fails ? "503 Busy" : "201 Created", "", "");
  });
  connection().settings.multipart_bytes = 100;
  connection().settings.part_bytes = 100;
  const std::string content = std::string(100, 'a') + std::string(100, 'b') + "c";
  ASSERT_TRUE(open(server)->send(file(content), "x.pdf", meter));
  std::map<std::string, std::string> blocks;
  for (const auto& request : server.requests()) {
    if (request.target.contains("comp=block&"))
      blocks[percent_decode(between(request.target, "blockid=", "&"))] = request.body;
  }
  EXPECT_EQ(blocks.size(), 3u);
  const auto requests = server.requests();
  EXPECT_EQ(requests.size(), 5u);  // one of them twice
  const auto commit = requests.back();
  EXPECT_EQ(commit.target, "/acme/box/x.pdf?comp=blocklist");
  EXPECT_EQ(commit.headers.at("x-ms-blob-content-type"), "application/pdf");
  std::string whole;
  std::set<std::size_t> lengths;
  std::string_view list = commit.body;
  for (std::size_t at = 0; (at = list.find("<Latest>", at)) != std::string_view::npos; ++at) {
    const auto id = between(list.substr(at), "<Latest>", "</Latest>");
    whole += blocks[id];
    lengths.insert(id.size());
  }
  EXPECT_EQ(whole, content);
  EXPECT_EQ(lengths.size(), 1u);
}

TEST_F(AzureObjects, MixesNoUploadsOfTheSameBlob) {
  HttpTestServer server([](const Request&, Answering& to) { to.answer("201 Created", "", ""); });
  connection().settings.multipart_bytes = 1;
  const auto store = open(server);
  ASSERT_TRUE(store->send(file("one"), "x", meter));
  ASSERT_TRUE(store->send(file("two"), "x", meter));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_NE(requests.at(1).body, requests.at(3).body);
}

TEST_F(AzureObjects, CommitsNothingThatIsIncomplete) {
  HttpTestServer server([](const Request& request, Answering& to) {
    to.answer(request.target.contains("comp=block&") ? "403 No" : "201 Created",
              "x-ms-error-code: AuthorizationFailure\r\n", "");
  });
  connection().settings.multipart_bytes = 10;
  const auto sent = open(server)->send(file("more than ten bytes"), "x", meter);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::invalid_credentials);
  EXPECT_TRUE(
      std::ranges::none_of(server.requests(), [](const auto& one) { return one.target.contains("blocklist"); }));
}

TEST_F(AzureObjects, PutsASignatureBehindTheQuery) {
  sas = "?sv=2021-08-06&sig=a%2Fb%3D";
  HttpTestServer server(
      [](const Request&, Answering& to) { to.answer("404 No", "x-ms-error-code: ContainerNotFound\r\n", ""); });
  const auto store = open(server);
  const auto listed = store->list("in/", 10);
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, ErrorCode::not_found);
  EXPECT_FALSE(store->fetch("a", target(), meter));
  const auto requests = server.requests();
  EXPECT_EQ(
      requests.at(0).target,
      "/acme/box?restype=container&comp=list&include=metadata&maxresults=1000&prefix=in%2F&sv=2021-08-06&sig=a%2Fb%3D");
  EXPECT_EQ(requests.at(1).target, "/acme/box/a?sv=2021-08-06&sig=a%2Fb%3D");
  EXPECT_FALSE(requests.at(1).headers.contains("authorization"));
}

TEST_F(AzureObjects, ListsPageByPage) {
  HttpTestServer server([](const Request& request, Answering& to) {
    const bool second = request.target.contains("marker=m%2F1");
    to.answer("200 OK", "",
              std::string("<EnumerationResults><Blobs><Blob><Name>") + (second ? "b" : "a") +
                  "</Name><Properties><Content-Length>7</Content-Length></Properties></Blob></Blobs><NextMarker>" +
                  (second ? "" : "m/1") + "</NextMarker></EnumerationResults>");
  });
  const auto store = open(server);
  const auto listed = store->list("", 10);
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed->at(1).name, "b");
  EXPECT_EQ(store->list("", 0)->size(), 1u);  // one more than allowed is enough
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(AzureObjects, GoesOnWithADownloadThatWasCut) {
  HttpTestServer server([](const Request& request, Answering& to) {
    if (!request.headers.contains("range")) {
      return to.send("HTTP/1.1 200 OK\r\nETag: \"0x8D\"\r\nContent-Length: 10\r\n\r\n01234");
    }
    EXPECT_EQ(request.headers.at("range"), "bytes=5-");
    EXPECT_EQ(request.headers.at("if-match"), "\"0x8D\"");
    to.answer("206 Partial", "ETag: \"0x8D\"\r\nContent-Range: bytes 5-9/10\r\n", "56789");
  });
  const auto size = open(server)->fetch("a", target(), meter);
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_EQ(*size, 10u);
  EXPECT_EQ(fetched(), "0123456789");
}

TEST_F(AzureObjects, SaysWhichCredentialsCannotBeUsed) {
  HttpTestServer server([](const Request&, Answering& to) { to.answer("200 OK", "", ""); });
  Access access;
  access.storage_account = "acme";
  access.container = "box";
  access.storage_access_key = "%%%";
  const auto store = Objects::open(access, {server.url("/{account}")}, connection(), {});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(store.error().message, "the storage_access_key is not base64");
}

TEST_F(AzureObjects, RemovesWhatIsNotThere) {
  HttpTestServer server(
      [](const Request&, Answering& to) { to.answer("404 No", "x-ms-error-code: BlobNotFound\r\n", ""); });
  EXPECT_TRUE(open(server)->remove("a"));
}

}  // namespace
}  // namespace recast::storages::azure
