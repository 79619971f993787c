#include <gtest/gtest.h>

#include "net/http_test_server.hpp"
#include "net/policy.hpp"
#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_export_upload(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;
using test::HttpTestServer;
using Request = HttpTestServer::Request;
using Connection = HttpTestServer::Connection;

operation::Operation export_upload() { return operation::test::registered(&register_export_upload, "export/upload"); }

/// A task with a network: 127.0.0.1 stands for the Internet.
class Task {
 public:
  explicit Task(const std::string& content = "the file") { context.add_input("a.pdf", content); }
  Result<operation::Outcome> run(json::object payload) {
    const net::Settings settings{.allow_cidrs = {"127.0.0.1"}, .attempts = 3, .retry_milliseconds = 1};
    context.real_net = net::make_client(settings, net::Policy::open(settings).value());
    return export_upload().run(context, payload);
  }
  FakeContext context;
};

TEST(ExportUpload, PutsTheFileAsItIs) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("201 Created", "", ""); });
  Task task;
  const auto outcome = task.run({{"url", server.url("/a%2Fb/../c?X-Signature=a%2Bb+c&e")},
                                 {"headers", {{"x-ms-blob-type", "BlockBlob"}, {"Content-Type", "application/pdf"}}}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->files.empty());
  EXPECT_EQ(outcome->extra.at("files"), (json::array{{{"filename", "a.pdf"}, {"size", 8}}}));
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/a%2Fb/../c?X-Signature=a%2Bb+c&e");
  EXPECT_EQ(request.body, "the file");
  EXPECT_EQ(request.headers.at("x-ms-blob-type"), "BlockBlob");
  EXPECT_EQ(request.headers.at("content-type"), "application/pdf");
  EXPECT_EQ(request.headers.at("content-length"), "8");
  EXPECT_FALSE(request.headers.contains("transfer-encoding"));
  EXPECT_EQ(task.context.percents, std::vector<int>{100});
}

TEST(ExportUpload, SendsNoTypeThatWasNotAskedFor) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("200 OK", "", ""); });
  ASSERT_TRUE(Task().run({{"url", server.url("/")}}));
  EXPECT_FALSE(server.requests().at(0).headers.contains("content-type"));
}

TEST(ExportUpload, SendsTheWholeFileAgainWhereItIsRedirected) {
  HttpTestServer server([](const Request& request, Connection& to) {
    if (request.target == "/first") return to.answer("307 Go", "Location: /second\r\n", "");
    to.answer("200 OK", "", "");
  });
  ASSERT_TRUE(Task().run({{"url", server.url("/first")}, {"headers", {{"X-Key", "1"}}}}));
  const auto second = server.requests().at(1);
  EXPECT_EQ(second.body, "the file");
  EXPECT_EQ(second.headers.at("x-key"), "1");
}

TEST(ExportUpload, TellsAnotherServerNothing) {
  HttpTestServer other([](const Request&, Connection& to) { to.answer("200 OK", "", ""); });
  HttpTestServer server(
      [&](const Request&, Connection& to) { to.answer("308 Go", "Location: " + other.url("/") + "\r\n", ""); });
  ASSERT_TRUE(Task().run({{"url", server.url("/")}, {"headers", {{"X-Key", "1"}}}}));
  EXPECT_EQ(other.requests().at(0).body, "the file");
  EXPECT_FALSE(other.requests().at(0).headers.contains("x-key"));
}

TEST(ExportUpload, DoesNotFollowWhatChangesTheMethod) {
  for (const auto* const status : {"301 Moved", "302 Found", "303 See"}) {
    HttpTestServer server([&](const Request&, Connection& to) { to.answer(status, "Location: /x\r\n", ""); });
    const auto outcome = Task().run({{"url", server.url("/")}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::upload_failed);
    EXPECT_EQ(outcome.error().message, "Upload failed: HTTP " + std::string(status).substr(0, 3));
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(ExportUpload, EndsEndlessRedirects) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("307 Go", "Location: /x\r\n", ""); });
  const auto outcome = Task().run({{"url", server.url("/")}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "Upload failed: too many redirects");
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST(ExportUpload, ChecksEveryHop) {
  HttpTestServer server(
      [](const Request&, Connection& to) { to.answer("307 Go", "Location: http://127.0.0.2/\r\n", ""); });
  const auto outcome = Task().run({{"url", server.url("/")}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "Upload failed: target address is not allowed");
}

TEST(ExportUpload, TriesAgainWhatMayPassAndSaysNothingOfTheBody) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("503 Busy", "", "internal details"); });
  const auto outcome = Task().run({{"url", server.url("/")}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "Upload failed: HTTP 503");
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.requests().at(2).body, "the file");
}

TEST(ExportUpload, TurnsUserInfoIntoCredentials) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("200 OK", "", ""); });
  auto url = server.url("/x");
  url.insert(url.find("//") + 2, "ann:secret@");
  ASSERT_TRUE(Task().run({{"url", url}}));
  EXPECT_EQ(server.requests().at(0).headers.at("authorization"), "Basic YW5uOnNlY3JldA==");
}

TEST(ExportUpload, SendsAnEmptyFile) {
  HttpTestServer server([](const Request&, Connection& to) { to.answer("200 OK", "", ""); });
  ASSERT_TRUE(Task("").run({{"url", server.url("/")}}));
  EXPECT_EQ(server.requests().at(0).headers.at("content-length"), "0");
}

TEST(ExportUpload, TakesOneFile) {
  Task task;
  task.context.add_input("b.pdf", "x");
  const auto outcome = task.run({{"url", "http://127.0.0.1/"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::upload_failed);
  EXPECT_EQ(outcome.error().message, "Upload failed: one file can be sent, not 2");
}

TEST(ExportUpload, IsCheckedAtCreation) {
  EXPECT_EQ(check_error(export_upload(), {}).message, "The url field is required.");
  EXPECT_EQ(check_error(export_upload(), {{"url", "ftp://x/"}}).message, "The url format is invalid.");
  EXPECT_EQ(check_error(export_upload(), {{"url", "http://x/"}, {"headers", {{"Host", "y"}}}}).field, "headers");
  EXPECT_EQ(check_error(export_upload(), {{"url", "http://x/"}, {"headers", {{"If-None-Match", "*"}}}}).message, "");
}

}  // namespace
}  // namespace recast::operations
