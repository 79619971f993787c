#include <algorithm>
#include <utility>

#include "engines/archivetool/worker/plain_rar.hpp"

namespace recast::engines::archivetool {

namespace {

constexpr std::uint64_t kFile = 2, kService = 3, kEncryption = 4, kEnd = 5;
constexpr std::uint64_t kHasExtra = 1, kHasData = 2;                  // of every header
constexpr std::uint64_t kHasTime = 2, kHasSum = 4, kUnknownSize = 8;  // of a file's
constexpr std::uint64_t kHasProof = 1, kHiddenSums = 2;               // of an encryption's
constexpr std::uint64_t kExtraEncryption = 1, kExtraHash = 2;
constexpr std::size_t kSalt = 16, kStart = 16, kProof = 12, kSum = 4;
constexpr std::size_t kLargestHeader = 2 << 20;
constexpr unsigned kMostRounds = 24;

/// Reads the numbers and bytes of a header, and remembers that one was missing.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  /// Seven bits a byte, the low ones first.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    good_ = false;
    return value;
  }
  /// Zeros if there are not so many.
  std::string take(std::size_t count) {
    good_ = good_ && rest_.size() >= count;
    if (!good_) return std::string(std::min(count, kLargestHeader), '\0');
    std::string bytes(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return bytes;
  }
  std::string_view rest() const { return rest_; }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::string as_number(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

/// A header's content with its length and sum in front.
std::string framed(const std::string& content) {
  const auto body = as_number(content.size()) + content;
  std::string sum(kSum, '\0');
  put_little_endian(sum, 0, kSum, crc32_of(body));
  return sum + body;
}

/// How a file, or all headers, are encrypted.
struct Encryption {
  std::uint64_t version = 0, flags = 0;
  unsigned rounds = 0;
  std::string salt, start, proof;

  static Encryption read(Fields& fields, bool of_file) {
    Encryption result;
    result.version = fields.number();
    result.flags = fields.number();
    result.rounds = static_cast<unsigned char>(fields.take(1).front());
    result.salt = fields.take(kSalt);
    if (of_file) result.start = fields.take(kStart);
    if ((result.flags & kHasProof) != 0) result.proof = fields.take(kProof);
    return result;
  }
};

/// RAR 5 and later: https://www.rarlab.com/technote.htm.
class PlainRar5 final : public PlainRar {
 public:
  PlainRar5(int fd, std::string password) : PlainRar(fd, std::move(password)) {}

 private:
  Result<std::string> header(Data& data, bool& end) override {
    RECAST_TRY(const auto bytes, headers_ ? encrypted_header() : clear_header());
    if (bytes.empty()) {
      end = true;
      return bytes;
    }
    Fields fields(bytes);
    const auto type = fields.number();
    const auto flags = fields.number();
    const auto extra_size = (flags & kHasExtra) != 0 ? fields.number() : 0;
    data.stored = data.given = (flags & kHasData) != 0 ? fields.number() : 0;
    if (!fields.good() || fields.rest().size() < extra_size) return damaged();
    end = type == kEnd;
    if (type == kEncryption) {
      RECAST_CHECK(begin_encryption(fields));
      return std::string();
    }
    if (type == kFile || type == kService) {
      const auto body = fields.rest().substr(0, fields.rest().size() - extra_size);
      const auto extra = fields.rest().substr(body.size());
      return file(type, flags, std::string(body), extra, data);
    }
    return framed(bytes);
  }

  /// A header's content, without length and sum.
  Result<std::string> clear_header() const {
    RECAST_TRY(const auto sum, read(kSum));
    if (sum.empty()) return sum;
    std::string length;
    do {
      RECAST_TRY(const auto byte, read_all(1));
      length += byte;
    } while ((length.back() & 0x80) != 0 && length.size() < 3);
    Fields fields(length);
    const auto size = fields.number();
    if (!fields.good() || size > kLargestHeader) return damaged();
    RECAST_TRY(const auto content, read_all(size));
    if (sum.size() < kSum || little_endian(sum, 0, kSum) != crc32_of(length + content)) return damaged();
    return content;
  }

  Result<std::string> encrypted_header() const {
    RECAST_TRY(const auto start, read(kStart));
    if (start.empty()) return start;
    if (start.size() < kStart) return damaged();
    auto cipher = rar::Cipher::of_rar5(headers_->cipher, start);
    RECAST_TRY(auto bytes, read_all(rar::kCipherBlock));
    cipher.decrypt(bytes);
    Fields fields(std::string_view(bytes).substr(kSum));
    const auto size = fields.number();
    if (size > kLargestHeader) return wrong_password();
    const auto frame = bytes.size() - fields.rest().size();
    const auto blocks = (frame + size + rar::kCipherBlock - 1) / rar::kCipherBlock;
    RECAST_TRY(auto more, read((blocks - 1) * rar::kCipherBlock));
    more.resize((blocks - 1) * rar::kCipherBlock);  // after a wrong password the size means nothing
    cipher.decrypt(more);
    bytes = (bytes + more).substr(0, frame + size);
    if (little_endian(bytes, 0, kSum) != crc32_of(std::string_view(bytes).substr(kSum))) return wrong_password();
    return bytes.substr(frame);
  }

  Result<> begin_encryption(Fields& fields) {
    const auto encryption = Encryption::read(fields, false);
    if (!fields.good()) return damaged();
    RECAST_TRY(headers_, keys_of(encryption));
    return {};
  }

  Result<rar::Keys> keys_of(const Encryption& encryption) {
    was_encrypted_ = true;
    if (encryption.version != 0 || encryption.rounds > kMostRounds)
      return fail(ErrorCode::open_failed, "The archive is encrypted in a way that is not known here.");
    // Making keys takes long, and mostly all of an archive has the same salt.
    if (!last_ || last_salt_ != std::pair(encryption.salt, encryption.rounds)) {
      last_ = rar::Keys::make(password_, encryption.salt, encryption.rounds);
      last_salt_ = {encryption.salt, encryption.rounds};
    }
    if (!encryption.proof.empty() && !rar::may_be_right(*last_, encryption.proof)) return wrong_password();
    return *last_;
  }

  /// A file's header without what says that it is encrypted.
  Result<std::string> file(std::uint64_t type, std::uint64_t flags, std::string body, std::string_view extra,
                           Data& data) {
    const auto number = type == kFile ? entries_++ : 0;
    std::optional<Encryption> encryption;
    std::string hash;
    std::string others;
    for (Fields records(extra); !records.rest().empty();) {
      const auto size = records.number();
      const auto record = records.take(size);
      if (!records.good()) return damaged();
      Fields fields(record);
      const auto kind = fields.number();
      if (kind == kExtraEncryption) {
        encryption = Encryption::read(fields, true);
        if (!fields.good()) return damaged();
        continue;
      }
      (kind == kExtraHash ? hash : others) += as_number(size) + record;
    }
    if (encryption) {
      RECAST_TRY(const auto keys, keys_of(*encryption));
      data.cipher = rar::Cipher::of_rar5(keys.cipher, encryption->start);
      const bool hidden = (encryption->flags & kHiddenSums) != 0;
      RECAST_TRY(const auto sum, uncover(body, data, hidden));
      if (hidden) hash.clear();
      if (sum && type == kFile) sums_[number] = {*sum, hidden ? std::optional(keys) : std::nullopt};
      if (data.given == data.stored) {
        RECAST_TRY(data.given, packed_length(data.stored, keys.cipher, encryption->start));
      }
    }
    others += hash;
    flags = others.empty() ? flags & ~kHasExtra : flags | kHasExtra;
    return framed(as_number(type) + as_number(flags) + (others.empty() ? "" : as_number(others.size())) +
                  ((flags & kHasData) != 0 ? as_number(data.given) : "") + body + others);
  }

  /// How long packed content is without what fills up the last block of the cipher: libarchive would take that for
  /// more. It comes in blocks which say their length and whether they are the last one.
  Result<std::uint64_t> packed_length(std::uint64_t stored, const std::string& key, const std::string& start) const {
    constexpr std::size_t kLargestFrame = 5;
    constexpr unsigned kLast = 0x40, kCheck = 0x5a;
    for (std::uint64_t at = 0; at < stored;) {
      const auto block = at / rar::kCipherBlock * rar::kCipherBlock;
      RECAST_TRY(auto before,
                 block == 0 ? Result<std::string>(start) : look(block - rar::kCipherBlock, rar::kCipherBlock));
      RECAST_TRY(auto bytes, look(block, 2 * rar::kCipherBlock));
      if (before.size() < rar::kCipherBlock || bytes.size() < rar::kCipherBlock) break;
      bytes.resize(bytes.size() / rar::kCipherBlock * rar::kCipherBlock);
      rar::Cipher::of_rar5(key, before).decrypt(bytes);
      bytes.append(kLargestFrame, '\0');
      const auto frame = std::string_view(bytes).substr(at - block);
      const auto flags = static_cast<unsigned char>(frame.front());
      const auto digits = std::min<std::size_t>((flags >> 3 & 3U) + 1, 3);
      const auto size = little_endian(frame, 2, digits);
      if ((kCheck ^ flags ^ size ^ size >> 8 ^ size >> 16 ^ static_cast<unsigned char>(frame[1])) & 0xff) break;
      at += 2 + digits + size;
      if ((flags & kLast) != 0) return std::min(at, stored);
    }
    return stored;  // libarchive says what is wrong
  }

  /// Of an encrypted file: takes a hidden sum out of the header, and tells how many bytes of the content count.
  static Result<std::optional<std::uint32_t>> uncover(std::string& body, Data& data, bool hidden) {
    Fields fields(body);
    const auto flags = fields.number();
    const auto unpacked = fields.number();
    const auto attributes = fields.number();
    const auto time = (flags & kHasTime) != 0 ? fields.take(4) : std::string();
    const auto sum = (flags & kHasSum) != 0 ? fields.take(kSum) : std::string();
    const auto rest = std::string(fields.rest());
    const auto packing = fields.number();
    if (!fields.good()) return damaged();
    const bool stored = (packing >> 7 & 7) == 0;
    if (stored && (flags & kUnknownSize) == 0) data.given = std::min(unpacked, data.stored);
    if (sum.empty()) return std::nullopt;
    if (hidden) body = as_number(flags & ~kHasSum) + as_number(unpacked) + as_number(attributes) + time + rest;
    return static_cast<std::uint32_t>(little_endian(sum, 0, kSum));
  }

  std::optional<rar::Keys> headers_;  ///< of the headers, if they are encrypted
  std::optional<rar::Keys> last_;
  std::pair<std::string, unsigned> last_salt_;
};

}  // namespace

std::unique_ptr<PlainRar> make_plain_rar5(int fd, std::string password) {
  return std::make_unique<PlainRar5>(fd, std::move(password));
}

}  // namespace recast::engines::archivetool
