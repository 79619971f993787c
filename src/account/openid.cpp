#include "account/openid.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <memory>
#include <optional>

#include "base/text.hpp"

namespace recast::account {

namespace {

constexpr std::int64_t kTolerance = 60;  // seconds that clocks may differ by
constexpr std::size_t kLongestToken = 64 << 10;
constexpr std::size_t kCoordinate = 32;  // bytes of one of P-256
constexpr std::size_t kLeastModulus = 256;  // bytes: 2048 bits (RFC 7518 3.3)

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key make_key(const char* type, OSSL_PARAM* parameters) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    return nullptr;
  return Key(key);
}

std::string decoded(const json::object& key, std::string_view name) {
  return from_base64(claim(key, name)).value_or(std::string());
}

Key rsa_key(const json::object& from) {  // RFC 7518 6.3
  const auto n = decoded(from, "n"), e = decoded(from, "e");
  if (n.size() < kLeastModulus || n.size() > 4 * kLeastModulus || e.empty() || e.size() > 8) return nullptr;
  const auto modulus = number_of(n), exponent = number_of(e);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return make_key("RSA", parameters.get());
}

Key ec_key(const json::object& from) {  // RFC 7518 6.2
  const auto x = decoded(from, "x"), y = decoded(from, "y");
  if (claim(from, "crv") != "P-256" || x.size() != kCoordinate || y.size() != kCoordinate) return nullptr;
  const std::string point = "\x04" + x + y;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return make_key("EC", parameters.get());
}

/// r and s one behind the other (RFC 7518 3.4) as OpenSSL wants them; empty if they are not.
std::string der_signature(std::string_view raw) {
  if (raw.size() != 2 * kCoordinate) return {};
  const Signature signature(ECDSA_SIG_new());
  auto r = number_of(raw.substr(0, kCoordinate)), s = number_of(raw.substr(kCoordinate));
  ECDSA_SIG_set0(signature.get(), r.release(), s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(length, 0)));
  OPENSSL_free(der);
  return out;
}

bool is_signed(std::string_view text, std::string_view signature, EVP_PKEY* key) {
  const Digest digest(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(digest.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::optional<json::object> object_of(std::string_view encoded) {
  const auto text = from_base64(encoded);
  if (!text) return std::nullopt;
  boost::system::error_code error;
  auto value = json::parse(*text, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::unexpected<Error> untrusted(std::string_view why) {
  return fail(ErrorCode::forbidden, fmt::format("The provider's ID token is not good: {}.", why));
}

bool may_sign(const json::object& key, std::string_view algorithm, std::string_view name) {
  const auto type = algorithm == "RS256" ? "RSA" : "EC";
  const auto use = claim(key, "use"), fixed = claim(key, "alg");
  return claim(key, "kty") == type && (use.empty() || use == "sig") && (fixed.empty() || fixed == algorithm) &&
         (name.empty() || claim(key, "kid") == name);
}

Result<> check_signature(const json::object& header, std::string_view text, const std::string& signature,
                         const json::array& keys) {
  const auto algorithm = claim(header, "alg"), name = claim(header, "kid");
  // Never "none", and never one whose secret everybody has: a public key used as that of an HMAC.
  if (algorithm != "RS256" && algorithm != "ES256") return untrusted("it is signed neither by RS256 nor by ES256");
  if (header.contains("crit")) return untrusted("it has extensions that are not known");  // RFC 7515 4.1.11
  bool found = false;
  for (const auto& one : keys) {
    const auto* const key = one.if_object();
    if (key == nullptr || !may_sign(*key, algorithm, name)) continue;
    found = true;
    const auto made = algorithm == "RS256" ? rsa_key(*key) : ec_key(*key);
    if (made && is_signed(text, algorithm == "RS256" ? signature : der_signature(signature), made.get())) return {};
  }
  if (!found) return fail(ErrorCode::not_found, "The provider has no such key.");
  return untrusted("its signature is wrong");
}

std::optional<std::int64_t> seconds_in(const json::object& claims, std::string_view name) {
  const auto* const value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto seconds = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(seconds);
}

Result<> check_claims(const json::object& claims, const TokenExpectation& expected) {
  const auto now = to_seconds(expected.now);
  const auto expires = seconds_in(claims, "exp"), issued = seconds_in(claims, "iat");
  const auto* const audience = claims.if_contains("aud");
  const bool many = audience != nullptr && audience->is_array() && audience->get_array().size() > 1;
  const auto party = claim(claims, "azp");
  if (claim(claims, "iss") != expected.issuer) return untrusted("it is of another issuer");
  if (!claim_holds(claims, "aud", expected.client_id)) return untrusted("it is for another program");
  if ((many || !party.empty()) && party != expected.client_id) return untrusted("it was given to another program");
  if (!expires || *expires <= now - kTolerance) return untrusted("its time is over");
  if (!issued || *issued > now + kTolerance) return untrusted("it is not of this time");
  if (expected.nonce.empty() || claim(claims, "nonce") != expected.nonce)
    return untrusted("it does not belong to this log-in");
  if (claim(claims, "sub").empty()) return untrusted("it names nobody");
  return {};
}

}  // namespace

std::string base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  std::erase(text, '=');
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string pkce_challenge(std::string_view verifier) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes_of(verifier), verifier.size());
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<json::object> check_id_token(std::string_view token, const json::array& keys,
                                    const TokenExpectation& expected) {
  const auto parts = split(token, '.');
  if (token.size() > kLongestToken || parts.size() != 3) return untrusted("it is no signed token");
  const auto header = object_of(parts[0]);
  auto claims = object_of(parts[1]);
  const auto signature = from_base64(parts[2]);
  if (!header || !claims || !signature) return untrusted("it is no signed token");
  RECAST_CHECK(check_signature(*header, token.substr(0, parts[0].size() + 1 + parts[1].size()), *signature, keys));
  RECAST_CHECK(check_claims(*claims, expected));
  return *std::move(claims);
}

std::string claim(const json::object& claims, std::string_view name) {
  const auto* const value = claims.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool claim_holds(const json::object& claims, std::string_view name, std::string_view value) {
  const auto* const found = claims.if_contains(name);
  if (found == nullptr) return false;
  const auto is_it = [value](const json::value& one) { return one.is_string() && one.get_string() == value; };
  if (const auto* const list = found->if_array()) return std::ranges::any_of(*list, is_it);
  return is_it(*found);
}

std::string verified_email(const json::object& claims) {
  const auto* const verified = claims.if_contains("email_verified");
  const auto email = claim(claims, "email");
  const bool good = verified != nullptr && verified->is_bool() && verified->get_bool();
  return good && check_email(email) ? email : std::string();
}

NewAccount account_from(const json::object& claims) {
  constexpr std::size_t kLongest = 50;  // a number may follow
  const auto email = verified_email(claims);
  auto name = claim(claims, "preferred_username");
  if (name.empty()) name = email;
  std::string plain;
  for (const char c : name.substr(0, name.find('@'))) {
    if (check_username(plain + c) && plain.size() < kLongest) plain += c;
  }
  return {.username = plain.empty() ? "user" : plain, .email = email};
}

}  // namespace recast::account
