#include <utility>

#include "engines/archivetool/worker/plain_rar.hpp"

namespace recast::engines::archivetool {

namespace {

// Of every header: sum (2 bytes), type (1), flags (2), size (2).
constexpr std::size_t kFlags = 3, kSize = 5, kHead = 7, kSalt = 8;
constexpr unsigned kMain = 0x73, kFile = 0x74, kService = 0x7a, kEnd = 0x7b;
constexpr unsigned kHeadersEncrypted = 0x80, kHasData = 0x8000;
// Of a file's header, behind that.
constexpr std::size_t kPacked = 7, kUnpacked = 11, kSum = 16, kVersion = 24, kMethod = 25, kNameSize = 26, kLarge = 32;
constexpr unsigned kParted = 0x3, kDataEncrypted = 0x4, kIsLarge = 0x100, kHasSalt = 0x400;
constexpr unsigned kStored = 0x30, kFirstWithAes = 29;

std::size_t whole_blocks(std::size_t size) {
  return (size + rar::kCipherBlock - 1) / rar::kCipherBlock * rar::kCipherBlock;
}

/// RAR 2.9 to 4.x. https://www.rarlab.com describes the headers in the documentation of its older versions.
class PlainRar4 final : public PlainRar {
 public:
  PlainRar4(int fd, std::string password) : PlainRar(fd, std::move(password)) {}

 private:
  Result<std::string> header(Data& data, bool& end) override {
    RECAST_TRY(auto bytes, headers_encrypted_ ? encrypted_header() : clear_header());
    if (bytes.empty()) {  // nothing follows: an archive needs no mark at its end
      end = true;
      return bytes;
    }
    const auto type = little_endian(bytes, 2, 1);
    const auto number = type == kFile ? entries_++ : 0;
    auto flags = little_endian(bytes, kFlags, 2);
    if (type == kMain) {
      headers_encrypted_ = (flags & kHeadersEncrypted) != 0;
      was_encrypted_ = was_encrypted_ || headers_encrypted_;
      flags &= ~std::uint64_t{kHeadersEncrypted};
    } else if (type == kFile || type == kService) {
      RECAST_CHECK(file(bytes, flags, data));
      if (type == kFile && data.cipher && (flags & kParted) == 0)
        sums_[number] = {static_cast<std::uint32_t>(little_endian(bytes, kSum, 4)), std::nullopt};
    } else if ((flags & kHasData) != 0) {
      if (bytes.size() < kHead + 4) return damaged();
      data.stored = data.given = little_endian(bytes, kHead, 4);
    }
    end = type == kEnd;
    put_little_endian(bytes, kFlags, 2, flags);
    if (was_encrypted_) put_little_endian(bytes, 0, 2, crc32_of(std::string_view(bytes).substr(2)) & 0xffff);
    return bytes;
  }

  Result<std::string> clear_header() const {
    RECAST_TRY(auto bytes, read(kHead));
    if (bytes.empty()) return bytes;
    if (bytes.size() < kHead) return damaged();
    const auto size = little_endian(bytes, kSize, 2);
    if (size < kHead) return damaged();
    RECAST_TRY(const auto rest, read_all(size - kHead));
    return bytes + rest;
  }

  Result<std::string> encrypted_header() {
    RECAST_TRY(const auto salt, read(kSalt));
    if (salt.empty()) return salt;
    if (salt.size() < kSalt) return damaged();
    auto cipher = cipher_of(salt);
    RECAST_TRY(auto bytes, read_all(rar::kCipherBlock));
    cipher.decrypt(bytes);
    const auto size = little_endian(bytes, kSize, 2);
    if (size < kHead) return proven_ ? damaged() : wrong_password();
    RECAST_TRY(auto rest, read(whole_blocks(size) - rar::kCipherBlock));
    rest.resize(whole_blocks(size) - rar::kCipherBlock);  // after a wrong password the size means nothing
    cipher.decrypt(rest);
    bytes = (bytes + rest).substr(0, size);
    if (little_endian(bytes, 0, 2) != (crc32_of(std::string_view(bytes).substr(2)) & 0xffff))
      return proven_ ? damaged() : wrong_password();
    proven_ = true;
    return bytes;
  }

  /// The part of a header that says how a file lies in the archive.
  Result<> file(std::string& bytes, std::uint64_t& flags, Data& data) {
    const auto large = (flags & kIsLarge) != 0;
    if (bytes.size() < kLarge + (large ? 8 : 0)) return damaged();
    data.stored = little_endian(bytes, kPacked, 4) | (large ? little_endian(bytes, kLarge, 4) << 32 : 0);
    data.given = data.stored;
    if ((flags & kDataEncrypted) == 0) return {};
    was_encrypted_ = true;
    flags &= ~std::uint64_t{kDataEncrypted};
    if (little_endian(bytes, kVersion, 1) < kFirstWithAes)
      return fail(ErrorCode::open_failed, "The archive is encrypted in an old way that is not known here.");
    const auto salt_at = kLarge + (large ? 8 : 0) + little_endian(bytes, kNameSize, 2);
    const bool salted = (flags & kHasSalt) != 0;
    if (salted && bytes.size() < salt_at + kSalt) return damaged();
    data.cipher = cipher_of(salted ? bytes.substr(salt_at, kSalt) : std::string());
    if (little_endian(bytes, kMethod, 1) != kStored) return {};
    // As long as it says: the rest fills up the last block.
    const auto unpacked = little_endian(bytes, kUnpacked, 4) | (large ? little_endian(bytes, kLarge + 4, 4) << 32 : 0);
    data.given = std::min(unpacked, data.stored);
    put_little_endian(bytes, kPacked, 4, data.given & 0xffffffff);
    if (large) put_little_endian(bytes, kLarge, 4, data.given >> 32);
    return {};
  }

  /// Making a key takes long, and mostly all of an archive has the same salt.
  rar::Cipher cipher_of(const std::string& salt) {
    if (!cipher_ || salt != salt_) {
      cipher_ = rar::Cipher::of_rar4(password_, salt);
      salt_ = salt;
    }
    return *cipher_;
  }

  bool headers_encrypted_ = false;
  bool proven_ = false;  ///< a header was right, so the password is
  std::string salt_;
  std::optional<rar::Cipher> cipher_;
};

}  // namespace

std::unique_ptr<PlainRar> make_plain_rar4(int fd, std::string password) {
  return std::make_unique<PlainRar4>(fd, std::move(password));
}

}  // namespace recast::engines::archivetool
