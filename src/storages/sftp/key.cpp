#include "storages/sftp/key.hpp"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/text.hpp"
#include "storages/sftp/packets.hpp"

namespace recast::storages::sftp {

namespace {

constexpr std::size_t kLongestKey = 64 << 10;
// What guards the key of a password costs our time: far more than any program writes by itself.
constexpr std::uint32_t kMostRounds = 1024;
constexpr long kMostIterations = 10'000'000;

std::unexpected<Error> refused(std::string text) { return fail(ErrorCode::invalid_credentials, std::move(text)); }

/// What stands between the lines of a PEM text, decoded.
std::string content_of(std::string_view pem, std::string_view label) {
  const auto begin_line = "-----BEGIN " + std::string(label) + "-----";
  const auto begin = pem.find(begin_line);
  const auto end = pem.find("-----END ", begin == std::string_view::npos ? 0 : begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  const auto from = begin + begin_line.size();
  return from_base64(pem.substr(from, end - from)).value_or("");
}

/// Of a key in OpenSSH's form; 0 if it is not encrypted.
std::uint32_t bcrypt_rounds(std::string_view pem) {
  constexpr std::string_view kMagic("openssh-key-v1\0", 15);
  const auto content = content_of(pem, "OPENSSH PRIVATE KEY");
  if (!std::string_view(content).starts_with(kMagic)) return 0;
  Reader reader(std::string_view(content).substr(kMagic.size()));
  reader.text();  // the cipher
  if (reader.text() != "bcrypt") return 0;
  Reader options(reader.text());
  options.text();  // salt
  return options.number();
}

/// Of an encrypted key in PKCS #8; 0 where it is guarded in another way than by PBKDF2.
long pbkdf2_iterations(std::string_view pem) {
  const auto content = content_of(pem, "ENCRYPTED PRIVATE KEY");
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());  // NOLINT: OpenSSL's type
  const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> encrypted(
      d2i_X509_SIG(nullptr, &bytes, static_cast<long>(content.size())), &X509_SIG_free);
  if (!encrypted) return 0;
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
  const std::unique_ptr<PBE2PARAM, decltype(&PBE2PARAM_free)> scheme(
      static_cast<PBE2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter)),
      &PBE2PARAM_free);
  if (!scheme) return 0;
  const std::unique_ptr<PBKDF2PARAM, decltype(&PBKDF2PARAM_free)> guard(
      static_cast<PBKDF2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), scheme->keyfunc->parameter)),
      &PBKDF2PARAM_free);
  if (!guard) return 0;
  const auto iterations = ASN1_INTEGER_get(guard->iter);
  return iterations < 0 ? kMostIterations + 1 : iterations;
}

}  // namespace

std::string tidy_key(std::string_view text) {
  std::string tidy;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = text.substr(at);
    if (rest.starts_with("\\r\\n")) {
      tidy += '\n';
      at += 3;
    } else if (rest.starts_with("\\n")) {
      tidy += '\n';
      ++at;
    } else if (rest.front() != '\r') {
      tidy += rest.front();
    }
  }
  return std::string(trim(tidy)) + '\n';
}

Result<KeyHandle> read_key(std::string_view text, const std::string& passphrase) {
  if (text.size() > kLongestKey || text.find('\0') != std::string_view::npos)
    return refused("the private key cannot be read");
  const auto pem = tidy_key(text);
  if (pem.starts_with("PuTTY-User-Key-File"))
    return refused("the private key is in PuTTY's form; PuTTYgen exports it in OpenSSH's");
  if (pem.starts_with("ssh-") || pem.starts_with("ecdsa-") || pem.find("BEGIN PUBLIC KEY") != std::string::npos ||
      pem.find("BEGIN SSH2 PUBLIC KEY") != std::string::npos)
    return refused("this is a public key, not a private one");
  const auto rounds = bcrypt_rounds(pem);
  const bool encrypted = rounds > 0 || pem.find("ENCRYPTED") != std::string::npos;
  if (rounds > kMostRounds || pbkdf2_iterations(pem) > kMostIterations)
    return refused("the passphrase of the private key is guarded by too many rounds");
  ssh_key key = nullptr;
  // Never without a passphrase: OpenSSL would ask the terminal for it.
  if (ssh_pki_import_privkey_base64(pem.c_str(), passphrase.c_str(), nullptr, nullptr, &key) != SSH_OK) {
    if (!encrypted) return refused("the private key cannot be read");
    return refused(passphrase.empty() ? "the private key is encrypted; its passphrase has to be given as the password"
                                      : "the private key cannot be read with the password as its passphrase");
  }
  return KeyHandle(key);
}

}  // namespace recast::storages::sftp
