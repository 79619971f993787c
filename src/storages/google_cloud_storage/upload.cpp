#include "storages/google_cloud_storage/upload.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storages/google_cloud_storage/answers.hpp"

namespace recast::storages::google {

namespace {

constexpr int kMostBeginnings = 3;
constexpr int kMostIdle = 5;  // answers in a row that say nothing was kept

}  // namespace

Result<net::Answer> Upload::run() {
  for (int begun = 0; begun < kMostBeginnings; ++begun) {
    RECAST_TRY(address_, store_.begin());
    auto end = send_all();
    if (end && *end) return std::move(**end);
    kept(0);
    if (!end) {
      cancel();
      return std::unexpected(std::move(end).error());
    }
  }
  return fail(ErrorCode::unavailable, "the store forgot the upload again and again");
}

Result<std::optional<net::Answer>> Upload::send_all() {
  for (int idle = 0; idle < kMostIdle; ++idle) {
    const auto length = std::min(chunk_, source_.size() - offset_);
    RECAST_TRY(auto answer, send_chunk(length));
    switch (answer.status) {
      case 200:
      case 201:
        kept(source_.size());
        return answer;
      case 308:
        break;
      case 404:
      case 410:
        return std::nullopt;
      default:
        return std::unexpected(store_.explain(answer));
    }
    const auto bytes = kept_bytes(storage::header(answer, "range"));
    if (!bytes || *bytes > offset_ + length)
      return fail(ErrorCode::unavailable, "the store confirmed other bytes than it was sent");
    if (*bytes > offset_) idle = -1;
    kept(*bytes);
  }
  return fail(ErrorCode::unavailable, "the store keeps nothing of what it is sent");
}

Result<net::Answer> Upload::send_chunk(std::uint64_t length) {
  storage::Counted counted(meter_);
  bool ask = length == 0;  // all is there, only the end was not confirmed
  auto answer = store_.http.ask([&]() -> Result<net::Call> {
    auto call = std::exchange(ask, true) ? question() : chunk_call(length);
    counted.count(call);
    return call;
  });
  counted.take_back();  // what was kept is counted by kept()
  return answer;
}

net::Call Upload::call_to(std::string method) const {
  net::Call call;
  call.method = std::move(method);
  call.url = address_;
  call.body = std::string();
  call.trusted = store_.trusted;
  return call;
}

net::Call Upload::chunk_call(std::uint64_t length) const {
  auto call = call_to("PUT");
  call.headers = {{"Content-Range", fmt::format("bytes {}-{}/{}", offset_, offset_ + length - 1, source_.size())}};
  call.body = source_.part(offset_, length);
  return call;
}

net::Call Upload::question() const {
  auto call = call_to("PUT");
  call.headers = {{"Content-Range", fmt::format("bytes */{}", source_.size())}};
  return call;
}

void Upload::kept(std::uint64_t bytes) {
  if (bytes >= offset_) {
    meter_.add(bytes - offset_);
  } else {
    meter_.take_back(offset_ - bytes);
  }
  offset_ = bytes;
}

void Upload::cancel() const {
  store_.http.clean_up([&]() -> Result<net::Call> { return call_to("DELETE"); });
}

}  // namespace recast::storages::google
