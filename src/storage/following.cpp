#include "storage/following.hpp"

#include <utility>

#include "storage/digest.hpp"
#include "storage/http.hpp"

namespace recast::storage {

void Following::begin(const std::filesystem::path& file, std::optional<std::uint64_t> length) {
  constexpr std::uint64_t kLarge = 4 << 20;  // below, a thread is not worth it
  if (std::exchange(begun_, true)) return give_up();
  if (!length || *length < kLarge) return;
  auto source = Source::open(file);
  if (!source) return;
  hash_ = std::async(std::launch::async, [this, length, source = std::move(*source)] {
    return md5_of(source.part(0, *length), {}, [this](std::uint64_t done) { return await(done); });
  });
}

void Following::took(std::uint64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    there_ += bytes;
  }
  changed_.notify_one();
}

std::optional<std::string> Following::end() {
  if (!hash_.valid()) return std::nullopt;
  stop();
  auto hash = hash_.get();
  return hash ? std::optional(std::move(*hash)) : std::nullopt;
}

std::uint64_t Following::await(std::uint64_t done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return over_ || there_ > done; });
  return there_;
}

void Following::stop() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
}

void Following::give_up() {
  if (!hash_.valid()) return;
  {
    const std::lock_guard lock(mutex_);
    there_ = 0;
  }
  stop();
  (void)hash_.get();
}

}  // namespace recast::storage
