#include "storages/s3/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "storage/digest.hpp"
#include "storage/object_store_fixture.hpp"
#include "storages/s3/multipart.hpp"

/// What no real store does when it is asked to.
namespace recast::storages::s3 {
namespace {

using test::HttpTestServer;
using Request = HttpTestServer::Request;
using Peer = HttpTestServer::Connection;

constexpr std::string_view kContent = "0123456789";

class S3Uploads : public storage::ObjectStores {
 protected:
  /// A store whose answer to CompleteMultipartUpload is `completed`, and where then an object with `tag` is found.
  Result<> upload(const std::string& completed, const std::string& tag) {
    HttpTestServer server([&](const Request& request, Peer& to) {
      if (request.target.find("uploads=") != std::string::npos) {
        return to.answer("200 OK", "",
                         "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
      }
      if (request.method == "PUT") return to.answer("200 OK", "ETag: \"" + part_tag() + "\"\r\n", "");
      if (request.method == "POST") return to.answer("200 OK", "", completed);
      if (request.method == "HEAD")
        return to.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\nETag: \"" + tag + "\"\r\n\r\n");
      to.answer("204 No Content", "", "");
    });
    connection().settings.multipart_bytes = 1;
    Access access;
    access.bucket = "bucket";
    access.region = "us-east-1";
    const Settings settings{.url = server.url(""), .virtual_hosts = {}};
    RECAST_TRY(const auto store, Objects::open(access, settings, connection(), {}));
    const auto sent = store->send(file(kContent), "key", meter);
    aborted_ = std::ranges::any_of(server.requests(), [](const Request& one) { return one.method == "DELETE"; });
    return sent;
  }
  static std::string part_tag() { return to_hex(storage::md5(kContent)); }
  bool aborted() const { return aborted_; }

 private:
  bool aborted_ = false;
};

TEST_F(S3Uploads, AreCompleteWhenTheStoreSaysSo) {
  EXPECT_TRUE(upload("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>", "none"));
  EXPECT_FALSE(aborted());
}

TEST_F(S3Uploads, AreNotCompleteByTheirStatusAlone) {
  for (const auto* const text : {"", "  \n", "<?xml version=\"1.0\"?><CompleteMultip"}) {
    const auto sent = upload(text, "an-older-object-of-the-same-size");
    ASSERT_FALSE(sent) << text;
    EXPECT_EQ(sent.error().message, "the store did not confirm the upload");
    EXPECT_TRUE(aborted());
  }
}

TEST_F(S3Uploads, AreCompleteWhenTheObjectIsFoundToBe) {
  EXPECT_TRUE(upload("", whole_tag({part_tag()}).value()));
  EXPECT_FALSE(aborted());
}

TEST_F(S3Uploads, EndWithTheErrorInsideASuccess) {
  const auto sent = upload("<Error><Code>InternalError</Code><Message>Busy.</Message></Error>", "none");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().message, "Busy. (Code: InternalError)");
  EXPECT_TRUE(aborted());
}

/// Uploads of one object, with what a killed attempt and others left.
class S3Leftovers : public storage::ObjectStores {
 protected:
  /// The ids that the second attempt of a task aborts. `listed` answers the list of open uploads.
  std::vector<std::string> aborted(int attempt, const std::string& status, const std::string& listed) {
    HttpTestServer server([&](const Request& request, Peer& to) {
      if (request.method == "GET") return to.answer(status, "", listed);
      if (request.target.find("uploads=") != std::string::npos) {
        return to.answer("200 OK", "",
                         "<InitiateMultipartUploadResult><UploadId>new</UploadId></InitiateMultipartUploadResult>");
      }
      if (request.method == "PUT") return to.answer("200 OK", "ETag: \"x\"\r\n", "");
      if (request.method == "POST") return to.answer("200 OK", "", "<CompleteMultipartUploadResult/>");
      to.answer("204 No Content", "", "");
    });
    connection().settings.multipart_bytes = 1;
    connection().origin = {.task = "t",
                           .attempt = attempt,
                           .created = std::chrono::sys_days(std::chrono::year(2026) / 11 / 28) + std::chrono::hours(9)};
    Access access;
    access.bucket = "bucket";
    access.region = "us-east-1";
    const auto store = Objects::open(access, {.url = server.url(""), .virtual_hosts = {}}, connection(), {});
    const auto sent = (*store)->send(file(kContent), "key", meter);
    EXPECT_TRUE(sent) << sent.error().message;
    std::vector<std::string> ids;
    for (const auto& one : server.requests()) {
      if (one.method == "DELETE") ids.push_back(one.target.substr(one.target.find("uploadId=") + 9));
    }
    return ids;
  }
  static std::string upload(const std::string& key, const std::string& id, const std::string& initiated) {
    return "<Upload><Key>" + key + "</Key><UploadId>" + id + "</UploadId><Initiated>" + initiated +
           "</Initiated></Upload>";
  }
  const std::string list_ = "<ListMultipartUploadsResult>" + upload("key", "older", "2026-11-28T08:59:59.999Z") +
                            upload("key", "left", "2026-11-28T09:00:00.000Z") +
                            upload("key2", "other", "2026-11-28T09:30:00.000Z") +
                            upload("key", "left-too", "2026-11-28T09:30:00Z") + "</ListMultipartUploadsResult>";
};

TEST_F(S3Leftovers, OfAnEarlierAttemptAreAborted) {
  EXPECT_EQ(aborted(2, "200 OK", list_), (std::vector<std::string>{"left", "left-too"}));
}

TEST_F(S3Leftovers, AreNotLookedForTheFirstTime) { EXPECT_TRUE(aborted(1, "200 OK", list_).empty()); }

TEST_F(S3Leftovers, StayWithoutTheRightToListThem) {
  EXPECT_TRUE(aborted(2, "403 Forbidden", "<Error><Code>AccessDenied</Code></Error>").empty());
}

}  // namespace
}  // namespace recast::storages::s3
