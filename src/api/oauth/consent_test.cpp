#include "api/oauth/consent.hpp"

#include <gtest/gtest.h>

#include "api/oauth/client_check.hpp"

namespace recast::api {
namespace {

TEST(Consent, HasWordsForEveryScopeThatCanBeGranted) {
  for (const auto& scope : account::all_scopes()) EXPECT_FALSE(words_of_scope(scope).empty()) << scope;
  EXPECT_TRUE(words_of_scope("admin").empty());
}

AuthorizationRequest request_for(std::string uri) {
  AuthorizationRequest request;
  request.client.client.name = "<i>Photos</i>";
  request.client.owner = "ben&co";
  request.back.uri = std::move(uri);
  request.scopes = {"task.read"};
  return request;
}

std::string page_for(std::string uri, std::string_view query = "a=1") {
  const account::User user{.username = "\"ann\"", .email = {}};
  return std::get<std::string>(consent_page(request_for(std::move(uri)), user, query, "<input>").body);
}

TEST(Consent, EscapesAllThatOthersWrote) {
  const auto text = page_for("https://app.example.org/back", "x=\"><script>");
  EXPECT_FALSE(text.contains("<i>"));
  EXPECT_FALSE(text.contains("<script>"));
  EXPECT_TRUE(text.contains("&lt;i&gt;Photos&lt;/i&gt;"));
  EXPECT_TRUE(text.contains("ben&amp;co"));
  EXPECT_TRUE(text.contains("action=\"?x=&quot;&gt;&lt;script&gt;\""));
}

TEST(Consent, SaysWhereTheUserWillBeSent) {
  EXPECT_TRUE(page_for("https://app.example.org:8443/back?x=1").contains("<strong>app.example.org:8443</strong>"));
  EXPECT_TRUE(page_for("http://127.0.0.1:5000/back").contains("a program on this computer"));
  EXPECT_TRUE(page_for("com.example.app:/back").contains("the application <code>com.example.app</code>"));
}

TEST(Failures, AreForgottenAfterAMinuteAndCountedByName) {
  FakeClock clock;
  Failures failures(clock, 2);
  failures.count("a");
  EXPECT_FALSE(failures.too_many("a"));
  failures.count("a");
  EXPECT_TRUE(failures.too_many("a"));
  EXPECT_FALSE(failures.too_many("b"));
  clock.advance(std::chrono::seconds(60));
  EXPECT_FALSE(failures.too_many("a"));
  failures.count("a");
  EXPECT_FALSE(failures.too_many("a"));
}

TEST(Failures, KeepNoMoreThanFitsWhoeverSendsThem) {
  FakeClock clock;
  Failures failures(clock, 1);
  for (int i = 0; i < 20'000; ++i) failures.count("client " + std::to_string(i));
  EXPECT_FALSE(failures.too_many("client 0"));
  EXPECT_TRUE(failures.too_many("client 19999"));
}

}  // namespace
}  // namespace recast::api
