#include "storages/google_cloud_storage/tokens.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "base/text.hpp"
#include "storage/digest.hpp"
#include "storages/google_cloud_storage/answers.hpp"

namespace recast::storages::google {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kLife = 1h;        // the longest that is granted
constexpr std::chrono::seconds kClockSkew = 10s;  // ours may be ahead of theirs
constexpr std::chrono::seconds kMargin = 1min;
constexpr std::size_t kMostKept = 10'000;

struct FreeOpenSsl {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

/// Keys from JSON and from environment variables have "\n" where lines end.
std::string with_line_breaks(std::string_view text) {
  std::string pem;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escaped = text[at] == '\\' && at + 1 < text.size();
    if (escaped && (text[at + 1] == 'n' || text[at + 1] == 'r')) {
      if (text[++at] == 'n') pem += '\n';
    } else {
      pem += text[at];
    }
  }
  return pem;
}

/// OpenSSL would ask at the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) { return -1; }

std::unexpected<Error> unusable_key(std::string_view what) {
  ERR_clear_error();
  return fail(ErrorCode::invalid_credentials, fmt::format("the private_key {}", what), "private_key");
}

Result<Owned<EVP_PKEY>> key_of(std::string_view text) {
  const auto pem = with_line_breaks(text);
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr));
  if (!key) {
    return unusable_key(pem.contains("ENCRYPTED") ? "is encrypted" : "cannot be read: it has to be a key in PEM form");
  }
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return unusable_key("is not an RSA key");
  ERR_clear_error();
  return key;
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
Result<std::string> signature_of(EVP_PKEY* key, std::string_view text) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return unusable_key("cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) != 1)
    return unusable_key("cannot sign");
  signature.resize(size);
  return signature;
}

std::string to_base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string key_in_cache(const Account& account) {
  std::string all;
  for (const auto* const one : {&account.email, &account.key, &account.scope, &account.audience}) all += *one + '\0';
  return storage::sha256(all);
}

}  // namespace

Result<std::string> assertion_of(const Account& account, std::chrono::system_clock::time_point now) {
  RECAST_TRY(const auto key, key_of(account.key));
  const auto begin = std::chrono::system_clock::to_time_t(now - kClockSkew);
  const json::object claims{{"iss", account.email},
                            {"scope", account.scope},
                            {"aud", account.audience},
                            {"iat", begin},
                            {"exp", begin + kLife.count()}};
  const auto text =
      fmt::format("{}.{}", to_base64url(R"({"alg":"RS256","typ":"JWT"})"), to_base64url(json::serialize(claims)));
  RECAST_TRY(const auto signature, signature_of(key.get(), text));
  return fmt::format("{}.{}", text, to_base64url(signature));
}

Result<Token> token_of(const net::Answer& answer) {
  const bool granted = answer.status >= 200 && answer.status < 300;
  if (!granted) {
    auto error = meaning_of(fault_of(answer), answer.status);
    // A refusal is mostly a 400: "Invalid JWT Signature. (Code: invalid_grant)".
    if (answer.status >= 400 && answer.status < 500 && answer.status != 404 && answer.status != 408 &&
        answer.status != 429) {
      error.code = ErrorCode::invalid_credentials;
    }
    return std::unexpected(std::move(error));
  }
  auto token = granted_token(answer.body);
  if (!token) return fail(ErrorCode::unavailable, "no access token was granted");
  return Token{std::move(token->text), std::chrono::seconds(token->seconds)};
}

std::optional<std::string> Tokens::find(const std::string& key, Time now) const {
  return kept_.with([&](const auto& kept) -> std::optional<std::string> {
    const auto found = kept.find(key);
    if (found == kept.end() || found->second.until <= now) return std::nullopt;
    return found->second.text;
  });
}

void Tokens::keep(const std::string& key, const Token& token, Time now) {
  kept_.with([&](auto& kept) {
    std::erase_if(kept, [&](const auto& one) { return one.second.until <= now; });
    if (kept.size() < kMostKept || kept.contains(key)) kept[key] = {token.text, now + token.life - kMargin};
  });
}

void Tokens::drop(const std::string& key) {
  kept_.with([&](auto& kept) { kept.erase(key); });
}

Login::Login(const storage::Http& http, Tokens& tokens, Account account, bool trusted)
    : http_(http), tokens_(tokens), account_(std::move(account)), key_(key_in_cache(account_)), trusted_(trusted) {}

Result<std::string> Login::token() {
  const std::lock_guard lock(granting_);
  if (auto known = tokens_.find(key_, std::chrono::steady_clock::now())) return std::move(*known);
  RECAST_TRY(const auto answer, http_.ask([&]() -> Result<net::Call> {
    RECAST_TRY(const auto assertion, assertion_of(account_, std::chrono::system_clock::now()));
    net::Call call;
    call.method = "POST";
    call.url = account_.audience;
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion;
    call.trusted = trusted_;
    return call;
  }));
  RECAST_TRY(auto token, token_of(answer));
  tokens_.keep(key_, token, std::chrono::steady_clock::now());
  return std::move(token.text);
}

void Login::forget() { tokens_.drop(key_); }

}  // namespace recast::storages::google
