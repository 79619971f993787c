#include "schema/body.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace recast::schema {
namespace {

Error error_of(std::string_view text) {
  const auto result = parse_body(text);
  EXPECT_FALSE(result) << text;
  return result ? Error{} : result.error();
}

TEST(Body, KeepsTheOrderOfMembers) {
  const auto body = parse_body(R"({"z":1,"a":{"y":true,"b":[1,2.5,"x",null]},"m":-3})");
  ASSERT_TRUE(body);
  EXPECT_EQ(boost::json::serialize(*body), R"({"z":1,"a":{"y":true,"b":[1,2.5E0,"x",null]},"m":-3})");
}

TEST(Body, TakesNoTextForAnEmptyObject) {
  for (const auto* text : {"", "  \r\n", "{}", "[]", " [ ] "}) {
    const auto body = parse_body(text);
    ASSERT_TRUE(body) << text;
    EXPECT_TRUE(body->empty());
  }
}

TEST(Body, RefusesAKeyThatOccursTwice) {
  const auto error = error_of(R"({"tasks":{"a":{"x":1},"b":{},"a":{}}})");
  EXPECT_EQ(error.code, ErrorCode::invalid_data);
  EXPECT_EQ(error.field, "tasks.a");
  EXPECT_EQ(error.message, "The tasks.a field occurs more than once.");
}

TEST(Body, SeesThroughEscapesWhenItComparesKeys) { EXPECT_EQ(error_of(R"({"abc":1,"\u0061bc":2})").field, "abc"); }

TEST(Body, CountsElementsOnTheWayToADuplicate) {
  EXPECT_EQ(error_of(R"({"list":[1,[{"k":1}],{"a":{},"a":0}]})").field, "list.2.a");
}

TEST(Body, AllowsTheSameKeyInDifferentObjects) {
  EXPECT_TRUE(parse_body(R"({"a":{"k":1},"b":{"k":1},"c":[{"k":1},{"k":2}]})"));
}

TEST(Body, SaysWhereTheSyntaxIsWrong) {
  const auto error = error_of(R"({"a":1,})");
  EXPECT_EQ(error.code, ErrorCode::malformed_body);
  EXPECT_NE(error.message.find("byte 7"), std::string::npos) << error.message;
}

TEST(Body, RefusesWhatIsNotOneObject) {
  for (const auto* text : {"1", "\"a\"", "null", "[1]", "{} {}", "{}x", "{", "{\"a\":", "nul", "{\"a\":\"", "{'a':1}",
                           "{\"a\":NaN}", "{\"a\":01}", "// x\n{}"}) {
    EXPECT_EQ(error_of(text).code, ErrorCode::malformed_body) << text;
  }
}

TEST(Body, RefusesBadUtf8AndLoneSurrogates) {
  for (const auto* text :
       {"{\"a\":\"\xff\"}", "{\"\xc0\x80\":1}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}"}) {
    EXPECT_EQ(error_of(text).code, ErrorCode::malformed_body);
  }
}

TEST(Body, StopsAtItsDepth) {
  const auto nested = [](int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += '[';
    for (int i = 1; i < depth; ++i) text += ']';
    return text + "}";
  };
  EXPECT_TRUE(parse_body(nested(64)));
  EXPECT_EQ(error_of(nested(65)).code, ErrorCode::malformed_body);
  EXPECT_EQ(error_of(nested(1'000'000)).code, ErrorCode::malformed_body);
}

TEST(Body, RefusesANumberThatNoJsonCouldHold) { EXPECT_EQ(error_of(R"({"a":1e400})").code, ErrorCode::malformed_body); }

TEST(Body, KeepsANulInsideAString) {
  const auto body = parse_body(R"({"file":"a\u0000b"})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("file").as_string().size(), 3u);
}

}  // namespace
}  // namespace recast::schema
