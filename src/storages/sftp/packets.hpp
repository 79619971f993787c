#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), which is what servers speak. Pure.
namespace recast::storages::sftp {

enum class Type : std::uint8_t {
  init = 1,
  version = 2,
  open = 3,
  close = 4,
  read = 5,
  write = 6,
  fstat = 8,
  opendir = 11,
  readdir = 12,
  remove = 13,
  mkdir = 14,
  rmdir = 15,
  stat = 17,
  rename = 18,
  status = 101,
  handle = 102,
  data = 103,
  name = 104,
  attributes = 105,
  extended = 200,
  extended_reply = 201,
};

/// SSH_FX_…
enum class Status : std::uint32_t {
  ok = 0,
  eof = 1,
  no_such_file = 2,
  permission_denied = 3,
  failure = 4,
  unsupported = 8
};

/// Bits of an open.
constexpr std::uint32_t kRead = 0x01;
constexpr std::uint32_t kWrite = 0x02;
constexpr std::uint32_t kCreate = 0x08;
constexpr std::uint32_t kTruncate = 0x10;

/// Appends one packet to a buffer; its length is filled in at the end of this object.
class Writer {
 public:
  Writer(std::string& buffer, Type type);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& number(std::uint32_t value);
  Writer& long_number(std::uint64_t value);
  Writer& text(std::string_view value);
  /// Attributes that say no more than the mode.
  Writer& mode(std::uint32_t permissions);
  Writer& no_attributes() { return number(0); }

 private:
  std::string& buffer_;
  std::size_t begin_;
};

struct Attributes {
  std::optional<std::uint64_t> size;
  std::optional<std::uint32_t> permissions;
  std::optional<std::uint32_t> modified;  ///< seconds since 1970

  /// True too where the server does not say what it is.
  bool may_be_file() const { return !permissions || (*permissions & 0170000U) == 0 || is(0100000U); }
  bool is_folder() const { return is(0040000U); }
  bool is_link() const { return is(0120000U); }

 private:
  bool is(std::uint32_t kind) const { return permissions && (*permissions & 0170000U) == kind; }
};

/// Reads what a packet holds. Past its end everything is empty and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t byte();
  std::uint32_t number();
  std::uint64_t long_number();
  std::string_view text();
  Attributes attributes();
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t count);
  std::string_view bytes_;
  bool ok_ = true;
};

/// A packet of the server's; `rest` lives in the inbox until more is added to it.
struct Packet {
  Type type = Type::status;
  std::uint32_t id = 0;  ///< of Type::version its version
  std::string_view rest;
};

/// Cuts packets from what a server sends.
class Inbox {
 public:
  /// Where bytes are appended.
  std::string& buffer();
  /// nullopt if none is complete. unavailable for one that is too long or too short.
  Result<std::optional<Packet>> next();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

/// What a refusal means, in the words of import-export.md 10.3.
Error meaning_of(Status status, std::string_view server_text);
/// An answer that is none.
std::unexpected<Error> unreadable();

}  // namespace recast::storages::sftp
