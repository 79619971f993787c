#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/request_parser.hpp"

// Raw bytes as from a socket: head, body, and what follows from them. The first byte is the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + data[0];
  recast::http::RequestParser parser(8192);
  std::string input, body;
  bool head = false;
  std::size_t at = 0;
  while (at < bytes.size()) {
    input += bytes.substr(at, step);
    at += step;
    if (!head) {
      const auto taken = parser.read_head(input);
      if (!taken) return 0;
      if (*taken > input.size()) std::abort();
      input.erase(0, *taken);
      head = *taken > 0;
      if (!head) continue;
      const auto& request = parser.request();
      if (request.path.empty() || (parser.framing().chunked && parser.framing().content_length)) std::abort();
    }
    while (!parser.done()) {
      const auto taken = parser.read_body(input, body);
      if (!taken) return 0;
      input.erase(0, *taken);
      if (*taken == 0) break;
    }
    if (parser.done()) break;
  }
  if (head && parser.framing().content_length && body.size() > *parser.framing().content_length) std::abort();
  return 0;
}
