#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "api/socketio/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::socketio;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_packet(text);
  for (const auto protocol : {Protocol::eio3, Protocol::eio4}) {
    const auto packets = split_payload(protocol, text);
    if (!packets) continue;
    // What was read is read the same after it was written.
    const auto again = split_payload(protocol, join_payload(protocol, *packets));
    if (!again || *again != *packets) std::abort();
    for (const auto& packet : *packets) (void)parse_packet(std::string_view(packet).substr(1));
  }
  return 0;
}
