#include "account/oauth.hpp"

#include <gtest/gtest.h>

#include "account/redirect_uri.hpp"

namespace recast::account {
namespace {

const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

std::string refusal(std::string_view uri) {
  const auto checked = check_redirect_uri(uri);
  return checked ? "" : checked.error().message;
}

TEST(RedirectUri, IsHttpsOrTheMachineItselfOrAnApplicationsOwnScheme) {
  for (const auto* const good :
       {"https://app.example.org/back", "https://app.example.org", "https://app.example.org:8443/back?client=1",
        "https://[2001:db8::1]/back", "http://127.0.0.1/back", "http://127.0.0.1:49152/", "http://[::1]:8080/back",
        "http://localhost:3000/back", "com.example.app:/back", "com.example.app://host/back"}) {
    EXPECT_EQ(refusal(good), "") << good;
  }
}

TEST(RedirectUri, IsRefusedWithTheReason) {
  EXPECT_EQ(refusal(""), "A redirect URI may not be empty.");
  EXPECT_EQ(refusal("https://a.example/" + std::string(2000, 'a')),
            "A redirect URI may not be longer than 2000 bytes.");
  EXPECT_EQ(refusal("https://a.example/#part"), "A redirect URI may not have a fragment.");
  EXPECT_EQ(refusal("https://a.example/a b"), "A redirect URI has a character that no URI has.");
  EXPECT_EQ(refusal("https://a.example/\r\nSet-Cookie:"), "A redirect URI has a character that no URI has.");
  EXPECT_EQ(refusal("/back"), "A redirect URI must be absolute.");
  EXPECT_EQ(refusal("https:back"), "A redirect URI of http or https must have a host.");
  EXPECT_EQ(refusal("https://ann@a.example/"), "A redirect URI may not have user information.");
  for (const auto* const bad : {"https://", "https:///back", "https://a.example:0/", "https://a.example:65536/",
                                "https://a.example:8a/", "https://[a.example/", "https://a*b/"}) {
    EXPECT_EQ(refusal(bad), "The host or port of a redirect URI is not valid.") << bad;
  }
  for (const auto* const bad : {"http://a.example/", "http://127.0.0.2/", "http://localhost.a.example/"})
    EXPECT_EQ(refusal(bad), "A redirect URI must be https; http is for 127.0.0.1, [::1] and localhost.") << bad;
  for (const auto* const bad : {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "myapp:/back",
                                "HTTPS://a.example/", "Com.Example.App:/back", "1.a:/back", ".a:/back", "a.:/back"}) {
    EXPECT_TRUE(refusal(bad).starts_with("The scheme of a redirect URI must be https")) << bad;
  }
}

TEST(RedirectUri, IsTheSameToTheLetterButForThePortOfTheMachineItself) {
  EXPECT_TRUE(is_same_redirect("https://a.example/back", "https://a.example/back"));
  EXPECT_FALSE(is_same_redirect("https://a.example/back", "https://a.example/back/"));
  EXPECT_FALSE(is_same_redirect("https://a.example/back", "https://a.example/back?x=1"));
  EXPECT_FALSE(is_same_redirect("https://a.example/back", "https://a.example:443/back"));
  EXPECT_FALSE(is_same_redirect("https://a.example/back", "https://A.example/back"));
  EXPECT_TRUE(is_same_redirect("http://127.0.0.1/back", "http://127.0.0.1:50000/back"));
  EXPECT_TRUE(is_same_redirect("http://[::1]:1/back", "http://[::1]:2/back"));
  EXPECT_FALSE(is_same_redirect("http://127.0.0.1/back", "http://localhost/back"));
  EXPECT_FALSE(is_same_redirect("http://127.0.0.1/back", "http://127.0.0.1:50000/other"));
  EXPECT_FALSE(is_same_redirect("http://127.0.0.1/back", "http://127.0.0.1@a.example/back"));
}

TEST(RedirectUri, TakesParametersWhereItIsAskedTo) {
  EXPECT_EQ(with_parameters("https://a.example/b", Place::query, {{"code", "a&b"}, {"state", "x y"}}),
            "https://a.example/b?code=a%26b&state=x%20y");
  EXPECT_EQ(with_parameters("https://a.example/b?c=1", Place::query, {{"code", "1"}}),
            "https://a.example/b?c=1&code=1");
  EXPECT_EQ(with_parameters("https://a.example/b?c=1", Place::fragment, {{"t", "1"}, {"s", "#"}}),
            "https://a.example/b?c=1#t=1&s=%23");
}

TEST(RedirectUri, AllowsFormsToLeadToItsScheme) {
  EXPECT_EQ(form_action_of("https://a.example/b"), "https:");
  EXPECT_EQ(form_action_of("http://[::1]:8/b"), "http: https:");
  EXPECT_EQ(form_action_of("com.example.app:/b"), "com.example.app:");
}

TEST(OauthClient, SendsUsersOnlyWhereItIsRegistered) {
  OauthClient client{.id = {}, .name = {}, .redirect_uris = {"https://a.example/b"}, .flows = {"authorization_code"}};
  EXPECT_EQ(client.redirect_for(std::nullopt), "https://a.example/b");
  EXPECT_EQ(client.redirect_for("https://a.example/b"), "https://a.example/b");
  EXPECT_EQ(client.redirect_for("https://b.example/b"), std::nullopt);
  client.redirect_uris.emplace_back("http://127.0.0.1/b");
  EXPECT_EQ(client.redirect_for(std::nullopt), std::nullopt);
  EXPECT_EQ(client.redirect_for("http://127.0.0.1:7/b"), "http://127.0.0.1:7/b");
  EXPECT_TRUE(client.may(flow::code));
  EXPECT_FALSE(client.may(flow::implicit));
}

TEST(OauthClient, IsCheckedBeforeItIsRegistered) {
  const OauthClient good{.id = {},
                         .name = "Fotos für alle",
                         .redirect_uris = {"https://a.example/b"},
                         .flows = {"authorization_code", "refresh_token"}};
  EXPECT_TRUE(check_client(good));
  const auto field_of = [&](auto change) {
    auto client = good;
    change(client);
    const auto checked = check_client(client);
    return checked ? std::string() : checked.error().field;
  };
  EXPECT_EQ(field_of([](auto& client) { client.name.clear(); }), "name");
  EXPECT_EQ(field_of([](auto& client) { client.name = std::string(101, 'a'); }), "name");
  EXPECT_EQ(field_of([](auto& client) { client.name = "a\nb"; }), "name");
  EXPECT_EQ(field_of([](auto& client) {
              client.name =
                  "a\xe2\x80\xae"
                  "b";
            }),
            "name");
  EXPECT_EQ(field_of([](auto& client) { client.name = "a\xe2\x81\xa6"; }), "name");
  EXPECT_EQ(field_of([](auto& client) { client.name = "a \xe2\x80\x93 b"; }), "") << "a dash";
  EXPECT_EQ(field_of([](auto& client) { client.redirect_uris.clear(); }), "redirect_uris");
  EXPECT_EQ(field_of([](auto& client) { client.redirect_uris.assign(2, "https://a.example/b"); }), "redirect_uris");
  EXPECT_EQ(field_of([](auto& client) { client.redirect_uris.assign(21, "https://a.example/b"); }), "redirect_uris");
  EXPECT_EQ(field_of([](auto& client) { client.redirect_uris = {"javascript:alert(1)"}; }), "redirect_uris");
  EXPECT_EQ(field_of([](auto& client) { client.flows = {"password"}; }), "grant_types");
  EXPECT_EQ(field_of([](auto& client) { client.flows = {"refresh_token"}; }), "grant_types");
}

TEST(OauthScopes, AreSeparatedByBlanksOrCommas) {
  EXPECT_EQ(read_oauth_scopes(" task.read,task.write  user.read task.read").value(),
            (std::vector<std::string>{"task.read", "task.write", "user.read"}));
  EXPECT_TRUE(read_oauth_scopes("").value().empty());
  for (const auto* const bad : {"admin", "tasks", "task.read;task.write", "TASK.READ"}) {
    const auto read = read_oauth_scopes(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().field, "scope");
  }
  EXPECT_TRUE(covers({"task.read", "user.read"}, {"user.read"}));
  EXPECT_FALSE(covers({"task.read"}, {"task.read", "user.read"}));
}

/// RFC 7636, appendix B.
TEST(Pkce, IsMetByTheVerifierOfTheRfc) {
  const auto challenge = read_challenge(kChallenge, "S256").value();
  EXPECT_TRUE(challenge.is_met_by(kVerifier));
  EXPECT_FALSE(challenge.is_met_by(kChallenge));
  EXPECT_FALSE(challenge.is_met_by(""));
  EXPECT_FALSE(challenge.is_met_by(kVerifier + "a"));
}

TEST(Pkce, IsPlainUnlessItSaysOtherwise) {
  const auto challenge = read_challenge(kVerifier, std::nullopt).value();
  EXPECT_EQ(challenge.method, Challenge::Method::plain);
  EXPECT_TRUE(challenge.is_met_by(kVerifier));
  EXPECT_FALSE(challenge.is_met_by(kChallenge));
}

TEST(Pkce, CannotBeTakenOffOrPutOn) {
  EXPECT_TRUE(read_challenge(std::nullopt, std::nullopt)->is_met_by(""));
  EXPECT_FALSE(read_challenge(std::nullopt, std::nullopt)->is_met_by(kVerifier));
}

TEST(Pkce, RefusesWhatTheRfcDoesNotKnow) {
  EXPECT_EQ(read_challenge(std::nullopt, "S256").error().field, "code_challenge");
  EXPECT_EQ(read_challenge(kChallenge, "S512").error().field, "code_challenge_method");
  EXPECT_EQ(read_challenge("short", "S256").error().field, "code_challenge");
  EXPECT_EQ(read_challenge(std::string(129, 'a'), "plain").error().field, "code_challenge");
  EXPECT_EQ(read_challenge(kChallenge.substr(1) + "=", "S256").error().field, "code_challenge");
}

TEST(OauthTokens, AreReadAsTheyAreWritten) {
  SystemRandom random;
  const auto token = new_refresh_token(random);
  const auto read = read_refresh_token(token.text()).value();
  EXPECT_EQ(read.family, token.family);
  EXPECT_EQ(read.secret, token.secret);
  const auto next = next_refresh_token(token, random);
  EXPECT_EQ(next.family, token.family);
  EXPECT_NE(next.secret, token.secret);
  EXPECT_FALSE(read_refresh_token(token.text() + "a"));
  EXPECT_FALSE(read_refresh_token(token.text().substr(1)));
  EXPECT_FALSE(read_refresh_token(new_token(random)));
  EXPECT_NE(new_client_secret(random), new_client_secret(random));
  EXPECT_NE(new_authorization_code(random), new_authorization_code(random));
}

/// RFC 6749 2.3.1: both are form-encoded before they are put together.
TEST(BasicCredentials, AreFormDecoded) {
  const auto read = read_basic_credentials("basic YSUzQWI6cys0JTJC").value();  // a%3Ab:s+4%2B
  EXPECT_EQ(read.id, "a:b");
  EXPECT_EQ(read.secret, "s 4+");
  EXPECT_FALSE(read_basic_credentials("Bearer abc"));
  EXPECT_FALSE(read_basic_credentials("Basic !!!"));
  EXPECT_FALSE(read_basic_credentials("Basic YWJj"));  // no colon
  EXPECT_FALSE(read_basic_credentials(""));
}

TEST(Principal, WithAnAccessTokenGivesNothingAway) {
  Principal principal{.user = {}, .key = {}, .scopes = {}};
  EXPECT_TRUE(principal.require_own_key());
  principal.delegated = true;
  EXPECT_EQ(principal.require_own_key().error().code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace recast::account
