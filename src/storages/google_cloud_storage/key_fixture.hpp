#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

/// Keys for tests, made when they are needed: a private key in the source would look like one that was lost.
namespace recast::storages::google {

class TestKey {
 public:
  explicit TestKey(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) {}
  /// One for the whole program; making it takes a moment.
  static const TestKey& rsa() {
    static const TestKey key(EVP_RSA_gen(2048));
    return key;
  }

  EVP_PKEY* get() const { return key_.get(); }
  std::string pkcs8(const char* password = nullptr) const {
    return written([&](BIO* bio) {
      PEM_write_bio_PKCS8PrivateKey(
          bio, key_.get(), password == nullptr ? nullptr : EVP_aes_128_cbc(), password,
          password == nullptr ? 0 : static_cast<int>(std::char_traits<char>::length(password)), nullptr, nullptr);
    });
  }
  std::string pkcs1() const {
    return written([&](BIO* bio) {
      PEM_write_bio_PrivateKey_traditional(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

 private:
  template <class Write>
  static std::string written(const Write& write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    write(bio.get());
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace recast::storages::google
