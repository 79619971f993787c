#include "storages/google_cloud_storage/tokens.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "storages/google_cloud_storage/key_fixture.hpp"

namespace recast::storages::google {
namespace {

using namespace std::chrono_literals;

constexpr auto kNow = std::chrono::sys_days(std::chrono::January / 5 / 2026) + 10h + 10s;

Account account(std::string key) {
  return {"conv@acme-files.iam.gserviceaccount.com", std::move(key),
          "https://www.googleapis.com/auth/devstorage.read_only", "https://oauth2.googleapis.com/token"};
}

bool is_signed_by(const TestKey& key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto bytes = [](std::string_view one) { return reinterpret_cast<const unsigned char*>(one.data()); };
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

TEST(Assertion, IsAClaimSignedByTheKey) {
  const auto text = assertion_of(account(TestKey::rsa().pkcs8()), kNow);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->find_first_of("=+/"), std::string::npos);
  const auto parts = split(*text, '.');
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(from_base64(parts[0]).value(), R"({"alg":"RS256","typ":"JWT"})");
  EXPECT_EQ(from_base64(parts[1]).value(),
            R"({"iss":"conv@acme-files.iam.gserviceaccount.com",)"
            R"("scope":"https://www.googleapis.com/auth/devstorage.read_only",)"
            R"("aud":"https://oauth2.googleapis.com/token","iat":1767607200,"exp":1767610800})");
  const auto signed_text = std::string_view(*text).substr(0, text->rfind('.'));
  EXPECT_TRUE(is_signed_by(TestKey::rsa(), signed_text, from_base64(parts[2]).value()));
  EXPECT_FALSE(is_signed_by(TestKey::rsa(), "other", from_base64(parts[2]).value()));
}

TEST(Assertion, TakesKeysAsTheyArePasted) {
  const auto& key = TestKey::rsa();
  const auto expected = assertion_of(account(key.pkcs8()), kNow).value();
  EXPECT_EQ(assertion_of(account(key.pkcs1()), kNow).value(), expected);
  EXPECT_EQ(assertion_of(account(replaced(key.pkcs8(), "\n", "\\n")), kNow).value(), expected);
  EXPECT_EQ(assertion_of(account(replaced(key.pkcs8(), "\n", "\r\n")), kNow).value(), expected);
  EXPECT_EQ(assertion_of(account(replaced(key.pkcs8(), "\n", "\\r\\n")), kNow).value(), expected);
}

TEST(Assertion, SaysWhyAKeyCannotBeUsed) {
  const TestKey curve(EVP_EC_gen("P-256"));
  const std::pair<std::string, const char*> rows[] = {
      {"some-private-key", "the private_key cannot be read: it has to be a key in PEM form"},
      {"", "the private_key cannot be read: it has to be a key in PEM form"},
      {"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
       "the private_key cannot be read: it has to be a key in PEM form"},
      {TestKey::rsa().pkcs8("secret"), "the private_key is encrypted"},
      {curve.pkcs8(), "the private_key is not an RSA key"}};
  for (const auto& [key, message] : rows) {
    const auto text = assertion_of(account(key), kNow);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::invalid_credentials);
    EXPECT_EQ(text.error().message, message);
  }
}

TEST(Grant, BringsATokenAndItsLife) {
  const auto token = token_of({200, {}, R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})"});
  ASSERT_TRUE(token);
  EXPECT_EQ(token->text, "ya29.x");
  EXPECT_EQ(token->life, 3599s);
  for (const auto* const body :
       {"", "{}", "[]", R"({"access_token":"a\r\nX: y","expires_in":1})", R"({"access_token":7})"})
    EXPECT_EQ(token_of({200, {}, body}).error().code, ErrorCode::unavailable) << body;
}

TEST(Grant, IsRefusedInTheWordsOfTheStore) {
  const auto bad = token_of({400, {}, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(bad.error().message, "Invalid JWT Signature. (Code: invalid_grant)");
  EXPECT_EQ(token_of({401, {}, R"({"error":"invalid_client"})"}).error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(token_of({503, {}, ""}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(token_of({429, {}, ""}).error().code, ErrorCode::unavailable);
}

TEST(Tokens, AreKeptUntilAMinuteBeforeTheirEnd) {
  Tokens tokens;
  const Tokens::Time begin(1000s);
  tokens.keep("a", {"one", 3600s}, begin);
  tokens.keep("b", {"two", 30s}, begin);
  EXPECT_EQ(tokens.find("a", begin + 3539s), "one");
  EXPECT_EQ(tokens.find("a", begin + 3540s), std::nullopt);
  EXPECT_EQ(tokens.find("b", begin), std::nullopt);
  EXPECT_EQ(tokens.find("c", begin), std::nullopt);
  tokens.drop("a");
  EXPECT_EQ(tokens.find("a", begin), std::nullopt);
}

}  // namespace
}  // namespace recast::storages::google
