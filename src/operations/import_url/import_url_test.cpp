#include <gtest/gtest.h>

#include "net/http_test_server.hpp"
#include "net/policy.hpp"
#include "operation/fake_context.hpp"

namespace recast::operations {
Result<> register_import_url(operation::Registry& registry);

namespace {

namespace json = boost::json;
using operation::test::check_error;
using operation::test::FakeContext;

operation::Operation import_url() { return operation::test::registered(&register_import_url, "import/url"); }

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

std::string name_of(const std::string& url, net::Downloaded about, std::string body = "plain text",
                    json::object more = {}) {
  FakeContext context;
  context.fake_net.pages[url] = {std::move(body), std::move(about)};
  more["url"] = url;
  const auto outcome = import_url().run(context, more);
  return outcome ? outcome->files.at(0).name : outcome.error().message;
}

TEST(ImportUrl, FindsTheNameInTheDocumentedOrder) {
  const net::Downloaded all{.final_url = "http://x/final.doc",
                            .content_type = "application/pdf",
                            .content_disposition = "attachment; filename*=UTF-8''disp%C3%B6.pdf; filename=plain.pdf"};
  EXPECT_EQ(name_of("http://x/a/asked.docx?b=c.txt", all, "x", {{"filename", "../given.odt"}}), "given.odt");
  EXPECT_EQ(name_of("http://x/a/asked.docx?b=c.txt", all), "dispö.pdf");
  EXPECT_EQ(name_of("http://x/a/my%20asked.docx?b=c.txt", {.final_url = "http://x/final.doc"}), "my asked.docx");
  EXPECT_EQ(name_of("http://x/a/asked", {.final_url = "http://x/final.doc"}), "final.doc");
  EXPECT_EQ(name_of("http://x/a/asked", {.content_type = "application/pdf; charset=x"}), "file.pdf");
  EXPECT_EQ(name_of("http://x/", {.content_type = "application/octet-stream"}, std::string(kPng)), "file.png");
  EXPECT_EQ(name_of("http://x/", {}, std::string("\1\2\3", 3)), "file");
}

TEST(ImportUrl, AddsTheExtensionThatTheContentShows) {
  EXPECT_EQ(name_of("http://x/y", {.content_disposition = "attachment; filename=photo"}, std::string(kPng)),
            "photo.png");
  EXPECT_EQ(name_of("http://x/y", {}, std::string(kPng), {{"filename", "photo"}}), "photo.png");
  EXPECT_EQ(name_of("http://x/y", {}, std::string(kPng), {{"filename", "photo.jpg"}}), "photo.jpg");
  EXPECT_EQ(name_of("http://x/y", {}, "words and words\n"), "file.txt");
}

TEST(ImportUrl, CleansNamesFromEverySource) {
  EXPECT_EQ(name_of("http://x/a/..%2f..%2fetc%2fpass.wd", {}), "pass.wd");
  EXPECT_EQ(name_of("http://x/", {.content_disposition = "attachment; filename=\"..\\\\..\\\\boot.ini\""}), "boot.ini");
}

TEST(ImportUrl, SendsTheCallersHeadersButNoConditions) {
  FakeContext context;
  context.fake_net.pages["http://x/a.txt"] = {"hello", {}};
  const auto outcome = import_url().run(
      context,
      {{"url", " http://x/a.txt "},
       {"headers", {{"Authorization", "Token 7"}, {"Range", "bytes=1-"}, {"If-None-Match", "x"}, {"X-N", 5}}}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto& sent = context.fake_net.downloads.at(0);
  EXPECT_EQ(sent.headers, (std::map<std::string, std::string>{{"Authorization", "Token 7"}, {"X-N", "5"}}));
  EXPECT_EQ(outcome->files.at(0).size, 5u);
  EXPECT_EQ(test::read_file(outcome->files.at(0).path), "hello");
  EXPECT_EQ(context.percents, (std::vector<int>{40, 100}));
}

TEST(ImportUrl, TakesItsOwnFilesWithoutTheNetwork) {
  FakeContext context;
  const std::string url = "http://127.0.0.1:8080/tasks/1/report.pdf?signature=x";
  context.own_files[url] = {"report.pdf", "sub", 7, "/somewhere"};
  const auto outcome = import_url().run(context, {{"url", url}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->files.at(0).name, "report.pdf");
  EXPECT_EQ(outcome->files.at(0).path, "/somewhere");
  EXPECT_TRUE(context.fake_net.downloads.empty());
}

TEST(ImportUrl, TakesItsOwnFilesAlsoFromTheEndOfARedirect) {
  const std::string own = "http://127.0.0.1:1/tasks/1/report?signature=x";  // nobody listens there
  const recast::test::HttpTestServer server([&](const auto& request, auto& to) {
    to.answer("302 Found", "Location: " + (request.target == "/a.txt" ? "/b" : own) + "\r\n", "");
  });
  FakeContext context;
  const net::Settings settings{.allow_cidrs = {"127.0.0.1"}, .attempts = 1};
  context.real_net = net::make_client(settings, net::Policy::open(settings).value());
  const recast::test::TemporaryFolder folder;
  const auto path = folder.write("stored", "%PDF-1.4\n");
  context.own_files[own] = {"report.pdf", "sub", 9, path};
  const auto outcome = import_url().run(context, {{"url", server.url("/a.txt")}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "report.pdf");
  EXPECT_EQ(outcome->files.at(0).dir, "");
  EXPECT_EQ(outcome->files.at(0).path, path);
  EXPECT_FALSE(std::filesystem::exists(context.work() / "download"));

  const auto named = import_url().run(context, {{"url", server.url("/a.txt")}, {"filename", "mine"}});
  ASSERT_TRUE(named);
  EXPECT_EQ(named->files.at(0).name, "mine.pdf");
}

TEST(ImportUrl, PassesTheErrorOfTheDownloadOn) {
  FakeContext context;
  const auto outcome = import_url().run(context, {{"url", "http://x/a"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "Download failed: HTTP 404");
}

TEST(ImportUrl, StopsAtTheSizeThatItsOwnersQuotaSays) {
  FakeContext context;
  context.fake_net.pages["http://x/a.txt"] = {"text", {}};
  context.largest = 7;
  ASSERT_TRUE(import_url().run(context, {{"url", "http://x/a.txt"}}));
  EXPECT_EQ(context.fake_net.downloads.back().max_bytes, 7u);
}

TEST(ImportUrl, ChecksTheUrlAtCreation) {
  EXPECT_EQ(check_error(import_url(), {}).message, "The url field is required.");
  for (const auto* const bad : {"x", "ftp://x/", "http://x/a b", "//x/y"}) {
    const auto error = check_error(import_url(), {{"url", bad}});
    EXPECT_EQ(error.field, "url") << bad;
    EXPECT_EQ(error.message, "The url format is invalid.");
  }
  EXPECT_EQ(check_error(import_url(), {{"url", "http://x:0/"}}).message,
            "The url format is invalid: the port must be a number from 1 to 65535.");
  // Where it leads is found out when the task runs.
  EXPECT_EQ(check_error(import_url(), {{"url", "http://127.0.0.1/"}}).message, "");
}

TEST(ImportUrl, ChecksTheHeadersAtCreation) {
  const auto error = [](json::value headers) {
    const auto found = check_error(import_url(), {{"url", "http://x/"}, {"headers", std::move(headers)}});
    EXPECT_TRUE(found.message.empty() || found.field == "headers");
    return found.message;
  };
  for (const auto* const name : {"Host", "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE",
                                 "Trailer", "Upgrade", "Expect", "Proxy-Authorization", "proxy-x"}) {
    EXPECT_EQ(error({{name, "x"}}), "The headers must not contain " + std::string(name) + ".");
  }
  EXPECT_EQ(error({{"A b", "x"}}), "The headers format is invalid.");
  EXPECT_EQ(error({{"", "x"}}), "The headers format is invalid.");
  EXPECT_EQ(error({{"X", "a\r\nHost: b"}}), "The headers format is invalid.");
  EXPECT_EQ(error("x"), "The headers must be an array.");
  EXPECT_EQ(error(json::array()), "");
  EXPECT_EQ(error({{"User-Agent", "me"}, {"Cookie", "a=b"}, {"Accept", "x"}}), "");
}

}  // namespace
}  // namespace recast::operations
