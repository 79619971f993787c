#include "store/readers.hpp"

#include <chrono>

namespace recast::store {

namespace {
constexpr int kConnections = 8;
constexpr std::chrono::seconds kPatience{30};
}  // namespace

Result<Readers::Lease> Readers::take() {
  {
    std::unique_lock lock(mutex_);
    const auto available = [&] { return !free_.empty() || open_ < kConnections; };
    if (!freed_.wait_for(lock, kPatience, available)) {
      return fail(ErrorCode::unavailable, "The server is overloaded. Please try again later.");
    }
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return Lease(*this, std::move(connection));
    }
    ++open_;
  }
  auto connection = sql::Connection::open(file_, sql::Connection::Mode::read_only);
  if (connection) return Lease(*this, std::make_unique<sql::Connection>(*std::move(connection)));
  std::lock_guard lock(mutex_);
  --open_;
  freed_.notify_one();
  return std::unexpected(std::move(connection).error());
}

void Readers::give_back(std::unique_ptr<sql::Connection> connection) {
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(connection));
  freed_.notify_one();
}

}  // namespace recast::store
