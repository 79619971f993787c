#include "script.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "expect.hpp"

namespace recast::api_test {
namespace {

TEST(Script, HasStepsWithHeadersBodyAndExpectations) {
  const auto steps = parse_script(
      "# what\nPOST /v2/jobs\nHost: x\n{\"a\":\n1}\n---- 422\n# why\nerrors[\"a: b\"][0]: ~c: d\n\nGET /\n---- 200\n");
  ASSERT_TRUE(steps) << steps.error().message;
  ASSERT_EQ(steps->size(), 2U);
  const auto& step = steps->front();
  EXPECT_EQ(step.line, 2);
  EXPECT_EQ(step.words, (std::vector<std::string>{"POST", "/v2/jobs"}));
  ASSERT_EQ(step.headers.size(), 1U);
  EXPECT_EQ(step.body, "{\"a\":\n1}");
  EXPECT_EQ(step.status, "422");
  ASSERT_EQ(step.expectations.size(), 1U);
  EXPECT_EQ(step.expectations[0].subject, "errors[\"a: b\"][0]");
  EXPECT_EQ(step.expectations[0].pattern, "~c: d");
}

TEST(Script, NamesTheLineItCannotRead) {
  EXPECT_EQ(parse_script("GET\n---- 200\n").error().message, "line 1: a request line has a verb and a target");
  EXPECT_EQ(parse_script("GET /\n").error().message, "line 2: a request has no status line");
  EXPECT_EQ(parse_script("GET /\n---- 200\nnonsense\n").error().message,
            "line 3: an expectation is `subject: pattern`");
}

TEST(Script, SubstitutesNamesButLeavesJsonAlone) {
  const Values values{{"a", "1"}};
  EXPECT_EQ(substitute("{{a}} {\"x\":{\"y\":{{a}}}} {{", values).value(), "1 {\"x\":{\"y\":1}} {{");
  EXPECT_FALSE(substitute("{{unknown}}", values));
}

class Expect : public testing::Test {
 protected:
  bool fits(std::string subject, std::string pattern) {
    return !check({1, std::move(subject), std::move(pattern)}, answer, values);
  }
  Answer answer{200,
                "OK",
                {{"etag", "\"x\""}},
                R"({"a":[{"b":"text","n":null,"i":7}],"u":"0c0ffee0-1111-4222-8333-444455556666"})"};
  Values values;
};

TEST_F(Expect, TellsRightFromWrong) {
  EXPECT_TRUE(fits("a[0].b", "text"));
  EXPECT_FALSE(fits("a[0].b", "tex"));
  EXPECT_TRUE(fits("a[0].b", "~ex"));
  EXPECT_FALSE(fits("a[0].b", "!~ex"));
  EXPECT_TRUE(fits("a[0].b", "^te"));
  EXPECT_TRUE(fits("a[0].n", "null"));
  EXPECT_FALSE(fits("a[0].n", "<absent>"));
  EXPECT_TRUE(fits("a[0].none", "<absent>"));
  EXPECT_FALSE(fits("a[1].b", "text"));
  EXPECT_TRUE(fits("a[0].i", "7"));
  EXPECT_TRUE(fits("a[0].i", "<int>"));
  EXPECT_FALSE(fits("a[0].b", "<int>"));
  EXPECT_TRUE(fits("u", "<uuid>"));
  EXPECT_FALSE(fits("a[0].b", "<uuid>"));
  EXPECT_TRUE(fits("$keys", "a,u"));
  EXPECT_FALSE(fits("$keys", "u,a"));
  EXPECT_TRUE(fits("$size a", "1"));
  EXPECT_TRUE(fits("@ETag", "\"x\""));
  EXPECT_FALSE(fits("@Other", "x"));
  EXPECT_TRUE(fits("u", "=kept"));
  EXPECT_TRUE(fits("u", "{{kept}}"));
}

}  // namespace
}  // namespace recast::api_test
