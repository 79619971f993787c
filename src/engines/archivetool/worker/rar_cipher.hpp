#pragma once

#include <nettle/aes.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// How RAR archives are encrypted: keys from passwords, and AES in the mode CBC.
namespace recast::engines::archivetool::rar {

constexpr std::size_t kCipherBlock = 16;

/// Decrypts one stream, piece by piece.
class Cipher {
 public:
  /// Of RAR 3 and 4: AES-128. `salt` has 8 bytes or none. Takes about 0.1 s.
  static Cipher of_rar4(std::string_view password, std::string_view salt);
  /// Of RAR 5: AES-256. `key` has 32 bytes, `start` 16.
  static Cipher of_rar5(std::string_view key, std::string_view start);

  /// In place; the length is a multiple of kCipherBlock.
  void decrypt(std::span<char> bytes);

 private:
  std::variant<aes128_ctx, aes256_ctx> key_;
  std::array<std::uint8_t, kCipherBlock> chain_{};
};

/// What RAR 5 makes of a password, a salt of 16 bytes and 2^`rounds` repetitions.
struct Keys {
  std::string cipher;  ///< 32 bytes
  std::string sums;    ///< for check sums that do not give their content away
  std::string proof;   ///< 8 bytes that tell a wrong password
  static Keys make(std::string_view password, std::string_view salt, unsigned rounds);
};

/// Whether 12 bytes that an archive holds are those of these keys; also if they are damaged, for then they prove
/// nothing.
bool may_be_right(const Keys& keys, std::string_view check);

/// What stands for the CRC32 of content in an archive whose sums do not give it away.
std::uint32_t hidden_sum(const Keys& keys, std::uint32_t crc);

}  // namespace recast::engines::archivetool::rar
