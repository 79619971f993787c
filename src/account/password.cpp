#include "account/password.hpp"

#include <fmt/format.h>
#include <sodium/core.h>
#include <sodium/crypto_pwhash.h>
#include <sodium/randombytes.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.hpp"

namespace recast::account {

namespace {

/// Code points, as people count.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Result<> check_password(std::string_view password, std::string_view username, std::size_t shortest,
                        std::string_view field) {
  const auto wrong = [field](std::string text) {
    return fail(ErrorCode::invalid_data, std::move(text), std::string(field));
  };
  if (length_of(password) < shortest)
    return wrong(fmt::format("The password must be at least {} characters long.", shortest));
  if (password.size() > kLongestPassword)
    return wrong(fmt::format("The password may not be longer than {} bytes.", kLongestPassword));
  if (equal_ignoring_case(password, username)) return wrong("The password may not be the username.");
  return {};
}

/// One of the places to work in.
class PasswordHasher::Place {
 public:
  explicit Place(PasswordHasher& owner) : owner_(owner) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { owner_.leave(); }

 private:
  PasswordHasher& owner_;
};

PasswordHasher::PasswordHasher(PasswordCost cost, int parallel)
    : memory_(static_cast<std::size_t>(cost.memory_mib) << 20),
      passes_(static_cast<unsigned long long>(cost.passes)),
      parallel_(parallel) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used");
}

Result<> PasswordHasher::enter() {
  std::unique_lock lock(mutex_);
  if (working_ >= parallel_) {
    if (waiting_ >= parallel_)
      return fail(ErrorCode::unavailable, "Too many people log in at this moment. Try again soon.");
    ++waiting_;
    freed_.wait(lock, [this] { return working_ < parallel_; });
    --waiting_;
  }
  ++working_;
  return {};
}

void PasswordHasher::leave() {
  {
    std::lock_guard lock(mutex_);
    --working_;
  }
  freed_.notify_one();
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  RECAST_CHECK(enter());
  const Place place(*this);
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), passes_, memory_,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::unavailable, "The server has no memory left to check a password. Try again soon.");
  }
  return std::string(text.data());
}

Result<bool> PasswordHasher::fits(std::string_view password, const std::string& hash) {
  std::string against = hash;
  if (against.empty()) {
    {
      std::lock_guard lock(mutex_);
      against = nobodys_;
    }
    if (against.empty()) {
      std::array<char, 32> unknown{};
      randombytes_buf(unknown.data(), unknown.size());
      RECAST_TRY(against, this->hash({unknown.data(), unknown.size()}));
      std::lock_guard lock(mutex_);
      nobodys_ = against;
    }
  }
  RECAST_CHECK(enter());
  const Place place(*this);
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

bool PasswordHasher::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), passes_, memory_) != 0;
}

}  // namespace recast::account
