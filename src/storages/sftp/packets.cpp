#include "storages/sftp/packets.hpp"

#include <fmt/format.h>

#include "storage/http.hpp"

namespace recast::storages::sftp {

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kLongest = 512 << 10;  // twice what is ever asked for

void put(std::string& buffer, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) buffer += static_cast<char>((value >> shift) & 0xffU);
}

std::uint64_t get(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

Writer::Writer(std::string& buffer, Type type) : buffer_(buffer), begin_(buffer.size()) {
  put(buffer_, 0, kLengthBytes);
  buffer_ += static_cast<char>(type);
}

Writer::~Writer() {
  const auto length = static_cast<std::uint64_t>(buffer_.size() - begin_ - kLengthBytes);
  for (std::size_t at = 0; at < kLengthBytes; ++at)
    buffer_[begin_ + at] = static_cast<char>((length >> (24U - 8U * at)) & 0xffU);
}

Writer& Writer::number(std::uint32_t value) {
  put(buffer_, value, 4);
  return *this;
}

Writer& Writer::long_number(std::uint64_t value) {
  put(buffer_, value, 8);
  return *this;
}

Writer& Writer::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  buffer_ += value;
  return *this;
}

Writer& Writer::mode(std::uint32_t permissions) {
  constexpr std::uint32_t kPermissions = 0x04;
  return number(kPermissions).number(permissions);
}

std::string_view Reader::take(std::size_t count) {
  if (count > bytes_.size()) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const auto taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

std::uint8_t Reader::byte() { return static_cast<std::uint8_t>(get(take(1))); }
std::uint32_t Reader::number() { return static_cast<std::uint32_t>(get(take(4))); }
std::uint64_t Reader::long_number() { return get(take(8)); }
std::string_view Reader::text() { return take(number()); }

Attributes Reader::attributes() {
  constexpr std::uint32_t kSize = 0x01;
  constexpr std::uint32_t kOwner = 0x02;
  constexpr std::uint32_t kPermissions = 0x04;
  constexpr std::uint32_t kTimes = 0x08;
  constexpr std::uint32_t kExtended = 0x80000000;
  Attributes attributes;
  const auto flags = number();
  if ((flags & kSize) != 0) attributes.size = long_number();
  if ((flags & kOwner) != 0) take(8);
  if ((flags & kPermissions) != 0) attributes.permissions = number();
  if ((flags & kTimes) != 0) {
    number();  // of the last access
    attributes.modified = number();
  }
  if ((flags & kExtended) != 0) {
    for (auto left = number(); left > 0 && ok_; --left) {
      text();
      text();
    }
  }
  return attributes;
}

std::string& Inbox::buffer() {
  if (begin_ > 0) bytes_.erase(0, std::exchange(begin_, 0));
  return bytes_;
}

Result<std::optional<Packet>> Inbox::next() {
  const auto rest = std::string_view(bytes_).substr(begin_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  const auto length = static_cast<std::size_t>(get(rest.substr(0, kLengthBytes)));
  constexpr std::size_t kHead = 5;  // type, and id or version
  if (length < kHead || length > kLongest) return unreadable();
  if (rest.size() < kLengthBytes + length) return std::nullopt;
  Reader reader(rest.substr(kLengthBytes, length));
  Packet packet;
  packet.type = static_cast<Type>(reader.byte());
  packet.id = reader.number();
  packet.rest = rest.substr(kLengthBytes + kHead, length - kHead);
  begin_ += kLengthBytes + length;
  return packet;
}

Error meaning_of(Status status, std::string_view server_text) {
  switch (status) {
    case Status::no_such_file:
      return {ErrorCode::not_found, "No such file", {}};
    case Status::permission_denied:
      return {ErrorCode::unavailable, "Permission denied", {}};
    case Status::unsupported:
      return {ErrorCode::unavailable, "the server does not support this operation", {}};
    default:
      break;
  }
  const auto text = storage::provider_text(server_text, "");
  return {ErrorCode::unavailable,
          server_text.empty() ? fmt::format("Failure (Code: {})", static_cast<std::uint32_t>(status)) : text,
          {}};
}

std::unexpected<Error> unreadable() { return fail(ErrorCode::unavailable, "the answer of the server cannot be read"); }

}  // namespace recast::storages::sftp
