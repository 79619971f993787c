#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/session.hpp"

/// Hashes of what is signed and sent, by OpenSSL. Raw bytes unless said otherwise.
namespace recast::storage {

std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);
std::string md5(std::string_view text);

struct Digests {
  std::string sha256;
  std::string md5;
};
/// Both in one pass over a piece of a file. internal if it cannot be read.
Result<Digests> digests(const net::FilePart& part);
/// Waits until more than `done` bytes of a file that still grows are there, and says how many; no more than `done` if
/// that will not be.
using Await = std::function<std::uint64_t(std::uint64_t done)>;
/// The MD5 alone, for stores that want no other. cancelled once it is asked to stop.
Result<std::string> md5_of(const net::FilePart& part, const std::stop_token& stop = {}, const Await& await = {});

}  // namespace recast::storage
