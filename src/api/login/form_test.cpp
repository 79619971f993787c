#include "api/login/form.hpp"

#include <gtest/gtest.h>

namespace recast::api {
namespace {

http::Request request(bool secure, std::string cookies) {
  http::Request one;
  one.secure = secure;
  one.headers.set("Cookie", cookies);
  return one;
}

TEST(Form, IsReadAsBrowsersWriteIt) {
  const auto form = Form::parse("username=+ann+&password=a%20%2B%26%3D+%C3%A4&empty=").value();
  EXPECT_EQ(form.trimmed("username"), "ann");
  EXPECT_EQ(form.get("password"), "a +&= ä");
  EXPECT_EQ(form.get("empty"), "");
  EXPECT_EQ(form.get("absent"), "");
}

TEST(Form, IsRefusedIfItCanBeReadInTwoWays) {
  for (const auto* const bad : {"a=1&a=2", "a=%FF", "%FF=1"})
    EXPECT_EQ(Form::parse(bad).error().code, ErrorCode::malformed_body) << bad;
  std::string many;
  for (int i = 0; i < 65; ++i) many += "f" + std::to_string(i) + "=&";
  EXPECT_FALSE(Form::parse(many));
}

TEST(Form, HasItsContentType) {
  http::Request one;
  for (const auto* const good : {"application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded ;charset=utf-8"}) {
    one.headers.set("Content-Type", good);
    EXPECT_TRUE(Form::of(one)) << good;
  }
  for (const auto* const bad : {"", "text/plain", "multipart/form-data; boundary=x", "application/json"}) {
    one.headers.set("Content-Type", bad);
    EXPECT_FALSE(Form::of(one)) << bad;
  }
}

TEST(Cookie, IsTheFirstOfItsName) {
  EXPECT_EQ(cookie_in("a=1; session=x; session=y", "session"), "x");
  EXPECT_EQ(cookie_in("a=1;session=a=b;", "session"), "a=b");
  EXPECT_EQ(cookie_in("session=", "session"), "");
  EXPECT_FALSE(cookie_in("session", "session"));
  EXPECT_FALSE(cookie_in("xsession=1; sessionx=2", "session"));
}

TEST(Cookie, OfAnotherHostDoesNotCountOverTls) {
  EXPECT_EQ(cookie(request(true, "s=planted; __Host-s=ours"), "s"), "ours");
  EXPECT_FALSE(cookie(request(true, "s=planted"), "s"));
  EXPECT_EQ(cookie(request(false, "s=ours"), "s"), "ours");
  http::Response response;
  set_cookie(response, request(true, ""), "s", "1", 60);
  EXPECT_EQ(response.headers.get("Set-Cookie"), "__Host-s=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  http::Response clear;
  set_cookie(clear, request(false, ""), "s", "", 0);
  EXPECT_EQ(clear.headers.get("Set-Cookie"), "s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

TEST(OwnPath, NeverLeadsElsewhere) {
  for (const auto* const good : {"/", "/account", "/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fx", "/a//b"})
    EXPECT_EQ(own_path(good), good);
  for (const std::string& bad :
       {std::string(), std::string("account"), std::string("//evil.example"), std::string("/\\evil.example"),
        std::string("https://evil.example"), std::string("/\t/evil.example"), std::string("/a\r\nSet-Cookie: x=y"),
        std::string("/ä"), std::string("javascript:x"), "/" + std::string(5000, 'a')})
    EXPECT_EQ(own_path(bad), "/account") << bad;
}

}  // namespace
}  // namespace recast::api
