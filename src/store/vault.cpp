#include "store/vault.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/utils.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/io.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::store {

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kIdBytes = 4;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

/// The bytes that pairs of hexadecimal digits are.
std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  std::size_t size = 0;
  const int wrong = sodium_hex2bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr);
  if (wrong != 0 || size * 2 != text.size()) return std::nullopt;
  return bytes;
}

}  // namespace

Vault::Vault(std::filesystem::path file, Random& random, std::vector<Key> keys)
    : file_(std::move(file)), random_(&random), keys_(std::make_unique<Guarded<std::vector<Key>>>(std::move(keys))) {}

Vault::Key Vault::new_key(Random& random) {
  Key key{.id = to_hex(random_bytes(random, kIdBytes)), .bytes = {}};
  random.fill(std::as_writable_bytes(std::span(key.bytes)));
  return key;
}

Result<Vault> Vault::open(const std::filesystem::path& file, Random& random) {
  static_assert(kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  std::vector<Key> keys;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    keys.push_back(new_key(random));
    RECAST_CHECK(write(file, keys));
    return Vault(file, random, std::move(keys));
  }
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (trim(line).empty() || line.starts_with('#')) continue;
    const auto words = split(trim(line), ' ');
    const auto bytes = words.size() == 2 ? from_hex(words[1]) : std::nullopt;
    if (!bytes || bytes->size() != kKeyBytes) {
      return fail(ErrorCode::internal, fmt::format("{} is not a key file", file.string()));
    }
    Key key{.id = std::string(words[0]), .bytes = {}};
    std::ranges::copy(*bytes, key.bytes.begin());
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return fail(ErrorCode::internal, fmt::format("{} has no key or cannot be read", file.string()));
  return Vault(file, random, std::move(keys));
}

Result<> Vault::write(const std::filesystem::path& file, const std::vector<Key>& keys) {
  std::string text =
      "# Keys of the secrets in Recast's database: the first one seals. Keep it, and keep it from others;\n"
      "# \"recast secrets rotate\" makes a new one.\n";
  for (const auto& key : keys) {
    text += fmt::format("{} {}\n", key.id, to_hex({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}));
  }
  auto fresh = file;
  fresh += ".new";
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return std::unexpected(from_errno(errno, fresh.string()));
  const int error = write_all(fd.get(), text);
  sodium_memzero(text.data(), text.size());
  if (error != 0) return std::unexpected(from_errno(error, fresh.string()));
  const UniqueFd folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::fsync(fd.get()) != 0 || ::rename(fresh.c_str(), file.c_str()) != 0 || ::fsync(folder.get()) != 0)
    return std::unexpected(from_errno(errno, file.string()));
  return {};
}

std::string Vault::seal(std::string_view secret) const {
  const auto key = keys_->with([](const auto& keys) { return keys.front(); });
  auto sealed = random_bytes(*random_, kNonce);
  sealed.resize(kNonce + secret.size() + kTag);
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kNonce, &size, bytes_of(secret), secret.size(),
                                             bytes_of(key.id), key.id.size(), nullptr, bytes_of(sealed),
                                             key.bytes.data());
  return fmt::format("{}:{}", key.id, to_base64(sealed));
}

Result<std::string> Vault::unseal(std::string_view sealed) const {
  const auto colon = sealed.find(':');
  const auto id = sealed.substr(0, colon);
  const auto key = keys_->with([&](const auto& keys) {
    const auto found = std::ranges::find(keys, id, &Key::id);
    return found == keys.end() ? std::optional<Key>() : std::optional(*found);
  });
  const auto bytes = colon == std::string_view::npos ? std::nullopt : from_base64(sealed.substr(colon + 1));
  if (!key || !bytes || bytes->size() < kNonce + kTag)
    return fail(ErrorCode::internal, "a secret was sealed with a key that is not in the key file");
  std::string secret(bytes->size() - kNonce - kTag, '\0');
  unsigned long long size = 0;
  const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(secret), &size, nullptr, bytes_of(std::string_view(*bytes)) + kNonce, bytes->size() - kNonce,
      bytes_of(key->id), key->id.size(), bytes_of(std::string_view(*bytes)), key->bytes.data());
  if (wrong != 0) return fail(ErrorCode::internal, "a sealed secret is damaged");
  return secret;
}

Result<> Vault::add_key() {
  auto keys = keys_->with([](const auto& known) { return known; });
  keys.insert(keys.begin(), new_key(*random_));
  RECAST_CHECK(write(file_, keys));
  keys_->with([&](auto& known) { known = std::move(keys); });
  return {};
}

Result<> Vault::drop_old_keys() {
  auto keys = keys_->with([](const auto& known) { return known; });
  keys.resize(1);
  RECAST_CHECK(write(file_, keys));
  keys_->with([&](auto& known) { known = std::move(keys); });
  return {};
}

}  // namespace recast::store
