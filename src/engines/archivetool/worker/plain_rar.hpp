#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "engines/archivetool/worker/rar_cipher.hpp"

namespace recast::engines::archivetool {

/// An encrypted RAR archive as it was before it was encrypted, piece by piece, for libarchive, which decrypts none:
/// what is packed stays packed. Errors: open_failed, with the field "password" where it is wrong.
class PlainRar {
 public:
  /// From the start of `fd`, which stays the caller's; nullptr if that is no RAR archive.
  static Result<std::unique_ptr<PlainRar>> open(int fd, const std::string& password);
  virtual ~PlainRar() = default;

  /// The next bytes, valid until the next call; none at the end.
  Result<std::span<const char>> next();
  /// Whether something was encrypted, as far as has been read.
  bool was_encrypted() const { return was_encrypted_; }
  /// Whether the content of entry `number` (the first is 0) has the sum that the archive says, for those that were
  /// encrypted: libarchive does not look at all of them, and a wrong password shows in nothing else. True of all
  /// others.
  bool has_sum(std::uint64_t number, std::uint32_t crc);

 protected:
  PlainRar(int fd, std::string password) : fd_(fd), password_(std::move(password)) {}

  /// What comes behind a header.
  struct Data {
    std::uint64_t stored = 0;  ///< bytes in the archive
    std::uint64_t given = 0;   ///< bytes of them that are given on: what fills up the last block is not
    std::optional<rar::Cipher> cipher;
  };
  struct Sum {
    std::uint32_t value = 0;
    std::optional<rar::Keys> hidden_by;
  };

  /// The next header in plain, and `data` for what comes behind it; empty for one that is left out. `end` is set at the
  /// end.
  virtual Result<std::string> header(Data& data, bool& end) = 0;

  /// As many bytes as there are, at most `count`.
  Result<std::string> read(std::size_t count) const;
  /// Exactly `count` bytes, or open_failed.
  Result<std::string> read_all(std::size_t count) const;
  /// As many bytes as there are, at most `count`, from a place behind the next one to be read.
  Result<std::string> look(std::uint64_t ahead, std::size_t count) const;
  static std::unexpected<Error> damaged();
  static std::unexpected<Error> wrong_password();

  int fd_;
  std::string password_;
  bool was_encrypted_ = false;
  std::uint64_t entries_ = 0;
  std::map<std::uint64_t, Sum> sums_;  // by the number of the entry

 private:
  Result<> read_data();

  std::string out_;
  bool begin_ = true;  ///< the signature lies in out_
  bool end_ = false;
  Data data_;
};

/// The two formats that are called RAR. `fd` stands behind the signature, which next() gives as well.
std::unique_ptr<PlainRar> make_plain_rar4(int fd, std::string password);
std::unique_ptr<PlainRar> make_plain_rar5(int fd, std::string password);

/// Numbers of both, low bytes first.
std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t count);
void put_little_endian(std::string& bytes, std::size_t at, std::size_t count, std::uint64_t value);
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

}  // namespace recast::engines::archivetool
