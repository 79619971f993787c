#include "account/openid.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <boost/json/serialize.hpp>
#include <memory>
#include <vector>

#include "account/signing.hpp"

namespace recast::account {
namespace {

const TokenExpectation kExpected{.issuer = "https://id.example.org",
                                 .client_id = "recast",
                                 .nonce = "the nonce",
                                 .now = Time(std::chrono::seconds(1'000'000))};

std::string number_of(EVP_PKEY* key, const char* name, int width = 0) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(number)), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  return base64url(bytes);
}

/// A provider with real keys.
class Provider {
 public:
  static Provider rsa(unsigned bits = 2048) { return Provider(EVP_RSA_gen(bits), "RS256"); }
  static Provider ec() { return Provider(EVP_EC_gen("P-256"), "ES256"); }

  json::object key(std::string_view name = "one") const {
    json::object out{{"kid", name}, {"use", "sig"}};
    if (algorithm_ == "RS256") {
      out["kty"] = "RSA";
      out["n"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N);
      out["e"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E);
    } else {
      out["kty"] = "EC";
      out["crv"] = "P-256";
      out["x"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32);
      out["y"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    }
    return out;
  }
  std::string token(const json::object& claims, json::object header = {}) const {
    if (!header.contains("alg")) header["alg"] = algorithm_;
    if (!header.contains("kid")) header["kid"] = "one";
    const auto text = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    return text + "." + base64url(sign(text));
  }

 private:
  Provider(EVP_PKEY* key, std::string algorithm) : key_(key, &EVP_PKEY_free), algorithm_(std::move(algorithm)) {}

  std::string sign(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::string out(1024, '\0');
    std::size_t length = out.size();
    EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(out.data()), &length, bytes, text.size());
    out.resize(length);
    return algorithm_ == "RS256" ? out : raw(out);
  }
  static std::string raw(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    auto* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), reinterpret_cast<unsigned char*>(out.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
    ECDSA_SIG_free(signature);
    return out;
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::string algorithm_;
};

json::object good_claims() {
  return {{"iss", kExpected.issuer}, {"aud", "recast"}, {"sub", "1"},
          {"nonce", "the nonce"},    {"iat", 999'990},  {"exp", 1'000'100}};
}

std::string fault(const Provider& provider, const std::string& token) {
  const auto checked = check_id_token(token, {provider.key()}, kExpected);
  return checked ? std::string() : checked.error().message;
}

TEST(IdToken, IsGoodWithEitherAlgorithm) {
  for (const auto& provider : {Provider::rsa(), Provider::ec()}) {
    const auto claims = check_id_token(provider.token(good_claims()), {provider.key()}, kExpected);
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claim(*claims, "sub"), "1");
  }
}

TEST(IdToken, OfAnotherKeyIsRefused) {
  for (const bool is_rsa : {true, false}) {
    const auto ours = is_rsa ? Provider::rsa() : Provider::ec(), other = is_rsa ? Provider::rsa() : Provider::ec();
    EXPECT_NE(fault(ours, other.token(good_claims())).find("signature is wrong"), std::string::npos);
    auto changed = ours.token(good_claims());
    const auto middle = changed.find('.') + 5;
    changed[middle] = changed[middle] == 'A' ? 'B' : 'A';
    EXPECT_NE(fault(ours, changed), "");
  }
}

TEST(IdToken, NeedsAKeyOfItsName) {
  const auto provider = Provider::ec();
  const auto token = provider.token(good_claims(), {{"kid", "two"}});
  EXPECT_EQ(check_id_token(token, {provider.key("one")}, kExpected).error().code, ErrorCode::not_found);
  EXPECT_TRUE(check_id_token(token, {provider.key("one"), provider.key("two")}, kExpected));
  auto encryption = provider.key("two");
  encryption["use"] = "enc";
  EXPECT_FALSE(check_id_token(token, {encryption}, kExpected));
}

TEST(IdToken, IsNeverUnsignedOrSignedWithWhatIsPublic) {
  const auto provider = Provider::rsa();
  for (const auto* const algorithm : {"none", "None", "HS256", "RS384", ""}) {
    const auto token = provider.token(good_claims(), {{"alg", algorithm}});
    EXPECT_NE(fault(provider, token).find("neither by RS256"), std::string::npos) << algorithm;
  }
  EXPECT_NE(fault(provider, provider.token(good_claims(), {{"alg", "ES256"}})), "");  // no such key
  EXPECT_NE(fault(provider, provider.token(good_claims(), {{"crit", json::array{"b64"}}})), "");
  const auto token = provider.token(good_claims());
  EXPECT_NE(fault(provider, token.substr(0, token.rfind('.') + 1)), "");
}

TEST(IdToken, WithAShortKeyIsRefused) {
  const auto provider = Provider::rsa(1024);
  EXPECT_NE(fault(provider, provider.token(good_claims())), "");
}

TEST(IdToken, IsHeldAgainstWhatIsExpected) {
  const auto provider = Provider::ec();
  const auto with = [&](std::string_view name, json::value value) {
    auto claims = good_claims();
    claims[name] = std::move(value);
    return fault(provider, provider.token(claims));
  };
  EXPECT_NE(with("iss", "https://id.example.org/").find("another issuer"), std::string::npos);
  EXPECT_NE(with("aud", "other").find("another program"), std::string::npos);
  EXPECT_NE(with("aud", json::array{"recast", "other"}).find("given to another"), std::string::npos);
  EXPECT_EQ(with("aud", json::array{"recast"}), "");
  EXPECT_NE(with("azp", "other").find("given to another"), std::string::npos);
  EXPECT_EQ(with("azp", "recast"), "");
  EXPECT_NE(with("nonce", "another").find("this log-in"), std::string::npos);
  EXPECT_NE(with("nonce", nullptr).find("this log-in"), std::string::npos);
  EXPECT_EQ(with("exp", 999'941), "");  // clocks differ
  EXPECT_NE(with("exp", 999'940).find("time is over"), std::string::npos);
  EXPECT_NE(with("exp", "soon").find("time is over"), std::string::npos);
  EXPECT_NE(with("iat", 1'000'061).find("not of this time"), std::string::npos);
  EXPECT_NE(with("sub", "").find("names nobody"), std::string::npos);
}

TEST(IdToken, MayBeAnything) {
  const auto provider = Provider::ec();
  for (const std::string& token : {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
                                   std::string("e30.e30.e30"), std::string(100'000, '.')})
    EXPECT_NE(fault(provider, token), "") << token.substr(0, 20);
}

TEST(Pkce, ChallengeIsThatOfRfc7636) {  // appendix B
  EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(OpenIdClaims, SayWhoSomebodyIs) {
  EXPECT_TRUE(claim_holds({{"groups", json::array{"a", "admins"}}}, "groups", "admins"));
  EXPECT_TRUE(claim_holds({{"role", "admins"}}, "role", "admins"));
  EXPECT_FALSE(claim_holds({{"role", true}}, "role", "true"));
  EXPECT_FALSE(claim_holds({}, "role", ""));
  EXPECT_EQ(verified_email({{"email", "a@b"}, {"email_verified", true}}), "a@b");
  EXPECT_EQ(verified_email({{"email", "a@b"}, {"email_verified", "true"}}), "");
  EXPECT_EQ(verified_email({{"email", "a@b"}}), "");
}

TEST(OpenIdClaims, GiveANewAccountAName) {
  const json::object mail{{"email", "ann.x@example.org"}, {"email_verified", true}};
  EXPECT_EQ(account_from(mail).username, "ann.x");
  EXPECT_EQ(account_from(mail).email, "ann.x@example.org");
  EXPECT_EQ(account_from({{"preferred_username", "_Änn <b> Lee"}}).username, "nnbLee");
  EXPECT_EQ(account_from({{"preferred_username", "ann@corp"}}).username, "ann");
  EXPECT_EQ(account_from({{"email", "root@example.org"}}).username, "user");  // not verified
  EXPECT_EQ(account_from({{"preferred_username", std::string(200, 'a')}}).username, std::string(50, 'a'));
}

}  // namespace
}  // namespace recast::account
