#include "http/message.hpp"

#include <gtest/gtest.h>

namespace recast::http {
namespace {

TEST(Headers, CompareNamesWithoutCaseAndKeepOrder) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("accept", "b");
  headers.add("Host", "h");
  EXPECT_EQ(headers.get("ACCEPT"), "a");
  headers.set("aCCept", "c");
  EXPECT_EQ(headers.all().size(), 2u);
  EXPECT_EQ(headers.all()[0].second, "c");
  EXPECT_TRUE(headers.has("HOST"));
  EXPECT_FALSE(headers.has("Hos"));
  EXPECT_EQ(headers.get("absent"), "");
  headers.set("New", "n");
  EXPECT_EQ(headers.all().back().first, "New");
}

TEST(Query, DecodesNamesAndValues) {
  const auto query = Query::parse("filter%5Bstatus%5D=a+b&filter[tag]=&x=%zz&&flag&x=2=3");
  EXPECT_EQ(query.get("filter[status]"), "a b");
  EXPECT_EQ(query.get("filter[tag]"), "");
  EXPECT_EQ(query.get("flag"), "");
  EXPECT_EQ(query.get("x"), "2=3");
  EXPECT_EQ(query.get("y"), std::nullopt);
  EXPECT_EQ(query.all().size(), 5u);
  EXPECT_EQ(query.all()[2].second, "%zz");
}

TEST(ContentDisposition, AddsTheExtendedFormOnlyForOtherThanAscii) {
  EXPECT_EQ(content_disposition("attachment", "report 1.pdf"), "attachment; filename=\"report 1.pdf\"");
  EXPECT_EQ(content_disposition("inline", "a\"b\\c.pdf"), "inline; filename=\"a\\\"b\\\\c.pdf\"");
  EXPECT_EQ(content_disposition("attachment", "Übung.pdf"),
            "attachment; filename=\"_bung.pdf\"; filename*=UTF-8''%C3%9Cbung.pdf");
  EXPECT_EQ(content_disposition("attachment", "日本.txt"),
            "attachment; filename=\"__.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt");
}

TEST(ContentDisposition, NeverEndsTheHeader) {
  const auto value = content_disposition("attachment", "a\r\nSet-Cookie: x\x7f\xff.pdf");
  EXPECT_EQ(value.find_first_of("\r\n\x7f"), std::string::npos);
  EXPECT_EQ(content_disposition("attachment", ""), "attachment");
}

TEST(Response, CarriesItsType) {
  const auto response = Response::json(201, {{"data", 1}});
  EXPECT_EQ(std::get<std::string>(response.body), R"({"data":1})");
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
  EXPECT_EQ(Response::redirect(303, "https://a/").headers.get("Location"), "https://a/");
}

}  // namespace
}  // namespace recast::http
