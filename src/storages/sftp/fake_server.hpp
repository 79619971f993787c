#pragma once

#include <functional>
#include <map>
#include <string>

#include "storages/sftp/client.hpp"

namespace recast::storages::sftp::test {

/// The server's end of a channel in memory: every packet that the client sends is given to `serve`, and what that
/// returns comes back. Takes and gives only some bytes at a time.
class FakeChannel final : public Channel {
 public:
  using Serve = std::function<std::string(Packet)>;
  explicit FakeChannel(Serve serve) : serve_(std::move(serve)) {}

  Result<std::size_t> write(std::string_view bytes) override {
    const auto taken = std::min<std::size_t>(bytes.size(), 1000);
    inbox_.buffer() += bytes.substr(0, taken);
    for (auto packet = inbox_.next(); packet && *packet; packet = inbox_.next()) answers_ += serve_(**packet);
    return taken;
  }
  Result<> read(std::string& bytes) override {
    const auto count = std::min<std::size_t>(answers_.size(), 777);
    bytes += answers_.substr(0, count);
    answers_.erase(0, count);
    return {};
  }
  Result<> wait() override {
    return answers_.empty() ? fail(ErrorCode::unavailable, "the connection was cut off") : Result<>();
  }

 private:
  Serve serve_;
  Inbox inbox_;
  std::string answers_;
};

inline std::string status(std::uint32_t id, Status value, std::string_view text = "") {
  std::string bytes;
  Writer(bytes, Type::status).number(id).number(static_cast<std::uint32_t>(value)).text(text).text("en");
  return bytes;
}
inline std::string version(std::uint32_t number = 3) {
  std::string bytes;
  Writer(bytes, Type::version).number(number);
  return bytes;
}
inline std::string data(std::uint32_t id, std::string_view content) {
  std::string bytes;
  Writer(bytes, Type::data).number(id).text(content);
  return bytes;
}

}  // namespace recast::storages::sftp::test
