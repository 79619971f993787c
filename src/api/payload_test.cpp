#include "api/payload.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "job/job.hpp"

namespace recast::api {
namespace {

std::string shown(std::string operation_name, const char* payload, const operation::Operation* operation = nullptr) {
  job::Task task;
  task.operation = std::move(operation_name);
  task.payload = boost::json::parse(payload).as_object();
  return boost::json::serialize(visible_payload(task.operation, task.payload, operation));
}

TEST(Payload, KeepsWhatWasSent) {
  EXPECT_EQ(shown("convert", R"({"input":["a"],"output_format":"pdf","width":"600","invented":{"x":null}})"),
            R"({"input":["a"],"output_format":"pdf","width":"600","invented":{"x":null}})");
}

TEST(Payload, LeavesCredentialsOut) {
  EXPECT_EQ(shown("import/s3", R"({"bucket":"b","access_key_id":"1","secret_access_key":"2","session_token":"3"})"),
            R"({"bucket":"b"})");
  EXPECT_EQ(shown("import/sftp", R"({"host":"h","username":"u","password":"p","private_key":"k"})"), R"({"host":"h"})");
  EXPECT_EQ(shown("export/azure/blob", R"({"storage_access_key":"1","sas_token":"2","container":"c"})"),
            R"({"container":"c"})");
  EXPECT_EQ(shown("convert", R"({"username":"kept elsewhere"})"), R"({"username":"kept elsewhere"})");
  EXPECT_EQ(shown("merge", R"({"set_password":"a","set_owner_password":"b","password":"c","input":"a"})"),
            R"({"input":"a"})");
}

TEST(Payload, LeavesOutWhatTheOperationHides) {
  operation::Operation operation;
  operation.hidden = {"user_password"};
  EXPECT_EQ(shown("pdf/encrypt", R"({"user_password":"x","input":"a"})", &operation), R"({"input":"a"})");
}

TEST(Payload, StripsUrlsToTheirPath) {
  EXPECT_EQ(shown("import/url", R"({"url":"https://user:pass@x.org:8080/a/b@c?token=1#f"})"),
            R"({"url":"https://x.org:8080/a/b@c"})");
  EXPECT_EQ(shown("import/url", R"({"url":"https://a@b@x.org"})"), R"({"url":"https://x.org"})");
  EXPECT_EQ(shown("import/url", R"({"url":"https://x.org?sig=1"})"), R"({"url":"https://x.org"})");
  EXPECT_EQ(shown("import/url", R"({"url":7})"), R"({"url":7})");
}

TEST(Payload, ShowsNamesOfHeadersOnly) {
  EXPECT_EQ(shown("import/url", R"({"headers":{"Authorization":"Bearer x","X":1}})"),
            R"j({"headers":{"Authorization":"(hidden)","X":"(hidden)"}})j");
  EXPECT_EQ(shown("import/url", R"({"headers":"Authorization: x"})"), R"({"headers":null})");
}

TEST(Payload, CountsBodiesInsteadOfShowingThem) {
  EXPECT_EQ(shown("import/base64", R"({"file":"AAAA","filename":"a"})"), R"({"file_size":4,"filename":"a"})");
  EXPECT_EQ(shown("import/raw", R"({"file":["odd"],"filename":"a"})"), R"({"filename":"a"})");
}

}  // namespace
}  // namespace recast::api
