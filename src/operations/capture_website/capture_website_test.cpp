#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "operation/fake_context.hpp"

namespace recast::operations {

Result<> register_capture_website(operation::Registry& registry);

namespace {

using operation::test::FakeContext;
using operation::test::FakeEngine;

class CaptureWebsite : public testing::Test {
 protected:
  static std::vector<engine::Installation> installed() {
    static const FakeEngine one(engine::Info{
        .name = "chrome", .abilities = {{.operation = "capture-website", .conversions = {{"", "pdf"}, {"", "png"}}}}});
    return {{.engine = &one, .version = "156"}};
  }
  Error error_of(const boost::json::object& payload) const {
    return operation::test::check_error(operation_, payload, engine::Catalogue(installed()));
  }

  const operation::Operation operation_ = operation::test::registered(&register_capture_website, "capture-website");
  FakeContext context_{installed()};
};

TEST_F(CaptureWebsite, IsCheckedWhenItIsMade) {
  EXPECT_EQ(error_of({{"url", "https://example.org/a?b"}, {"output_format", "pdf"}}).message, "");
  EXPECT_EQ(error_of({{"output_format", "pdf"}}).field, "url");
  EXPECT_EQ(error_of({{"url", "https://example.org/"}}).field, "output_format");
  EXPECT_EQ(error_of({{"url", "https://example.org/"}, {"output_format", "docx"}}).field, "output_format");
  for (const auto* const url : {"file:///etc/passwd", "ftp://example.org/", "chrome://version", "javascript:alert(1)",
                                "example.org", "https://me:secret@example.org/"})
    EXPECT_EQ(error_of({{"url", url}, {"output_format", "pdf"}}).field, "url") << url;
}

TEST_F(CaptureWebsite, TakesHeadersThatAreSome) {
  const auto with = [&](const boost::json::object& headers) {
    return error_of({{"url", "https://example.org/"}, {"output_format", "pdf"}, {"headers", headers}}).field;
  };
  EXPECT_EQ(with({{"Authorization", "Bearer abc"}}), "");
  EXPECT_EQ(with({{"X-A", "b\r\nHost: c"}}), "headers");
  EXPECT_EQ(with({{"X A", "b"}}), "headers");
  EXPECT_EQ(with({{"hOst", "b"}}), "headers");
}

TEST_F(CaptureWebsite, IsNamedAfterTheHost) {
  context_.on_execute = [](const auto&) {
    return std::vector<std::pair<std::string, std::string>>{{"out/out.pdf", "PDF"}};
  };
  const auto outcome = operation_.run(context_, {{"url", "https://status.example.org/x"}, {"output_format", "pdf"}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->files.at(0).name, "status.example.org.pdf");
  EXPECT_TRUE(context_.executions.at(0).inputs.empty());
}

TEST_F(CaptureWebsite, SaysThatThePolicyRefusedThePage) {
  context_.on_execute = [&](const auto&) -> Result<std::vector<std::pair<std::string, std::string>>> {
    context_.report()["blocked"] = boost::json::array{"other.example:443", "10.0.0.1:80"};
    return fail(ErrorCode::download_failed, "The website could not be loaded: could not connect to host.");
  };
  const auto refused = operation_.run(context_, {{"url", "http://10.0.0.1/"}, {"output_format", "pdf"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::download_failed);
  EXPECT_EQ(refused.error().message, "The website could not be loaded: target address is not allowed.");
  const auto silent = operation_.run(context_, {{"url", "http://example.org/"}, {"output_format", "pdf"}});
  EXPECT_TRUE(silent.error().message.ends_with("could not connect to host."));
}

}  // namespace
}  // namespace recast::operations
