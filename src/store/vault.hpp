#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace recast::store {

/// Seals what must not rest in the clear: XChaCha20-Poly1305 (libsodium) with the keys of a file beside the database,
/// mode 0600, made at the first start. Without that file a copy of the database tells no secret. Safe from many
/// threads.
class Vault {
 public:
  /// internal if the file is there but cannot be read or is no key file: a new key would make what is sealed
  /// unreadable.
  static Result<Vault> open(const std::filesystem::path& file, Random& random);

  /// Text for a column; never empty.
  std::string seal(std::string_view secret) const;
  /// The way back; internal if it was not sealed by one of the keys, or changed since.
  Result<std::string> unseal(std::string_view sealed) const;

  /// From now on a new key seals; the others still open. Durable when it returns.
  Result<> add_key();
  /// Forgets all keys but the one that seals.
  Result<> drop_old_keys();

 private:
  static constexpr std::size_t kKeyBytes = 32;
  struct Key {
    std::string id;
    std::array<unsigned char, kKeyBytes> bytes{};
  };
  Vault(std::filesystem::path file, Random& random, std::vector<Key> keys);
  static Key new_key(Random& random);
  static Result<> write(const std::filesystem::path& file, const std::vector<Key>& keys);

  std::filesystem::path file_;
  Random* random_;
  std::unique_ptr<Guarded<std::vector<Key>>> keys_;  ///< the one that seals first; apart, so that a vault can move
};

}  // namespace recast::store
