#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "http/websocket_codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Event = recast::http::WebSocketReader::Event;
  constexpr std::size_t limit = 1000;
  if (size == 0) return 0;
  recast::http::WebSocketReader reader(limit);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + data[0] % 64;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    auto input = bytes.substr(at, step);
    while (!input.empty()) {
      const auto event = reader.read(input);
      if (event == Event::none) break;
      if (event == Event::failed) {
        if (reader.close_code() < 1000) std::abort();
        return 0;
      }
      const auto text = reader.take();
      if (text.size() > limit || (event == Event::text && !recast::is_valid_utf8(text))) std::abort();
      if (event == Event::close) return 0;
    }
  }
  return 0;
}
