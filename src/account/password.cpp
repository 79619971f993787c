#include "account/password.hpp"

#include <fmt/format.h>
#include <sodium/core.h>
#include <sodium/crypto_pwhash.h>
#include <sodium/randombytes.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include "base/text.hpp"

namespace recast::account {

namespace {

constexpr std::chrono::seconds kLongestWait{10};

/// Code points, as people count.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Unicode's category Cc: C0, DEL, and C1 as UTF-8 has it.
bool has_control_character(std::string_view text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0)) return true;
    before = byte;
  }
  return false;
}

/// Whether nothing of it can be seen: the space and those of Unicode's category Zs, which keyboards and phones make.
bool is_blank(std::string_view text) {
  constexpr std::string_view kBlanks[] = {
      " ",      "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
      "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u202F", "\u205F", "\u3000",
  };
  const bool any = !text.empty();
  while (!text.empty()) {
    const auto* const found = std::ranges::find_if(kBlanks, [&](auto blank) { return text.starts_with(blank); });
    if (found == std::end(kBlanks)) return false;
    text.remove_prefix(found->size());
  }
  return any;
}

}  // namespace

Result<> check_password(std::string_view password, std::string_view username, std::size_t shortest,
                        std::string_view field) {
  const auto wrong = [field](std::string text) {
    return fail(ErrorCode::invalid_data, std::move(text), std::string(field));
  };
  if (has_control_character(password))
    return wrong("The password may not have control characters in it, such as tabs, line ends or NUL.");
  if (is_blank(password)) return wrong("The password may not be blanks alone.");
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
  const auto busy = [] {
    return fail(ErrorCode::unavailable, "Too many people log in at this moment. Try again soon.");
  };
  std::unique_lock lock(mutex_);
  if (working_ >= parallel_) {
    if (waiting_ >= parallel_) return busy();
    ++waiting_;
    const bool free = freed_.wait_for(lock, kLongestWait, [this] { return working_ < parallel_; });
    --waiting_;
    if (!free) return busy();
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
