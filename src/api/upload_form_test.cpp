#include "api/upload_form.hpp"

#include <gtest/gtest.h>

#include "api/uploads.hpp"

namespace recast::api {
namespace {

using Fields = std::map<std::string, std::string>;
constexpr std::chrono::hours kValid{9};

class UploadForm : public testing::Test {
 protected:
  UploadForm() {
    task.id = TaskId("0c0ffee0-1111-4222-8333-444455556666");
    task.created = Time(std::chrono::seconds(1'772'600'767));
    form = upload_form(task, "https://x.org", kValid, signer);
    for (const auto& [name, value] : form.at("parameters").as_object()) fields[name] = std::string(value.as_string());
  }
  Result<UploadPermit> check(Time at) { return check_upload_fields(fields, signer, at); }

  job::Task task;
  LinkSigner signer{"secret"};
  boost::json::object form;
  Fields fields;
};

TEST_F(UploadForm, IsTheSameEachTimeItIsShown) {
  EXPECT_EQ(upload_form(task, "https://x.org", kValid, signer), form);
  EXPECT_EQ(form.at("url").as_string(), "https://x.org/tasks");
  task.sandbox = true;
  EXPECT_EQ(upload_form(task, "https://x.org", kValid, signer).at("url").as_string(), "https://x.org/tasks-sandbox");
  EXPECT_EQ(fields.at("X-Amz-Date"), "20260304T050607Z");
}

TEST_F(UploadForm, LetsItsFieldsPassForItsTime) {
  EXPECT_EQ(check(task.created).value().task, task.id);
  EXPECT_EQ(check(task.created).value().file_name, "");
  EXPECT_TRUE(check(task.created + kValid - std::chrono::seconds(1)));
  EXPECT_EQ(check(task.created + kValid).error().code, ErrorCode::gone);
}

TEST_F(UploadForm, MissesEachField) {
  for (const auto& [name, value] : Fields(fields)) {
    auto node = fields.extract(name);
    EXPECT_EQ(check(task.created).error().code, ErrorCode::malformed_body) << name;
    fields.insert(std::move(node));
  }
}

TEST_F(UploadForm, NoticesEachAlteration) {
  for (const auto& [name, value] : Fields(fields)) {
    fields[name] = "other";
    const auto code = name == "Policy" || name == "X-Amz-Signature" ? ErrorCode::gone : ErrorCode::malformed_body;
    EXPECT_EQ(check(task.created).error().code, code) << name;
    fields[name] = value;
  }
}

TEST_F(UploadForm, TakesAFileNameFromTheKeyButNoOtherTask) {
  fields["key"] = task.id.str() + "/mine.pdf";
  EXPECT_EQ(check(task.created).value().file_name, "mine.pdf");
  fields["key"] = "11111111-1111-4222-8333-444455556666/mine.pdf";
  EXPECT_FALSE(check(task.created));
}

TEST(UploadName, ComesFromTheKeyThePartOrTheContent) {
  const http::Part named{.name = "file", .file_name = "a b.PDF", .has_file_name = true, .content_type = ""};
  const http::Part nameless{.name = "file", .file_name = "", .has_file_name = false, .content_type = ""};
  EXPECT_EQ(upload_name("", named, "x"), "a b.PDF");
  EXPECT_EQ(upload_name("key.txt", named, "x"), "key.txt");
  EXPECT_EQ(upload_name("v1-${filename}", named, "x"), "v1-a b.PDF");
  EXPECT_EQ(upload_name("", nameless, "%PDF-1.7\n"), "file.pdf");
  EXPECT_EQ(upload_name("${filename}", nameless, "%PDF-1.7\n"), "file.pdf");
  EXPECT_EQ(upload_name("", nameless, ""), "file");
  EXPECT_EQ(upload_name("../../", nameless, ""), "file");
  EXPECT_LE(upload_name(std::string(255, 'x'), nameless, "%PDF-1.7\n").size(), 255U);
}

}  // namespace
}  // namespace recast::api
